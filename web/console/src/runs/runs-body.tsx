import type { ColumnKeys } from './column-keys.js'
import { GroupedTable } from './grouped-table.js'
import { NoRuns } from './no-runs.js'
import { RunsTable } from './runs-table.js'
import type { TableProps } from './table-props.js'

interface RunsBodyProps extends TableProps {
  readonly keys: ColumnKeys | undefined
  /** Set if the filter bar already shows the error. */
  readonly hideError: boolean
}

export function RunsBody({ hideError, keys, ...table }: RunsBodyProps) {
  const { runs, state } = table
  if (runs.rows.length === 0) return <NoRuns {...{ runs, state, hideError }} />
  return state.groupBy.length > 0 ? <GroupedTable {...table} keys={keys} /> : <RunsTable {...table} />
}
