import { compareNaturally } from '../app/natural-order.js'
import type { XRange } from '../charts/chart-options.js'
import type { CurveRun } from '../charts/curve-run.js'
import type { CurveView } from '../charts/curve-view.js'
import type { Line } from '../charts/line-chart.js'
import type { RunValues } from './run-values.js'

/** The runs with one value of a column. */
export interface Facet {
  /** The value; empty for runs without one. */
  readonly value: string
  readonly runs: readonly CurveRun[]
}

/** The runs by the values of a column in natural order, and last those without one. */
export function facetsOf(runs: readonly CurveRun[], values: readonly RunValues[], column: string): Facet[] {
  const texts = new Map(values.map(({ run, text }) => [run.runId, text(column) ?? '']))
  const facets = new Map<string, CurveRun[]>()
  for (const run of runs) {
    const value = texts.get(run.id) ?? ''
    const members = facets.get(value)
    if (members) members.push(run)
    else facets.set(value, [run])
  }
  return [...facets]
    .map(([value, members]) => ({ value, runs: members }))
    .sort((a, b) => Number(a.value === '') - Number(b.value === '') || compareValues(a.value, b.value))
}

/** Numbers come before names: in one order of both, neither would be sorted. */
function compareValues(a: string, b: string): number {
  const [x, y] = [Number(a), Number(b)]
  return Number(Number.isNaN(x)) - Number(Number.isNaN(y)) || x - y || compareNaturally(a, b)
}

/** The view with a range of y that covers the lines of all facets; unchanged where each chart leaves values out. */
export function withSharedRange(
  view: CurveView,
  facets: readonly { readonly lines: readonly Line[] }[],
): CurveView {
  if (view.ignoreOutliers) return view
  const extent = extentOf(facets.flatMap(({ lines }) => lines))
  if (!extent || extent[0] === extent[1]) return view
  return { ...view, yMin: view.yMin ?? extent[0], yMax: view.yMax ?? extent[1] }
}

/** The range of x that covers the lines of all facets; undefined without one. */
export function sharedXRange(facets: readonly { readonly lines: readonly Line[] }[]): XRange | undefined {
  const lines = facets.flatMap((facet) => facet.lines)
  const range = extentOfValues(lines.map(({ curve, raw }) => (raw ?? curve).xs))
  return range && range[0] < range[1] ? range : undefined
}

/** The least and greatest value of lines with their bands; undefined without values. */
function extentOf(lines: readonly Line[]): readonly [min: number, max: number] | undefined {
  const curves = lines.flatMap(({ curve, raw }) => (raw ? [curve, raw] : [curve]))
  return extentOfValues(curves.flatMap(({ ys, lows = [], highs = [] }) => [ys, lows, highs]))
}

function extentOfValues(
  lists: readonly ArrayLike<number>[],
): readonly [min: number, max: number] | undefined {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const values of lists)
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!
      if (!Number.isFinite(value)) continue
      min = Math.min(min, value)
      max = Math.max(max, value)
    }
  return min <= max ? [min, max] : undefined
}
