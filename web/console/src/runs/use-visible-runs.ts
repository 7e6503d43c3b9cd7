import { useMemo } from 'react'
import { type Grouping, groupLabel } from './grouping.js'
import type { RunRow } from './row.js'
import type { Appearances } from './run-appearance.js'
import { toVisibleRun, type VisibleRun } from './visible-run.js'

/** The loaded runs as the charts see them. */
export function useVisibleRuns(
  rows: readonly RunRow[],
  appearances: Appearances,
  groupBy: readonly Grouping[],
): readonly VisibleRun[] {
  return useMemo(
    () =>
      rows.flatMap((row) => {
        const appearance = appearances.get(row.info.run_id)
        return appearance ? [toVisibleRun(row, appearance, groupLabel(row, groupBy))] : []
      }),
    [rows, appearances, groupBy],
  )
}
