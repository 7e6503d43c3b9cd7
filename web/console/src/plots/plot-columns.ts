import type { TableData } from '../artifacts/json-table.js'

/** Names that scikit-learn's functions and the tables of other trackers use, by the documented name of a column. */
const NAMES = {
  class: 'class class_label',
  label: 'label target actual truth y_true',
  prediction: 'prediction predicted y_pred',
  score: 'score probability y_score y_prob',
  count: 'count counts n npredictions',
  fpr: 'fpr false_positive_rate',
  tpr: 'tpr true_positive_rate',
  precision: 'precision',
  recall: 'recall',
  threshold: 'threshold thresholds',
  prob_pred: 'prob_pred mean_predicted',
  prob_true: 'prob_true fraction_of_positives',
  step: 'step',
  from: 'from bin_from',
  to: 'to bin_to',
  value: 'value',
} as const

type PlotColumn = keyof typeof NAMES

const COLUMNS = new Map(
  Object.entries(NAMES).flatMap(([column, names]) =>
    names.split(' ').map((name) => [name, column as PlotColumn] as const),
  ),
)

/** The columns of a table that plots read. */
export interface PlotColumns {
  readonly at: ReadonlyMap<PlotColumn, number>
  /** The columns of scores of single classes, by class: `score_cat`. */
  readonly classScores: ReadonlyMap<string, number>
  /** True if plots know all columns. */
  readonly isComplete: boolean
}

export function plotColumns({ columns }: TableData): PlotColumns {
  const at = new Map<PlotColumn, number>()
  const classScores = new Map<string, number>()
  for (const [index, name] of columns.entries()) {
    const known = COLUMNS.get(
      name
        .trim()
        .toLowerCase()
        .replaceAll(/[\s.-]+/g, '_'),
    )
    const [, scored] = /^score[_. ](.+)$/i.exec(name.trim()) ?? []
    if (known && !at.has(known)) at.set(known, index)
    else if (scored !== undefined) classScores.set(scored, index)
  }
  return { at, classScores, isComplete: at.size + classScores.size === columns.length }
}

export const numberOf = (cell: unknown): number =>
  typeof cell === 'number' || typeof cell === 'bigint' ? Number(cell) : Number.NaN
