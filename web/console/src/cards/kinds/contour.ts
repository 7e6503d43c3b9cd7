import { numberColumn, textColumn } from '../../ui/table.js'
import { first, isSet } from '../card.js'
import { columnLabel } from '../column-label.js'
import type { Paint } from '../paint.js'
import type { RunValues } from '../run-values.js'
import { contourLines } from '../statistics/contour-lines.js'
import { type Span, type Surface, surfaceOf } from '../statistics/surface.js'
import { GRID, tooltipOf, tooltipStyle, xValueAxis, yValueAxis } from './axes.js'
import { rampColor, scaleBeside } from './coloring.js'
import { type DrawContext, nothing, type ValuesKind } from './drawing.js'

const SIZE = 48
const LEVELS = 12
const MIN_POINTS = 3
const SCALE_PX = 66

interface Sample {
  readonly run: RunValues
  readonly x: number
  readonly y: number
  readonly z: number
}

interface Api {
  value(dimension: number): number
  coord(point: readonly number[]): number[]
}

/** A metric over two parameters, interpolated between the runs. */
export const contour: ValuesKind = {
  columns: (options) => ['x', 'y', 'z'].map((key) => first(options, key)).filter(Boolean),
  draw(runs, context) {
    const { options, paint, t, format } = context
    const [x, y, z] = ['x', 'y', 'z'].map((key) => first(options, key)) as [string, string, string]
    const [logX, logY] = [isSet(options, 'lx'), isSet(options, 'ly')]
    const samples = samplesOf(runs, [x, y, z]).filter(
      (sample) => (!logX || sample.x > 0) && (!logY || sample.y > 0),
    )
    const table = {
      columns: [textColumn(t('column.run_name')), ...[x, y, z].map((id) => numberColumn(columnLabel(id)))],
      rows: samples.map((sample) => [sample.run.run.name, sample.x, sample.y, sample.z]),
    }
    const [acrossX, acrossY] = [positions(samples, 'x', logX), positions(samples, 'y', logY)]
    const isFlat = [acrossX, acrossY].some(({ span }) => span.low === span.high)
    if (samples.length < MIN_POINTS || isFlat) return nothing(table, t('cards.tooFewForContour'))
    const surface = surfaceOf(
      samples.map((sample, i) => ({ x: acrossX.values[i]!, y: acrossY.values[i]!, z: sample.z })),
      acrossX.span,
      acrossY.span,
      SIZE,
    )
    const valueAt = (shareX: number, shareY: number) => [acrossX.at(shareX), acrossY.at(shareY)]
    const zs = samples.map((sample) => sample.z)
    const range = { low: Math.min(...zs), high: Math.max(...zs) }
    return {
      table,
      note: t('cards.interpolated'),
      runs: [[], samples.map(({ run }) => run.run.runId)],
      chart: {
        grid: { ...GRID, right: SCALE_PX },
        tooltip: { ...tooltipStyle(paint), formatter: tooltipFor(samples, [x, y, z], context) },
        visualMap: scaleBeside(range.low, range.high, paint, format.metric, columnLabel(z)),
        xAxis: {
          ...xValueAxis({ name: columnLabel(x), log: logX, paint }),
          ...ends(acrossX),
        },
        yAxis: {
          ...yValueAxis({ name: columnLabel(y), log: logY, paint }),
          ...ends(acrossY),
        },
        series: [
          first(options, 'st') === 'heat'
            ? heat(surface, range, valueAt, paint)
            : areas(surface, range, valueAt, paint),
          {
            type: 'scatter',
            symbolSize: 7,
            z: 5,
            data: samples.map((sample) => [sample.x, sample.y]),
            itemStyle: { color: paint.surface, borderColor: paint.text, borderWidth: 1.5 },
            emphasis: { scale: 1.6 },
          },
        ],
      },
    }
  },
}

const samplesOf = (runs: readonly RunValues[], [x, y, z]: readonly [string, string, string]): Sample[] =>
  runs
    .map((run) => ({ run, x: run.number(x), y: run.number(y), z: run.number(z) }))
    .filter((sample) => [sample.x, sample.y, sample.z].every(Number.isFinite))

/** Positions along an axis, and the value at a share of it. */
function positions(samples: readonly Sample[], key: 'x' | 'y', log: boolean) {
  const values = samples.map((sample) => (log ? Math.log10(sample[key]) : sample[key]))
  const span: Span = { low: Math.min(...values), high: Math.max(...values) }
  const at = (share: number) => {
    const value = span.low + share * (span.high - span.low)
    return log ? 10 ** value : value
  }
  return { values, span, at }
}

const ends = ({ at }: ReturnType<typeof positions>) => ({ min: at(0), max: at(1) })

type ValueAt = (shareX: number, shareY: number) => number[]

function areas(surface: Surface, { low, high }: Span, valueAt: ValueAt, paint: Paint) {
  const lines = contourLines(surface, LEVELS)
  return {
    type: 'custom',
    silent: true,
    clip: true,
    data: lines.map(({ value }) => [...valueAt(0, 0), value]),
    renderItem: ({ dataIndex }: { readonly dataIndex: number }, api: Api) => {
      const { rings, value } = lines[dataIndex]!
      const pathData = rings
        .map((ring) => `M${ring.map(([x, y]) => api.coord(valueAt(x, y)).join(' ')).join('L')}Z`)
        .join('')
      return {
        type: 'path',
        shape: { pathData },
        style: {
          fill: rampColor(paint, (value - low) / (high - low || 1)),
          opacity: 0.9,
          stroke: paint.surface,
          lineWidth: 0.5,
        },
      }
    },
  }
}

function heat(surface: Surface, { low, high }: Span, valueAt: ValueAt, paint: Paint) {
  const { columns, rows, values } = surface
  return {
    type: 'custom',
    silent: true,
    clip: true,
    data: values.map((_, i) => [
      ...valueAt((i % columns) / (columns - 1), Math.floor(i / columns) / (rows - 1)),
      i,
    ]),
    renderItem: ({ dataIndex: i }: { readonly dataIndex: number }, api: Api) => {
      const [column, row] = [i % columns, Math.floor(i / columns)]
      const corner = (dx: number, dy: number) =>
        api.coord(valueAt((column + dx) / (columns - 1), (row + dy) / (rows - 1)))
      const [left, bottom] = corner(-0.5, -0.5)
      const [right, top] = corner(0.5, 0.5)
      return {
        type: 'rect',
        shape: { x: left, y: top, width: right! - left! + 0.6, height: bottom! - top! + 0.6 },
        style: { fill: rampColor(paint, (values[i]! - low) / (high - low || 1)) },
      }
    },
  }
}

const tooltipFor =
  (samples: readonly Sample[], [x, y, z]: readonly [string, string, string], { format }: DrawContext) =>
  ({ dataIndex }: { readonly dataIndex: number }) => {
    const sample = samples[dataIndex]!
    return tooltipOf(sample.run.run.name, [
      [columnLabel(x), format.metric(sample.x)],
      [columnLabel(y), format.metric(sample.y)],
      [columnLabel(z), format.metric(sample.z)],
    ])
  }
