import { textStyle, tooltipOf, tooltipStyle } from '../cards/kinds/axes.js'
import { rampColor } from '../cards/kinds/coloring.js'
import { nothing } from '../cards/kinds/drawing.js'
import type { Paint } from '../cards/paint.js'
import { numberColumn, textColumn } from '../ui/table.js'
import { accuracyOf, type Confusion, confusionOf, sumOf } from './confusion.js'
import type { DrawPlot, PlotContext, PlotSource } from './plot.js'
import { MAX_PLOTS, sideBySide, X_NAME_GAP } from './side-by-side.js'

interface Matrix extends Confusion {
  readonly run: PlotSource
}

interface Api {
  value(dimension: number): number
  coord(point: readonly number[]): number[]
  size(extent: readonly number[]): number[]
}

const LABEL_PX = 64
const MIN_TEXT_PX = { width: 26, height: 15, twoLines: 30 }

/** Labels by predictions as heat maps, of several runs beside each other. Colours are shares of the rows with the label. */
export const drawConfusion: DrawPlot = (sources, context) => {
  const { t } = context
  const all = sources.map((run): Matrix => ({ run, ...confusionOf(run.table) }))
  const matrices = all.filter(({ total }) => total > 0).slice(0, MAX_PLOTS)
  const table = {
    columns: [
      ...[t('column.run_name'), t('plots.label'), t('plots.prediction')].map(textColumn),
      ...[t('cards.count'), t('plots.share')].map(numberColumn),
    ],
    rows: all.flatMap(({ run, classes, counts }) =>
      counts.flatMap((row, i) =>
        row.map((count, j) => [run.name, classes[i]!, classes[j]!, count, shareOf(row, j)]),
      ),
    ),
  }
  if (matrices.length === 0) return nothing(table, t('plots.noRows'))
  const names = matrices.map(
    (matrix) =>
      `${matrix.run.name} · ${t('plots.accuracy', { value: context.format.share(accuracyOf(matrix)) })}`,
  )
  return {
    table,
    runs: [],
    note:
      sources.length > matrices.length
        ? t('cards.firstRuns', { count: matrices.length })
        : matrices.length === 1
          ? names[0]!
          : t('plots.confusionNote'),
    chart: {
      ...sideBySide(names, context.paint),
      tooltip: { ...tooltipStyle(context.paint), formatter: tooltipFor(matrices, context) },
      xAxis: matrices.map(({ classes }, i) =>
        classAxis(i, classes, t('plots.prediction'), X_NAME_GAP, context.paint),
      ),
      yAxis: matrices.map(({ classes }, i) => ({
        ...classAxis(i, classes, t('plots.label'), LABEL_PX + 12, context.paint),
        inverse: true,
      })),
      series: matrices.map((matrix, i) => heatMap(matrix, i, context)),
    },
  }
}

const shareOf = (row: readonly number[], j: number) => {
  const total = sumOf(row)
  return total > 0 ? row[j]! / total : undefined
}

const classAxis = (
  gridIndex: number,
  classes: readonly string[],
  name: string,
  nameGap: number,
  paint: Paint,
) => ({
  ...{ type: 'category', gridIndex, data: [...classes], name, nameLocation: 'middle', nameGap },
  nameTextStyle: textStyle(paint),
  axisLabel: { ...textStyle(paint), width: LABEL_PX, overflow: 'truncate', hideOverlap: true },
  axisLine: { show: false },
  axisTick: { show: false },
  splitLine: { show: false },
})

function heatMap({ classes, counts }: Matrix, index: number, { paint, format }: PlotContext) {
  const size = classes.length
  return {
    type: 'custom',
    ...{ xAxisIndex: index, yAxisIndex: index },
    data: counts.flatMap((row, i) => row.map((count, j) => [j, i, count])),
    renderItem: (_: unknown, api: Api) => {
      const [j, i] = [api.value(0), api.value(1)]
      const [centreX, centreY] = api.coord([j, i]) as [number, number]
      const [width, height] = api.size([1, 1]).map(Math.abs) as [number, number]
      const share = shareOf(counts[i]!, j) ?? 0
      const shape = { x: centreX - width / 2, y: centreY - height / 2, width, height }
      const hasText = size <= 20 && width >= MIN_TEXT_PX.width && height >= MIN_TEXT_PX.height
      const text = [
        format.integer(counts[i]![j]!),
        ...(height >= MIN_TEXT_PX.twoLines ? [format.share(share)] : []),
      ].join('\n')
      return {
        type: 'group',
        children: [
          {
            ...{ type: 'rect', shape },
            style: { fill: tintOf(paint, share), stroke: paint.surface, lineWidth: 1 },
          },
          ...(hasText
            ? [
                {
                  type: 'text',
                  silent: true,
                  style: {
                    ...{ text, x: centreX, y: centreY, align: 'center', verticalAlign: 'middle' },
                    ...{ fill: share > 0.5 ? paint.surface : paint.text, fontSize: 11, lineHeight: 14 },
                    fontFamily: paint.font,
                  },
                },
              ]
            : []),
        ],
      }
    },
  }
}

/** From the surface to the accent, so that the text of each cell has contrast in both themes. */
const tintOf = (paint: Paint, share: number) =>
  rampColor({ ...paint, ramp: [paint.surface, paint.accent] }, share)

const tooltipFor =
  (matrices: readonly Matrix[], { t, format }: PlotContext) =>
  ({ seriesIndex, dataIndex }: { readonly seriesIndex: number; readonly dataIndex: number }) => {
    const { run, classes, counts, total } = matrices[seriesIndex]!
    const [i, j] = [Math.floor(dataIndex / classes.length), dataIndex % classes.length]
    const count = counts[i]![j]!
    return tooltipOf(run.name, [
      [t('plots.label'), classes[i]!],
      [t('plots.prediction'), classes[j]!],
      [t('cards.count'), format.integer(count)],
      [t('plots.share'), format.share(shareOf(counts[i]!, j) ?? 0)],
      [t('plots.shareOfAll'), format.share(count / total)],
    ])
  }
