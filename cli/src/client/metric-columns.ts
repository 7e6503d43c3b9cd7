import type { Run } from '@cairn/platform/protocol/mlflow/runs'

/** The metrics of recommenders by their named protocols. */
const USUAL = ['precision_at_10', 'recall_at_10', 'ndcg_at_10']
const SHOWN = 3

/** The metrics that a list of runs shows unless some are named: the usual ones, or else those that most runs have. */
export function usualMetrics(runs: readonly Run[]): readonly string[] {
  const counts = new Map<string, number>()
  for (const { data } of runs)
    for (const { key } of data.metrics ?? []) counts.set(key, (counts.get(key) ?? 0) + 1)
  const usual = USUAL.filter((key) => counts.has(key))
  if (usual.length > 0) return usual
  const byCount = [...counts].sort(([a, left], [b, right]) => right - left || (a < b ? -1 : 1))
  return byCount.slice(0, SHOWN).map(([key]) => key)
}
