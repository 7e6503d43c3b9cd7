import { useMemo } from 'react'
import { type Grouping, groupLabel } from './grouping.js'
import type { RunRow } from './row.js'
import type { Appearances } from './run-appearance.js'
import { useRunDatasets } from './use-run-datasets.js'
import { toVisibleRun, type VisibleRun } from './visible-run.js'

/** The loaded runs as the charts see them. */
export function useVisibleRuns(
  rows: readonly RunRow[],
  appearances: Appearances,
  groupBy: readonly Grouping[],
): readonly VisibleRun[] {
  const shown = useMemo(() => rows.filter(({ info }) => appearances.has(info.run_id)), [rows, appearances])
  const ids = useMemo(() => shown.map(({ info }) => info.run_id), [shown])
  const datasets = useRunDatasets(
    ids,
    groupBy.some(({ kind }) => kind === 'datasets'),
  )
  return useMemo(
    () =>
      shown.map((row) => {
        const { run_id } = row.info
        return toVisibleRun(row, appearances.get(run_id)!, groupLabel(row, groupBy, datasets.get(run_id)))
      }),
    [shown, appearances, groupBy, datasets],
  )
}
