import { batchesOf } from '../api/batches.js'
import type { TableData } from '../artifacts/json-table.js'
import { numberOf, plotColumns } from './plot-columns.js'
import { rowsBy } from './rows-by.js'

export interface Bin {
  readonly from: number
  readonly to: number
  readonly count: number
}

/** The histogram of a step. */
export interface Distribution {
  readonly step: number
  readonly bins: readonly Bin[]
  readonly total: number
}

const BINS = 40

const known = new WeakMap<TableData, readonly Distribution[]>()

/** The histograms of a table by step: its bins, or its values in 40 bins that all steps share. */
export function distributionsOf(table: TableData): readonly Distribution[] {
  // A slider draws a table for each of its steps.
  const distributions = known.get(table) ?? computeDistributions(table)
  known.set(table, distributions)
  return distributions
}

function computeDistributions(table: TableData): readonly Distribution[] {
  const { at } = plotColumns(table)
  const stepAt = at.get('step')!
  const rows = table.rows.filter((row) => Number.isFinite(numberOf(row[stepAt])))
  const steps = rowsBy(rows, (row) => numberOf(row[stepAt]))
  const binsOf = at.has('from') ? loggedBins(table) : countedBins(table)
  return [...steps]
    .map(([step, ofStep]) => {
      const bins = binsOf(ofStep)
      return { step, bins, total: bins.reduce((sum, { count }) => sum + count, 0) }
    })
    .filter(({ total }) => total > 0)
    .sort((a, b) => a.step - b.step)
}

type Rows = TableData['rows']

function loggedBins(table: TableData): (rows: Rows) => Bin[] {
  const { at } = plotColumns(table)
  const [from, to, count] = [at.get('from')!, at.get('to')!, at.get('count')!]
  return (rows) =>
    rows
      .map((row) => ({ from: numberOf(row[from]), to: numberOf(row[to]), count: numberOf(row[count]) }))
      // An open bin, to infinity, has no width.
      .filter((bin) => bin.to >= bin.from && Number.isFinite(bin.to - bin.from) && bin.count > 0)
      .sort((a, b) => a.from - b.from)
}

function countedBins(table: TableData): (rows: Rows) => Bin[] {
  const valueAt = plotColumns(table).at.get('value')!
  const values = (rows: Rows) => rows.map((row) => numberOf(row[valueAt])).filter(Number.isFinite)
  const all = values(table.rows)
  const low = all.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY)
  const high = all.reduce((greatest, value) => Math.max(greatest, value), Number.NEGATIVE_INFINITY)
  const width = (high - low) / BINS || 1
  return (rows) => {
    const counts = new Map<number, number>()
    for (const value of values(rows)) {
      const bin = Math.min(BINS - 1, Math.floor((value - low) / width))
      counts.set(bin, (counts.get(bin) ?? 0) + 1)
    }
    return [...counts]
      .sort(([a], [b]) => a - b)
      .map(([bin, count]) => ({ from: low + bin * width, to: low + (bin + 1) * width, count }))
  }
}

/** The same bins, or fewer ones that are the sums of neighbours. */
export function coarseBins(bins: readonly Bin[], max: number): readonly Bin[] {
  const size = Math.ceil(bins.length / max)
  if (size <= 1) return bins
  return batchesOf(bins, size).map((some) => ({
    from: some[0]!.from,
    to: some.at(-1)!.to,
    count: some.reduce((sum, { count }) => sum + count, 0),
  }))
}

/** The distribution at a step, or the last one before it. */
export const distributionAt = (
  distributions: readonly Distribution[],
  step: number,
): Distribution | undefined => distributions.findLast((one) => one.step <= step)

/** The outline of a histogram, as positions and densities; from its first to its last bin, at 0 between them. */
export function outlineOf({ bins, total }: Distribution): (readonly [x: number, density: number])[] {
  const width = bins.at(-1)!.to - bins[0]!.from || 1
  return [
    [bins[0]!.from, 0],
    ...bins.flatMap(({ from, to, count }, i) => {
      const density = count / total / (to - from || width)
      const previous = bins[i - 1]
      const gap: (readonly [number, number])[] =
        previous && previous.to < from
          ? [
              [previous.to, 0],
              [from, 0],
            ]
          : []
      return [...gap, [from, density], [to, density]] as const
    }),
    [bins.at(-1)!.to, 0],
  ]
}
