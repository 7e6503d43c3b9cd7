import { cellText, type TableData } from '../artifacts/json-table.js'
import { plotColumns } from './plot-columns.js'

export const PLOT_KINDS = ['roc', 'pr', 'calibration', 'confusion', 'heat', 'ridge', 'histogram'] as const
export type PlotKind = (typeof PLOT_KINDS)[number]

export const DISTRIBUTION_KINDS: readonly PlotKind[] = ['heat', 'ridge', 'histogram']
const CURVE_KINDS: readonly PlotKind[] = ['roc', 'pr', 'calibration']

/** A table of more labels is not about classes. */
const MAX_CLASSES = 50
const SAMPLED_ROWS = 5_000

/** The plots that a table has columns for. */
export function plotKindsOf(table: TableData): readonly PlotKind[] {
  const { at, classScores, isComplete } = plotColumns(table)
  const has = (...names: Parameters<typeof at.has>[0][]) => names.every((name) => at.has(name))
  if (table.rows.length === 0) return []
  if (has('step') && (has('from', 'to', 'count') || (has('value') && isComplete))) return DISTRIBUTION_KINDS
  if (has('fpr', 'tpr')) return ['roc']
  if (has('prob_pred', 'prob_true')) return ['calibration']
  // Tables of metrics by model have these columns among others.
  if (has('precision', 'recall') && isComplete) return ['pr']
  if (!has('label') || classesIn(table, at.get('label')!) > MAX_CLASSES) return []
  const curves = has('score') || classScores.size > 0 ? CURVE_KINDS : []
  return has('prediction') && classesIn(table, at.get('prediction')!) <= MAX_CLASSES
    ? [...curves, 'confusion']
    : curves
}

const classesIn = ({ rows }: TableData, column: number) =>
  new Set(rows.slice(0, SAMPLED_ROWS).map((row) => cellText(row[column]))).size
