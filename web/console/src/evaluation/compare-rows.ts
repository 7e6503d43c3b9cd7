import type { TraceInfo } from '../api/traces.js'
import { parseJson } from '../traces/trace-values.js'
import { numericScore, type RowScores, scoresOf } from './scores.js'
import { holm, signFlipP } from './significance.js'

const RECORD = 'mlflow.eval.datasetRecordId'

export interface EvaluationRow {
  readonly trace: TraceInfo
  readonly scores: RowScores
  /** The row with the same inputs in the other run. */
  readonly other?: { readonly trace: TraceInfo; readonly scores: RowScores }
}

/** The rows of a run, each with its counterpart: the same record of a dataset, or the same inputs. */
export function matchRows(
  traces: readonly TraceInfo[],
  runId: string,
  others: readonly TraceInfo[],
  otherRunId: string,
): EvaluationRow[] {
  const byInputs = new Map<string, TraceInfo[]>()
  for (const other of others) byInputs.set(inputsOf(other), [...(byInputs.get(inputsOf(other)) ?? []), other])
  return traces.map((trace) => {
    const other = byInputs.get(inputsOf(trace))?.shift()
    const row = { trace, scores: scoresOf(trace, runId) }
    return other ? { ...row, other: { trace: other, scores: scoresOf(other, otherRunId) } } : row
  })
}

/** Equal for rows with equal inputs, whatever the order of their fields. */
function inputsOf({ tags, trace_metadata, request_preview = '' }: TraceInfo): string {
  const record = tags?.[RECORD] ?? trace_metadata?.[RECORD]
  if (record) return `record ${record}`
  const inputs = parseJson(request_preview)
  if (typeof inputs !== 'object' || inputs === null || Array.isArray(inputs)) return request_preview
  return JSON.stringify(Object.entries(inputs).sort(([a], [b]) => (a < b ? -1 : 1)))
}

export interface ScorerDifference {
  readonly name: string
  /** Rows that both runs scored. */
  readonly pairs: number
  /** The mean of this run minus that of the other. */
  readonly difference: number
  /** Adjusted for the number of scorers. */
  readonly p: number
}

const LEVEL = 0.05

export const isSignificant = ({ p }: ScorerDifference) => p < LEVEL

/** Paired differences of each scorer that both runs have. */
export function compareScorers(rows: readonly EvaluationRow[]): ScorerDifference[] {
  const names = [...new Set(rows.flatMap(({ scores }) => [...scores.keys()]))].sort()
  const paired = names.flatMap((name) => {
    const differences = rows.flatMap(({ scores, other }) => {
      const [here, there] = [numericScore(scores.get(name)), numericScore(other?.scores.get(name))]
      return here === undefined || there === undefined ? [] : [here - there]
    })
    return differences.length > 0 ? [{ name, differences }] : []
  })
  const adjusted = holm(paired.map(({ differences }) => signFlipP(differences)))
  return paired.map(({ name, differences }, i) => ({
    ...{ name, pairs: differences.length, p: adjusted[i]! },
    difference: differences.reduce((sum, one) => sum + one, 0) / differences.length,
  }))
}

/** Returns whether a scorer judged the rows differently. */
export const isChanged = ({ scores, other }: EvaluationRow) =>
  other !== undefined &&
  [...scores].some(([name, score]) => numericScore(score) !== numericScore(other.scores.get(name)))
