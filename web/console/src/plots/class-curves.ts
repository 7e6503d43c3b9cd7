import { compareNaturally } from '../app/natural-order.js'
import { cellText, type TableData } from '../artifacts/json-table.js'
import {
  areaUnder,
  averagePrecision,
  type ClassCurve,
  calibrationCurve,
  cornersOf,
  precisionRecallCurve,
  rocCurve,
} from './classifier-statistics.js'
import { numberOf, plotColumns } from './plot-columns.js'
import { rowsBy } from './rows-by.js'

export type CurveKind = 'roc' | 'pr' | 'calibration'

const COMPUTE = { roc: rocCurve, pr: precisionRecallCurve, calibration: calibrationCurve }
const POINTS = {
  roc: ['fpr', 'tpr'],
  pr: ['recall', 'precision'],
  calibration: ['prob_pred', 'prob_true'],
} as const

/** The curves of a table by class: its points, or computed from labels and scores. Rows without a label or a number are left out. */
export function classCurves(table: TableData, kind: CurveKind): readonly ClassCurve[] {
  const { at } = plotColumns(table)
  return POINTS[kind].every((name) => at.has(name)) ? loggedCurves(table, kind) : computedCurves(table, kind)
}

function loggedCurves(table: TableData, kind: CurveKind): ClassCurve[] {
  const { at } = plotColumns(table)
  const [x, y] = POINTS[kind].map((name) => at.get(name)!) as [number, number]
  const [classAt, thresholdAt, countAt] = [at.get('class'), at.get('threshold'), at.get('count')]
  const byClass = rowsBy(
    table.rows.filter((row) => Number.isFinite(numberOf(row[x])) && Number.isFinite(numberOf(row[y]))),
    (row) => (classAt === undefined ? '' : cellText(row[classAt])),
  )
  return [...byClass].map(([className, unordered]) => {
    // scikit-learn returns precisions by falling recall, with those of the lowest threshold first.
    const isFalling = numberOf(unordered[0]![x]) > numberOf(unordered.at(-1)![x])
    const rows = (isFalling ? unordered.toReversed() : unordered).toSorted(
      (a, b) => numberOf(a[x]) - numberOf(b[x]) || (kind === 'roc' ? numberOf(a[y]) - numberOf(b[y]) : 0),
    )
    const column = (index: number | undefined) =>
      index === undefined ? [] : rows.map((row) => numberOf(row[index]))
    const [xs, ys] = [column(x), column(y)]
    if (kind === 'calibration')
      return { className, xs, ys, thresholds: [], counts: column(countAt), summary: Number.NaN }
    return {
      className,
      ...cornersOf({ xs, ys, thresholds: column(thresholdAt) }),
      summary: kind === 'pr' ? averagePrecision(xs, ys) : areaUnder(xs, ys),
    }
  })
}

function computedCurves(table: TableData, kind: CurveKind): ClassCurve[] {
  return scoresByClass(table).flatMap(({ className, labelAt, scoreAt }) => {
    const rows = table.rows.filter(
      (row) => cellText(row[labelAt]) !== '' && Number.isFinite(numberOf(row[scoreAt])),
    )
    const curve = COMPUTE[kind](
      rows.map((row) => cellText(row[labelAt]) === className),
      rows.map((row) => numberOf(row[scoreAt])),
    )
    return curve ? [{ className, ...curve }] : []
  })
}

function scoresByClass(table: TableData) {
  const { at, classScores } = plotColumns(table)
  const labelAt = at.get('label')
  if (labelAt === undefined) return []
  if (classScores.size > 0)
    return [...classScores].map(([className, scoreAt]) => ({ className, labelAt, scoreAt }))
  const scoreAt = at.get('score')
  return scoreAt === undefined ? [] : [{ className: positiveLabel(table, labelAt), labelAt, scoreAt }]
}

/** The label of which `score` is the probability: the last of both, which is 1 of 0 and 1, and true of false and true. */
const positiveLabel = ({ rows }: TableData, labelAt: number): string =>
  [...new Set(rows.map((row) => cellText(row[labelAt])))].sort(compareNaturally).at(-1) ?? ''
