import { compareNaturally } from '../app/natural-order.js'
import { cellText, type TableData } from '../artifacts/json-table.js'
import { numberOf, plotColumns } from './plot-columns.js'

/** The number of rows by label and prediction. */
export interface Confusion {
  readonly classes: readonly string[]
  /** By label, then by prediction. */
  readonly counts: readonly (readonly number[])[]
  readonly total: number
}

/** Counts rows, or adds the counts of a table that has them. Rows without a label or a prediction are left out. */
export function confusionOf(table: TableData): Confusion {
  const { at } = plotColumns(table)
  const [label, prediction, count] = [at.get('label')!, at.get('prediction')!, at.get('count')]
  const cells = table.rows
    .map((row) => ({
      label: cellText(row[label]),
      prediction: cellText(row[prediction]),
      count: count === undefined ? 1 : numberOf(row[count]) || 0,
    }))
    .filter((cell) => cell.label !== '' && cell.prediction !== '')
  const classes = [...new Set(cells.flatMap((cell) => [cell.label, cell.prediction]))].sort(compareNaturally)
  const place = new Map(classes.map((name, i) => [name, i]))
  const counts = classes.map(() => classes.map(() => 0))
  for (const cell of cells) counts[place.get(cell.label)!]![place.get(cell.prediction)!]! += cell.count
  return { classes, counts, total: cells.reduce((sum, cell) => sum + cell.count, 0) }
}

export const sumOf = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0)

/** The share of rows whose prediction is their label. */
export const accuracyOf = ({ counts, total }: Confusion): number =>
  total === 0 ? Number.NaN : sumOf(counts.map((row, i) => row[i]!)) / total
