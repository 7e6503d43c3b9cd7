import { compareNaturally } from '../../app/natural-order.js'
import { formatTick } from '../../i18n/format.js'
import { textColumn } from '../../ui/table.js'
import { first, list } from '../card.js'
import { columnLabel } from '../column-label.js'
import type { RunValues } from '../run-values.js'
import { textStyle, tooltipOf, tooltipStyle } from './axes.js'
import { coloringBy } from './coloring.js'
import { type DrawContext, nothing, type ValuesKind } from './drawing.js'

/** An axis of numbers, or of texts if any run has one that is not a number. */
interface Axis {
  readonly id: string
  readonly log: boolean
  readonly texts: readonly string[] | undefined
}

const SCALE_PX = 84
const FADED = 0.06
const MAX_LABEL = 16

/** A line for each run across its parameters and metrics. */
export const parallel: ValuesKind = {
  columns: (options) => [...list(options, 'd'), first(options, 'c')].filter(Boolean),
  draw(runs, context) {
    const { options, within, paint, t } = context
    const ids = list(options, 'd')
    const axes = ids.map((id) => axisOf(id, list(options, 'log').includes(id), runs))
    const shown = runs.filter((run) => axes.every((axis) => positionOf(run, axis) !== undefined))
    const table = {
      columns: [textColumn(t('column.run_name')), ...ids.map((id) => textColumn(columnLabel(id)))],
      rows: runs.map((run) => [run.run.name, ...ids.map((id) => run.text(id))]),
    }
    if (ids.length < 2) return nothing(table, t('cards.twoAxes'))
    if (shown.length === 0) return nothing(table, t('cards.noPairs'))
    const color = first(options, 'c') || ids.at(-1)!
    const coloring = coloringBy(color, shown, context)
    // An axis of the colour is its scale already.
    const scale = ids.includes(color) ? undefined : coloring.visualMap
    const note =
      shown.length < runs.length ? t('cards.incomplete', { count: runs.length - shown.length }) : undefined
    return {
      table,
      runs: [shown.map(({ run }) => run.runId)],
      ...(note && { note }),
      chart: {
        tooltip: { ...tooltipStyle(paint), formatter: tooltipFor(shown, ids, context) },
        ...(scale && { visualMap: scale }),
        parallel: {
          left: 36,
          right: scale ? SCALE_PX : 48,
          top: 34,
          bottom: 18,
          parallelAxisDefault: axisDefaults(context),
        },
        parallelAxis: axes.map((axis, dim) => ({
          dim,
          name: columnLabel(axis.id),
          ...(axis.texts
            ? { type: 'category', data: [...axis.texts] }
            : { type: axis.log ? 'log' : 'value', scale: true }),
        })),
        series: [
          {
            type: 'parallel',
            smooth: false,
            inactiveOpacity: FADED,
            activeOpacity: 0.9,
            data: shown.map((run) => {
              const isFaded = within !== undefined && !within.has(run.run.runId)
              return {
                value: axes.map((axis) => positionOf(run, axis)!),
                lineStyle: {
                  // An own brush replaces the opacity.
                  color: isFaded ? paint.line : coloring.colorOf(run),
                  width: shown.length > 100 ? 1 : 1.75,
                  opacity: isFaded ? FADED : shown.length > 100 ? 0.45 : 0.8,
                },
              }
            }),
            emphasis: { lineStyle: { width: 4, opacity: 1 } },
          },
        ],
      },
    }
  },
}

const axisDefaults = ({ paint }: DrawContext) => ({
  nameLocation: 'end',
  nameGap: 14,
  nameTextStyle: { ...textStyle(paint), width: 110, overflow: 'truncate' },
  nameTruncate: { maxWidth: 110 },
  axisLine: { lineStyle: { color: paint.faint } },
  axisTick: { show: false },
  axisLabel: {
    ...textStyle(paint, 10),
    // A `width` would give short labels a background as wide, which hides lines.
    formatter: (value: number | string) => (typeof value === 'number' ? formatTick(value) : shortened(value)),
    backgroundColor: paint.surface,
    padding: [1, 3],
    borderRadius: 2,
  },
  splitLine: { show: false },
  areaSelectStyle: {
    width: 16,
    borderWidth: 1,
    borderColor: paint.accent,
    color: paint.accent,
    opacity: 0.25,
  },
})

/** Cuts between characters, of which some have two code units. */
function shortened(text: string): string {
  const characters = [...text]
  return characters.length > MAX_LABEL ? `${characters.slice(0, MAX_LABEL - 1).join('')}…` : text
}

function axisOf(id: string, log: boolean, runs: readonly RunValues[]): Axis {
  const texts = new Set(runs.flatMap((run) => run.text(id) ?? []))
  const isText = [...texts].some((text) => text.trim() === '' || Number.isNaN(Number(text)))
  return { id, log, texts: isText ? [...texts].sort(compareNaturally) : undefined }
}

/** Undefined where the axis cannot show the value of the run. */
function positionOf(run: RunValues, { id, log, texts }: Axis): number | string | undefined {
  if (texts) return run.text(id)
  const value = run.number(id)
  return Number.isFinite(value) && (!log || value > 0) ? value : undefined
}

const tooltipFor =
  (runs: readonly RunValues[], ids: readonly string[], { format }: DrawContext) =>
  ({ dataIndex }: { readonly dataIndex: number }) => {
    const run = runs[dataIndex]!
    return tooltipOf(
      run.run.name,
      ids.map((id) => [
        columnLabel(id),
        Number.isFinite(run.number(id)) ? format.metric(run.number(id)) : (run.text(id) ?? '–'),
      ]),
    )
  }
