import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { MAX_RUNS } from '../api/batches.js'
import { restoreRun } from '../api/runs.js'
import { listToText } from '../app/url-state.js'
import { Icon } from '../ui/icon.js'
import { Failure } from '../ui/states.js'
import { DeleteRunsDialog, useBulk } from './bulk-dialogs.js'
import { DeletedNotice } from './deleted-notice.js'
import { MoveDialog } from './move-dialog.js'
import { PurgeDialog } from './purge-dialog.js'
import { TagDialog } from './tag-dialog.js'

interface SelectionBarProps {
  readonly selected: readonly string[]
  readonly deleted: boolean
  readonly mayEdit: boolean
  /** True if the caller may remove runs permanently. */
  readonly mayPurge: boolean
  readonly onChange: (ids: readonly string[]) => void
}

/** Actions on the selected runs. */
export function SelectionBar({ selected, deleted, mayEdit, mayPurge, onChange }: SelectionBarProps) {
  const { t } = useTranslation()
  const [dialog, setDialog] = useState<'tag' | 'move' | 'delete' | 'purge'>()
  const [removed, setRemoved] = useRemoved(selected)
  const clear = () => onChange([])
  const restore = useBulk(restoreRun, selected, clear)
  const close = () => setDialog(undefined)
  if (selected.length === 0) {
    if (removed.length === 0) return null
    const forget = () => setRemoved([])
    const restored = () => {
      forget()
      onChange(removed)
    }
    return <DeletedNotice ids={removed} onRestored={restored} onClose={forget} />
  }
  const done = { ids: selected, onClose: close }
  return (
    <>
      {dialog === 'tag' && <TagDialog {...done} onDone={close} />}
      {dialog === 'move' && (
        <MoveDialog
          {...done}
          onMoved={() => {
            close()
            clear()
          }}
        />
      )}
      {dialog === 'purge' && (
        <PurgeDialog
          {...done}
          onDone={(kept) => {
            close()
            onChange(kept)
          }}
        />
      )}
      {dialog === 'delete' && (
        <DeleteRunsDialog
          {...done}
          onDone={() => {
            close()
            setRemoved(selected)
            clear()
          }}
        />
      )}
      <section className="selection-bar" aria-label={t('runs.selection')}>
        {restore.isError && <Failure error={restore.error} />}
        <div className="selection">
          <span role="status">{t('runs.selected', { count: selected.length })}</span>
          <CompareLink selected={selected} />
          {mayEdit && !deleted && (
            <button type="button" className="button" onClick={() => setDialog('tag')}>
              <Icon name="tag" />
              {t('bulk.tag')}
            </button>
          )}
          {mayEdit && !deleted && (
            <button type="button" className="button" onClick={() => setDialog('move')}>
              <Icon name="right" />
              {t('bulk.move')}
            </button>
          )}
          {mayEdit && (
            <button
              type="button"
              className="button"
              disabled={restore.isPending}
              onClick={() => (deleted ? restore.mutate() : setDialog('delete'))}
            >
              <Icon name={deleted ? 'restore' : 'trash'} />
              {deleted ? t('runs.restore') : t('runs.delete')}
            </button>
          )}
          {mayPurge && deleted && (
            <button type="button" className="button danger" onClick={() => setDialog('purge')}>
              <Icon name="trash" />
              {t('bulk.purge')}
            </button>
          )}
          <button type="button" className="button ghost" onClick={clear}>
            {t('runs.clearSelection')}
          </button>
        </div>
      </section>
    </>
  )
}

/** The runs that were deleted last, until others are selected. Their own selection is still there for a moment. */
function useRemoved(selected: readonly string[]) {
  const [removed, setRemoved] = useState<readonly string[]>([])
  if (removed.length > 0 && selected.length > 0 && selected !== removed) setRemoved([])
  return [removed, setRemoved] as const
}

function CompareLink({ selected }: { selected: readonly string[] }) {
  const { t } = useTranslation()
  if (selected.length < 2) return <span className="muted">{t('runs.selectMore')}</span>
  if (selected.length > MAX_RUNS)
    return <span className="muted">{t('runs.selectFewer', { count: MAX_RUNS })}</span>
  return (
    <Link to="/compare" search={{ runs: listToText(selected) ?? '' }} className="button primary">
      <Icon name="compare" />
      {t('runs.compare')}
    </Link>
  )
}
