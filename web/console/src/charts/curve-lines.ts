import { metricLabel } from '../metrics/metric-name.js'
import type { CurveRun } from './curve-run.js'
import type { CurveView } from './curve-view.js'
import { groupCurve } from './group-curve.js'
import type { Line } from './line-chart.js'
import { type Curve, type PlacedRun, positiveOnly, positiveXs, toCurve } from './series.js'
import { type SeriesStyle, seriesStyle, withDash } from './series-style.js'
import { smooth } from './smoothing.js'

interface CurveLines {
  readonly lines: readonly Line[]
  /** Number of points that a log axis cannot show. */
  readonly dropped: number
}

interface Part {
  readonly run: CurveRun
  readonly curve: Curve
}

/** The lines of metrics of runs, or of groups of runs. @param placed the runs by metric */
export function curveLines(
  metrics: readonly string[],
  placed: readonly (readonly PlacedRun[])[],
  runs: readonly CurveRun[],
  view: CurveView,
): CurveLines {
  let dropped = 0
  const lines = metrics.flatMap((metric, m) => {
    const byRun = new Map(placed[m]?.map((one) => [one.run.run_id, one]))
    const parts = runs.flatMap((run): Part[] => {
      const own = byRun.get(run.id)
      if (!own || own.run.buckets.length === 0) return []
      const shown = logged(toCurve(own), view)
      dropped += shown.dropped
      return shown.curve.xs.length > 0 ? [{ run, curve: shown.curve }] : []
    })
    const naming = { metric, index: m, isOnly: metrics.length === 1, isOneRun: runs.length === 1 }
    const isGrouped = runs.some(({ group }) => group !== undefined)
    return isGrouped ? groupLines(parts, naming, view) : parts.map((part) => runLine(part, naming, view))
  })
  return { lines, dropped }
}

function logged(curve: Curve, { log, logX }: CurveView): { curve: Curve; dropped: number } {
  const ofX = logX ? positiveXs(curve) : { curve, dropped: 0 }
  const ofY = log ? positiveOnly(ofX.curve) : { curve: ofX.curve, dropped: 0 }
  return { curve: ofY.curve, dropped: ofX.dropped + ofY.dropped }
}

interface Naming {
  readonly metric: string
  /** Index of the metric in the card. */
  readonly index: number
  readonly isOnly: boolean
  readonly isOneRun: boolean
}

/** With several metrics, colours are those of the runs and dashes those of the metrics; of one run, metrics have the colours. */
function namesOf({ metric, index, isOnly, isOneRun }: Naming, id: string, label: string, style: SeriesStyle) {
  if (isOnly) return { id, label, style }
  return {
    id: `${id}/${metric}`,
    label: isOneRun ? metricLabel(metric) : `${label} · ${metricLabel(metric)}`,
    style: isOneRun ? seriesStyle(index) : withDash(style, index),
  }
}

function runLine({ run, curve }: Part, naming: Naming, { smoothing }: CurveView): Line {
  const names = { ...namesOf(naming, run.id, run.label, run.style), run: run.id }
  if (smoothing.weight === 0) return { ...names, curve }
  return { ...names, raw: curve, curve: { xs: curve.xs, ys: smooth(curve.xs, curve.ys, smoothing) } }
}

function groupLines(parts: readonly Part[], naming: Naming, { band, smoothing }: CurveView): Line[] {
  const groups = new Map<string, Curve[]>()
  const styles = new Map(parts.map(({ run }) => [run.group ?? '–', run.groupStyle]))
  for (const { run, curve } of parts) {
    const name = run.group ?? '–'
    const members = groups.get(name)
    if (members) members.push(curve)
    else groups.set(name, [curve])
  }
  return [...groups].map(([name, curves], i) => {
    const { xs, ys, lows, highs } = groupCurve(curves, band)
    const smoothed = (values: readonly number[]) => smooth(xs, values, smoothing)
    return {
      ...namesOf(
        { ...naming, isOneRun: false },
        name,
        `${name} (${curves.length})`,
        styles.get(name) ?? seriesStyle(i),
      ),
      isGroup: true,
      curve: { xs, ys: smoothed(ys), lows: smoothed(lows!), highs: smoothed(highs!) },
    }
  })
}
