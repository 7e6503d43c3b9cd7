import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { queryKeys } from '../api/query-keys.js'
import { deleteRun, restoreRun } from '../api/runs.js'
import { listToText } from '../app/url-state.js'
import { Icon } from '../ui/icon.js'
import { Failure } from '../ui/states.js'

/** As many runs as one request reads. */
const MAX_COMPARED = 1000

interface SelectionBarProps {
  readonly selected: readonly string[]
  readonly deleted: boolean
  readonly onChange: (ids: readonly string[]) => void
}

/** Actions on the selected runs. */
export function SelectionBar({ selected, deleted, onChange }: SelectionBarProps) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const move = useMutation({
    mutationFn: () => Promise.all(selected.map((id) => (deleted ? restoreRun(id) : deleteRun(id)))),
    onSuccess: () => onChange([]),
    onSettled: () => queries.invalidateQueries({ queryKey: queryKeys.runs() }),
  })
  if (selected.length === 0) return null
  return (
    <section className="selection-bar" aria-label={t('runs.selection')}>
      {move.isError && <Failure error={move.error} />}
      <div>
        <span role="status">{t('runs.selected', { count: selected.length })}</span>
        <CompareLink selected={selected} />
        <button type="button" className="button" disabled={move.isPending} onClick={() => move.mutate()}>
          <Icon name={deleted ? 'restore' : 'trash'} />
          {deleted ? t('runs.restore') : t('runs.delete')}
        </button>
        <button type="button" className="button ghost" onClick={() => onChange([])}>
          {t('runs.clearSelection')}
        </button>
      </div>
    </section>
  )
}

function CompareLink({ selected }: { selected: readonly string[] }) {
  const { t } = useTranslation()
  if (selected.length < 2) return <span className="muted">{t('runs.selectMore')}</span>
  if (selected.length > MAX_COMPARED)
    return <span className="muted">{t('runs.selectFewer', { count: MAX_COMPARED })}</span>
  return (
    <Link to="/compare" search={{ runs: listToText(selected) ?? '' }} className="button primary">
      <Icon name="compare" />
      {t('runs.compare')}
    </Link>
  )
}
