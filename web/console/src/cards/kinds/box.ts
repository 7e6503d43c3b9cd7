import { compareNaturally } from '../../app/natural-order.js'
import { metricLabel } from '../../metrics/metric-name.js'
import { numberColumn, textColumn } from '../../ui/table.js'
import { first, isSet } from '../card.js'
import { columnLabel } from '../column-label.js'
import type { RunValues } from '../run-values.js'
import { type Box, boxOf, densityOf } from '../statistics/box.js'
import { categoryAxis, GRID, tooltipOf, tooltipStyle, yValueAxis } from './axes.js'
import { type DrawContext, nothing, type ValuesKind } from './drawing.js'

interface Group {
  readonly name: string
  readonly runs: readonly RunValues[]
  readonly values: readonly number[]
  readonly box: Box
}

/** The distribution of a metric in groups of runs, as boxes or violins. */
export const box: ValuesKind = {
  columns: (options) =>
    [`metrics.${first(options, 'y')}`, first(options, 'g')].filter((id) => id && id !== 'metrics.'),
  draw(runs, context) {
    const { options, paint, t } = context
    const metric = first(options, 'y')
    const log = isSet(options, 'ly')
    const groups = groupsOf(runs, metric, first(options, 'g'), t('cards.allRuns'), log)
    const colors = colorsOf(groups, context)
    const label = metricLabel(metric)
    const table = {
      columns: [
        textColumn(first(options, 'g') ? columnLabel(first(options, 'g')) : t('cards.group')),
        ...['count', 'minimum', 'q1', 'median', 'q3', 'maximum'].map((name) =>
          numberColumn(t(`cards.${name as 'count'}`)),
        ),
      ],
      rows: groups.map(({ name, values, box: { q1, median, q3, count } }) => [
        ...[name, count, Math.min(...values), q1, median, q3, Math.max(...values)],
      ]),
    }
    if (groups.length === 0) return nothing(table, t('cards.noValues'))
    const isViolin = first(options, 'sh') === 'violin'
    const points = isSet(options, 'pt')
      ? groups.flatMap(pointsOf)
      : groups.flatMap(isViolin ? () => [] : outliersOf)
    return {
      table,
      runs: [[], points.map(({ run }) => run.run.runId)],
      chart: {
        grid: { ...GRID, bottom: 30 },
        tooltip: { ...tooltipStyle(paint), formatter: tooltipFor(groups, points, context) },
        xAxis: categoryAxis(
          groups.map(({ name }) => name),
          paint,
          Math.max(48, 300 / groups.length),
        ),
        yAxis: yValueAxis({ name: label, log, paint }),
        series: [
          isViolin ? violins(groups, colors, context) : boxes(groups, colors),
          {
            type: 'scatter',
            symbolSize: 6,
            data: points.map(({ group, value, run }) => ({
              value: [group, value],
              itemStyle: { color: paint.resolve(run.run.color) },
            })),
            emphasis: { scale: 1.8, itemStyle: { borderColor: paint.text, borderWidth: 1.5 } },
          },
        ],
      },
    }
  },
}

function groupsOf(
  runs: readonly RunValues[],
  metric: string,
  by: string,
  all: string,
  log: boolean,
): Group[] {
  const members = new Map<string, { readonly run: RunValues; readonly value: number }[]>()
  for (const run of runs) {
    const value = run.number(`metrics.${metric}`)
    if (!Number.isFinite(value) || (log && value <= 0)) continue
    const name = groupOf(run, by) ?? all
    members.set(name, [...(members.get(name) ?? []), { run, value }])
  }
  return [...members]
    .sort(([a], [b]) => compareNaturally(a, b))
    .map(([name, found]) => {
      const values = found.map(({ value }) => value)
      return { name, values, runs: found.map(({ run }) => run), box: boxOf(values)! }
    })
}

const groupOf = (run: RunValues, by: string) => (by ? (run.text(by) ?? '–') : run.run.group)

/** As of lines: by the first appearance of groups among all runs. Boxes are in the order of their names. */
function colorsOf(
  groups: readonly Group[],
  { options, all, paint, groups: grouped }: DrawContext,
): readonly string[] {
  const by = first(options, 'g')
  const order = by || grouped.length === 0 ? [...new Set(all.map((run) => groupOf(run, by)))] : grouped
  return groups.map(({ name }) => paint.series[Math.max(0, order.indexOf(name)) % paint.series.length]!)
}

const pointsOf = ({ runs, values }: Group, group: number) =>
  runs.map((run, i) => ({ group, run, value: values[i]! }))

const outliersOf = (one: Group, group: number) =>
  pointsOf(one, group).filter(({ value }) => value < one.box.low || value > one.box.high)

const boxes = (groups: readonly Group[], colors: readonly string[]) => ({
  type: 'boxplot',
  boxWidth: [8, 56],
  data: groups.map(({ box: { low, q1, median, q3, high } }, i) => ({
    value: [low, q1, median, q3, high],
    itemStyle: {
      color: `${colors[i]}33`,
      borderColor: colors[i],
      borderWidth: 1.5,
    },
  })),
})

interface Api {
  value(dimension: number): number
  coord(point: readonly number[]): number[]
  size(size: readonly number[]): number[]
}

const HALF_SHARE = 0.4
const MAX_HALF_PX = 60

/** Outlines of the densities; a group without two different values is a dash. */
function violins(groups: readonly Group[], colors: readonly string[], { paint }: DrawContext) {
  const densities = groups.map(({ values }) => densityOf(values))
  const ends = (i: number) => {
    const values = densities[i]!.map(([value]) => value)
    return values.length > 0 ? [values[0]!, values.at(-1)!] : [groups[i]!.box.low, groups[i]!.box.high]
  }
  return {
    type: 'custom',
    clip: true,
    data: groups.map((group, i) => [i, group.box.median, ...ends(i)]),
    encode: { x: 0, y: [1, 2, 3] },
    renderItem: (_: unknown, api: Api) => {
      const i = api.value(0)
      const half = Math.min(MAX_HALF_PX, api.size([1, 0])[0]! * HALF_SHARE)
      const at = (value: number) => api.coord([i, value])
      const color = colors[i]!
      const right = densities[i]!.map(([value, share]) => [at(value)[0]! + half * share, at(value)[1]!])
      const left = densities[i]!.map(([value, share]) => [at(value)[0]! - half * share, at(value)[1]!])
      const [x, y] = at(api.value(1))
      return {
        type: 'group',
        children: [
          {
            type: 'polygon',
            shape: { points: [...right, ...left.reverse()] },
            style: { fill: `${color}33`, stroke: color, lineWidth: 1.5 },
          },
          {
            type: 'line',
            shape: { x1: x! - half / 3, x2: x! + half / 3, y1: y, y2: y },
            style: { stroke: paint.text, lineWidth: 2 },
          },
        ],
      }
    },
  }
}

const tooltipFor =
  (
    groups: readonly Group[],
    points: readonly ReturnType<typeof pointsOf>[number][],
    { t, format }: DrawContext,
  ) =>
  ({ seriesIndex, dataIndex }: { readonly seriesIndex: number; readonly dataIndex: number }) => {
    if (seriesIndex === 1) {
      const { run, value } = points[dataIndex]!
      return tooltipOf(run.run.name, [[t('cards.value'), format.metric(value)]])
    }
    const { name, box } = groups[dataIndex]!
    return tooltipOf(name, [
      [t('cards.count'), format.integer(box.count)],
      ...(['q1', 'median', 'q3'] as const).map(
        (key) => [t(`cards.${key}`), format.metric(box[key])] as const,
      ),
    ])
  }
