import { useTranslation } from 'react-i18next'
import { Icon } from '../ui/icon.js'
import { Segments } from '../ui/segments.js'
import { ColumnPicker } from './column-picker.js'
import type { Column } from './columns.js'
import { saveFile, toCsv } from './csv.js'
import { LAYOUTS } from './layout.js'
import type { RunRow } from './row.js'
import type { RunsState } from './use-runs-state.js'

interface RunsActionsProps {
  readonly state: RunsState
  readonly rows: readonly RunRow[]
  readonly available: readonly Column[]
  readonly columns: readonly Column[]
}

export function RunsActions({ state, rows, available, columns }: RunsActionsProps) {
  const { t } = useTranslation()
  const chosen = rows.filter(({ info }) => state.selected.includes(info.run_id))
  const download = () =>
    saveFile('runs.csv', toCsv(chosen.length > 0 ? chosen : rows, columns, Date.now()), 'text/csv')
  return (
    <>
      <Segments
        label={t('runsTable.layout')}
        value={state.layout}
        options={LAYOUTS.map((layout) => ({ value: layout, label: t(`runsTable.layout_${layout}`) }))}
        onChange={state.setLayout}
      />
      <Segments
        label={t('runs.lifecycle')}
        value={state.deleted ? 'deleted' : 'active'}
        options={[
          { value: 'active', label: t('runs.active') },
          { value: 'deleted', label: t('runs.deleted') },
        ]}
        onChange={(value) => state.setDeleted(value === 'deleted')}
      />
      <ColumnPicker
        available={available}
        chosen={columns}
        custom={state.columns !== undefined}
        onChange={state.setColumns}
      />
      <button type="button" className="button" disabled={rows.length === 0} onClick={download}>
        <Icon name="download" />
        {t('runs.csv')}
      </button>
    </>
  )
}
