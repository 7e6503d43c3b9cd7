import { useTranslation } from 'react-i18next'
import type { RunKeys } from '../api/runs.js'
import { SaveButton } from '../ui/save-button.js'
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
  return (
    <div className="runs-actions">
      <GroupMenu state={state} known={known} />
      <ColumnPicker available={available} chosen={columns} state={state} />
      <SaveButton
        label={t('runs.csv')}
        read={(reading) => csvOfAll(state, columns, reading)}
        save={(text) => saveFile('runs.csv', text, 'text/csv')}
      />
    </div>
  )
}
