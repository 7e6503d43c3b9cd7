import type { RunValues } from './run-values.js'
import { permutationImportance } from './statistics/forest.js'
import { rankCorrelation } from './statistics/rank-correlation.js'

export interface Importance {
  readonly param: string
  /** Share of all parameters, from 0 to 1. */
  readonly importance: number
  /** Spearman's, over the runs with a number; undefined for texts and constants. */
  readonly correlation: number | undefined
  /** Number of runs with a value. */
  readonly count: number
}

const MIN_RUNS = 5
/** Stands for a run without a value, below all others. */
const MISSING = -1

/**
 * Importance and correlation of parameters for a metric, the most important first.
 *
 * @param columns ids of the parameters. Those of one value are left out
 * @returns undefined if aborted; empty with fewer than five runs
 */
export async function importanceOf(
  runs: readonly RunValues[],
  metric: string,
  columns: readonly string[],
  signal?: AbortSignal,
): Promise<Importance[] | undefined> {
  const known = runs.filter((run) => Number.isFinite(run.number(metric)))
  const varied = columns.filter((id) => new Set(known.map((run) => run.text(id))).size > 1)
  if (known.length < MIN_RUNS || varied.length === 0) return []
  const target = Float64Array.from(known, (run) => run.number(metric))
  const sample = { columns: varied.map((id) => encoded(known, id, target)), target }
  const shares = await permutationImportance(sample, signal)
  if (!shares) return undefined
  return varied
    .map((id, i) => ({
      param: id.slice('params.'.length),
      importance: shares[i]!,
      correlation: correlationOf(known, id, metric),
      count: known.filter((run) => run.text(id) !== undefined).length,
    }))
    .sort(
      (a, b) => b.importance - a.importance || Math.abs(b.correlation ?? 0) - Math.abs(a.correlation ?? 0),
    )
}

/** Ranks of numbers; texts in the order of their mean of the target, which splits them best. */
function encoded(runs: readonly RunValues[], id: string, target: Float64Array): Float64Array {
  const texts = runs.map((run) => run.text(id))
  const isNumeric = runs.every((run, i) => texts[i] === undefined || Number.isFinite(run.number(id)))
  const values = [...new Set(texts.filter((text) => text !== undefined))]
  const order = isNumeric ? (text: string) => Number(text) : meansOf(texts, target)
  values.sort((a, b) => order(a) - order(b))
  const ranks = new Map(values.map((text, rank) => [text, rank]))
  return Float64Array.from(texts, (text) => (text === undefined ? MISSING : ranks.get(text)!))
}

function meansOf(texts: readonly (string | undefined)[], target: Float64Array) {
  const sums = new Map<string, { sum: number; count: number }>()
  for (const [i, text] of texts.entries()) {
    if (text === undefined) continue
    const own = sums.get(text) ?? { sum: 0, count: 0 }
    sums.set(text, { sum: own.sum + target[i]!, count: own.count + 1 })
  }
  return (text: string) => {
    const { sum, count } = sums.get(text)!
    return sum / count
  }
}

function correlationOf(runs: readonly RunValues[], id: string, metric: string): number | undefined {
  const numeric = runs.filter((run) => Number.isFinite(run.number(id)))
  return rankCorrelation(
    numeric.map((run) => run.number(id)),
    numeric.map((run) => run.number(metric)),
  )
}
