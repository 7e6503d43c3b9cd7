import { useMemo } from 'react'
import type { RunRow } from './row.js'
import { defaultColour } from './run-appearance.js'
import { toVisibleRun, type VisibleRun } from './visible-run.js'

const FIRST = 10

/** The loaded runs as the charts see them. */
export function useVisibleRuns(rows: readonly RunRow[]): readonly VisibleRun[] {
  return useMemo(
    () =>
      rows.map((row, i) => toVisibleRun(row, { color: defaultColour(row.info.run_id), visible: i < FIRST })),
    [rows],
  )
}
