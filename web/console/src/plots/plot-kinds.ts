import { cellText, type TableData } from '../artifacts/json-table.js'
import { plotColumns } from './plot-columns.js'

export const PLOT_KINDS = ['roc', 'pr', 'calibration', 'confusion', 'heat', 'ridge', 'histogram'] as const
export type PlotKind = (typeof PLOT_KINDS)[number]

export const DISTRIBUTION_KINDS: readonly PlotKind[] = ['heat', 'ridge', 'histogram']
const CURVE_KINDS: readonly PlotKind[] = ['roc', 'pr', 'calibration']

/** A table of more labels is not about classes, and a matrix of them would be too large. */
const MAX_CLASSES = 50

/** The plots that a table has columns for. */
export function plotKindsOf(table: TableData): readonly PlotKind[] {
  const { at, isComplete } = plotColumns(table)
  const has = (...names: Parameters<typeof at.has>[0][]) => names.every((name) => at.has(name))
  if (table.rows.length === 0) return []
  if (has('step') && (has('from', 'to', 'count') || (has('value') && isComplete))) return DISTRIBUTION_KINDS
  if (has('fpr', 'tpr')) return ['roc']
  if (has('prob_pred', 'prob_true')) return ['calibration']
  // Tables of metrics by model have these columns among others.
  if (has('precision', 'recall') && isComplete) return ['pr']
  return labelKinds(table)
}

/** The plots of a table with labels. */
function labelKinds(table: TableData): readonly PlotKind[] {
  const { at, classScores } = plotColumns(table)
  const labels = classesIn(table, at.get('label'))
  if (labels === 0 || labels > MAX_CLASSES) return []
  // One score of more than two labels does not tell which of them it is about.
  const hasScores = classScores.size > 0 ? classScores.size <= MAX_CLASSES : at.has('score') && labels <= 2
  const curves = hasScores ? CURVE_KINDS : []
  const predictions = classesIn(table, at.get('prediction'))
  return predictions > 0 && predictions <= MAX_CLASSES ? [...curves, 'confusion'] : curves
}

/** The number of different values, counted to one more than the limit; 0 without the column. */
function classesIn({ rows }: TableData, column: number | undefined): number {
  if (column === undefined) return 0
  const found = new Set<string>()
  for (const row of rows) {
    const text = cellText(row[column])
    if (text !== '') found.add(text)
    if (found.size > MAX_CLASSES) break
  }
  return found.size
}
