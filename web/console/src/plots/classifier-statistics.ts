/** A curve of a classifier for one class. */
export interface ClassCurve {
  readonly className: string
  readonly xs: readonly number[]
  readonly ys: readonly number[]
  /** The score at each point; empty if unknown. */
  readonly thresholds: readonly number[]
  /** The number of rows at each point of a calibration curve. */
  readonly counts?: readonly number[]
  /** Area under the ROC curve, average precision, or Brier score. */
  readonly summary: number
}

type Curve = Omit<ClassCurve, 'className'>

interface Step {
  readonly score: number
  /** Positives and negatives with this score or a higher one. */
  readonly positives: number
  readonly negatives: number
}

/** @param isPositive the label of each score */
function stepsOf(isPositive: readonly boolean[], scores: readonly number[]): Step[] {
  const order = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]!)
  const steps: Step[] = []
  let [positives, negatives] = [0, 0]
  for (const [place, i] of order.entries()) {
    if (isPositive[i]) positives++
    else negatives++
    const next = order[place + 1]
    // Rows with equal scores are one step: no threshold separates them.
    if (next === undefined || scores[next] !== scores[i])
      steps.push({ score: scores[i]!, positives, negatives })
  }
  return steps
}

/** The receiver operating characteristic: from (0, 0) to (1, 1). Undefined without both labels. */
export function rocCurve(isPositive: readonly boolean[], scores: readonly number[]): Curve | undefined {
  const steps = stepsOf(isPositive, scores)
  const all = steps.at(-1)
  if (!all?.positives || !all.negatives) return undefined
  const xs = [0, ...steps.map(({ negatives }) => negatives / all.negatives)]
  const ys = [0, ...steps.map(({ positives }) => positives / all.positives)]
  const thresholds = [Number.POSITIVE_INFINITY, ...steps.map(({ score }) => score)]
  return { ...cornersOf({ xs, ys, thresholds }), summary: areaUnder(xs, ys) }
}

/** Precision by recall, with the average precision: the sum of precisions weighted by the gain of recall. */
export function precisionRecallCurve(
  isPositive: readonly boolean[],
  scores: readonly number[],
): Curve | undefined {
  const steps = stepsOf(isPositive, scores)
  const total = steps.at(-1)?.positives ?? 0
  if (total === 0) return undefined
  const recalls = steps.map(({ positives }) => positives / total)
  const precisions = steps.map(({ positives, negatives }) => positives / (positives + negatives))
  return {
    ...cornersOf({
      xs: [0, ...recalls],
      ys: [1, ...precisions],
      thresholds: [Number.POSITIVE_INFINITY, ...steps.map(({ score }) => score)],
    }),
    summary: averagePrecision(recalls, precisions),
  }
}

/** As scikit-learn's: at equal recalls the first precision counts. @param recalls in ascending order */
export const averagePrecision = (recalls: readonly number[], precisions: readonly number[]): number =>
  recalls.reduce((sum, recall, i) => sum + (recall - (recalls[i - 1] ?? 0)) * precisions[i]!, 0)

const BINS = 10

/** The share of positives in bins of equal width of the score, and the Brier score. Undefined for scores outside of 0 to 1. */
export function calibrationCurve(
  isPositive: readonly boolean[],
  scores: readonly number[],
): Curve | undefined {
  if (scores.length === 0 || scores.some((score) => score < 0 || score > 1)) return undefined
  const bins = Array.from({ length: BINS }, () => ({ count: 0, sum: 0, positives: 0 }))
  let squares = 0
  for (const [i, score] of scores.entries()) {
    const bin = bins[binOf(score)]!
    bin.count++
    bin.sum += score
    bin.positives += Number(isPositive[i])
    squares += (score - Number(isPositive[i])) ** 2
  }
  const filled = bins.filter(({ count }) => count > 0)
  return {
    xs: filled.map(({ sum, count }) => sum / count),
    ys: filled.map(({ positives, count }) => positives / count),
    thresholds: [],
    counts: filled.map(({ count }) => count),
    summary: squares / scores.length,
  }
}

/** Bins include their upper end, as those of scikit-learn do. */
function binOf(score: number): number {
  let bin = 0
  while (bin < BINS - 1 && score > (bin + 1) / BINS) bin++
  return bin
}

/** The area by trapezoids, of points in the order of x. */
export const areaUnder = (xs: readonly number[], ys: readonly number[]): number =>
  xs.reduce((sum, x, i) => (i === 0 ? 0 : sum + ((x - xs[i - 1]!) * (ys[i]! + ys[i - 1]!)) / 2), 0)

type Points = Pick<Curve, 'xs' | 'ys' | 'thresholds'>

const MAX_POINTS = 1_000

/** The points where a curve turns, and of these at most 1,000, so that many curves draw quickly. */
export function cornersOf({ xs, ys, thresholds }: Points): Points {
  const last = xs.length - 1
  const turns = [...xs.keys()].filter((i) => {
    if (i === 0 || i === last) return true
    const isLevel = ys[i - 1] === ys[i] && ys[i] === ys[i + 1]
    const isUpright = xs[i - 1] === xs[i] && xs[i] === xs[i + 1]
    return !isLevel && !isUpright
  })
  const every = Math.ceil(turns.length / MAX_POINTS)
  const kept = turns.filter((_, place) => place % every === 0 || place === turns.length - 1)
  const pick = (values: readonly number[]) => kept.map((i) => values[i]!)
  return { xs: pick(xs), ys: pick(ys), thresholds: thresholds.length > 0 ? pick(thresholds) : [] }
}
