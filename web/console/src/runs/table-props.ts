import type { Column } from './columns.js'
import type { RunRow } from './row.js'
import type { Appearances } from './run-appearance.js'
import type { Figures } from './use-figures.js'
import type { PinnedRows } from './use-pinned-rows.js'
import type { Runs } from './use-runs.js'
import type { RunsState } from './use-runs-state.js'

/** Properties of the tables of runs and of groups. */
export interface TableProps {
  readonly runs: Runs
  readonly rows: PinnedRows
  readonly columns: readonly Column[]
  readonly state: RunsState
  readonly appearances: Appearances
  readonly figures: Figures
  /** Called with the index of the first column in view. */
  readonly onColumn: (first: number) => void
  readonly onColour: (row: RunRow | undefined) => void
}
