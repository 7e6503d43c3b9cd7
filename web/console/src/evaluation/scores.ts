import type { Assessment, TraceInfo } from '../api/traces.js'
import { verdictOf } from '../traces/assessment-chip.js'
import { assessmentValue, validAssessments } from '../traces/trace-values.js'

const SOURCE_RUN = 'mlflow.assessment.sourceRunId'

/** The feedback of an evaluation run on a trace, by scorer. */
export type RowScores = ReadonlyMap<string, Assessment>

/** Feedback that the run gave; feedback without a run was given by clients that do not name it. */
export function scoresOf(trace: TraceInfo, runId: string): RowScores {
  return new Map(
    validAssessments(trace)
      .filter(({ feedback, metadata }) => feedback && (metadata?.[SOURCE_RUN] ?? runId) === runId)
      .map((assessment) => [assessment.assessment_name, assessment]),
  )
}

export const expectationsOf = (trace: TraceInfo) => validAssessments(trace).filter((one) => one.expectation)

/** Yes and no count as 1 and 0; undefined for other words and for a scorer that failed. */
export function numericScore(assessment: Assessment | undefined): number | undefined {
  if (!assessment || assessment.feedback?.error) return undefined
  const value = assessmentValue(assessment)
  const verdict = verdictOf(value)
  if (verdict !== undefined) return verdict ? 1 : 0
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

/** The scorer failed or its verdict is negative. */
export const isFailure = (assessment: Assessment) =>
  assessment.feedback?.error !== undefined || verdictOf(assessmentValue(assessment)) === false

export interface ScorerSummary {
  readonly name: string
  /** `rate` if every value says yes or no, `mean` of numbers, `none` for other values. */
  readonly kind: 'rate' | 'mean' | 'none'
  readonly value: number
  /** The 95 % interval of the value. */
  readonly low: number
  readonly high: number
  /** Rows with a value; of a rate, `passed` of them say yes. */
  readonly count: number
  readonly passed: number
  readonly failed: number
}

const Z = 1.959964

/** Pass rate or mean of each scorer with its interval, by name. */
export function summarize(rows: readonly RowScores[]): ScorerSummary[] {
  const names = [...new Set(rows.flatMap((row) => [...row.keys()]))].sort()
  return names.map((name) => {
    const all = rows.flatMap((row) => row.get(name) ?? [])
    const values = all.map(numericScore).filter((value) => value !== undefined)
    const isRate = all.every((one) => one.feedback?.error || verdictOf(assessmentValue(one)) !== undefined)
    const counts = {
      ...{ name, count: values.length },
      passed: values.filter((value) => value === 1).length,
      failed: all.filter(({ feedback }) => feedback?.error).length,
    }
    if (values.length === 0) return { ...counts, kind: 'none', value: 0, low: 0, high: 0 }
    return isRate
      ? { ...counts, kind: 'rate', ...wilson(counts) }
      : { ...counts, kind: 'mean', ...meanOf(values) }
  })
}

/** Wilson's interval of a proportion, which stays within 0 and 1 and does not vanish at its ends. */
function wilson({ passed, count }: { readonly passed: number; readonly count: number }) {
  const share = passed / count
  const spread = 1 + Z ** 2 / count
  const middle = (share + Z ** 2 / (2 * count)) / spread
  const half = (Z * Math.sqrt((share * (1 - share)) / count + Z ** 2 / (4 * count ** 2))) / spread
  return { value: share, low: Math.max(0, middle - half), high: Math.min(1, middle + half) }
}

function meanOf(values: readonly number[]) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance =
    values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1)
  const half = Z * Math.sqrt(variance / values.length)
  return { value: mean, low: mean - half, high: mean + half }
}
