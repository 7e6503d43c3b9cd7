import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { RunKeys } from '../api/runs.js'
import { useErrorText } from '../server-words/server-message.js'
import { Icon } from '../ui/icon.js'
import { saveFile } from '../ui/save-file.js'
import { Segments } from '../ui/segments.js'
import { ColumnPicker } from './column-picker.js'
import type { Column } from './columns.js'
import { csvOfAll } from './csv-of-all.js'
import { GroupMenu } from './group-menu.js'
import { LAYOUTS } from './layout.js'
import type { RunsState } from './use-runs-state.js'

/** The parts of the page and the lifecycle stage of its runs. */
export function RunsViews({ state }: { state: RunsState }) {
  const { t } = useTranslation()
  return (
    <>
      <Segments
        label={t('runs.lifecycle')}
        value={state.deleted ? 'deleted' : 'active'}
        options={[
          { value: 'active', label: t('runs.active') },
          { value: 'deleted', label: t('runs.deleted') },
        ]}
        onChange={(value) => state.setDeleted(value === 'deleted')}
      />
      <Segments
        label={t('runsTable.layout')}
        value={state.layout}
        options={LAYOUTS.map((layout) => ({ value: layout, label: t(`runsTable.layout_${layout}`) }))}
        onChange={state.setLayout}
      />
    </>
  )
}

interface RunsActionsProps {
  readonly state: RunsState
  readonly known: RunKeys | undefined
  readonly available: readonly Column[]
  readonly columns: readonly Column[]
}

/** Grouping, columns and download of the table. */
export function RunsActions({ state, known, available, columns }: RunsActionsProps) {
  const { t } = useTranslation()
  const errorText = useErrorText()
  const download = useMutation({
    mutationFn: () => csvOfAll(state, columns),
    onSuccess: (text) => saveFile('runs.csv', text, 'text/csv'),
  })
  return (
    <div className="runs-actions">
      <GroupMenu state={state} known={known} />
      <ColumnPicker available={available} chosen={columns} state={state} />
      <button
        type="button"
        className="button icon-only"
        aria-label={t('runs.csv')}
        title={download.error ? errorText(download.error) : t('runs.csv')}
        disabled={download.isPending}
        aria-busy={download.isPending}
        onClick={() => download.mutate()}
      >
        <Icon name={download.isError ? 'warning' : 'download'} />
      </button>
    </div>
  )
}
