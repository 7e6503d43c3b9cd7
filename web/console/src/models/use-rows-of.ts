import { useRun } from '../run/use-run.js'
import { toRow } from '../runs/row.js'
import type { Pair } from './compare-versions-page.js'

/** The source runs of two versions; undefined for those without one, or that may not be read. */
export function useRowsOf({ left, right }: Pair) {
  const runs = [useRun(left.run_id).data, useRun(right.run_id).data] as const
  return { left: runs[0] && toRow(runs[0]), right: runs[1] && toRow(runs[1]) }
}
