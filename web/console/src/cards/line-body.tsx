import { useEffect, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { MAX_RUNS } from '../api/batches.js'
import { CurvePlot } from '../charts/curve-plot.js'
import type { Line } from '../charts/line-chart.js'
import { lineSvg } from '../charts/line-svg.js'
import { useCurves } from '../charts/use-curves.js'
import { formatTime, useFormat } from '../i18n/format.js'
import { numberColumn, type Table, textColumn } from '../ui/table.js'
import { list } from './card.js'
import type { CardBodyProps } from './card-body.js'
import { useCards } from './cards-context.js'
import { viewOf } from './options.js'
import { currentPaint } from './paint.js'

const SVG_WIDTH = 900

/** Metrics over steps. */
export function LineBody({ card, title, height, asTable, files, onBusy, onZoom }: CardBodyProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const { curveRuns, view: panel } = useCards()
  const { options } = card
  const runs = useMemo(() => curveRuns.slice(0, MAX_RUNS), [curveRuns])
  const view = useMemo(() => viewOf(panel, options), [panel, options])
  const curves = useCurves({ metrics: list(options, 'y'), runs, view, enabled: true })
  const { lines, style, xLabel, zoom, changeZoom, isLoading } = curves
  useEffect(() => onBusy(isLoading), [onBusy, isLoading])
  // biome-ignore lint/correctness/useExhaustiveDependencies: resets the zoom of this card only
  useEffect(() => onZoom(zoom && (() => changeZoom(undefined))), [onZoom, zoom === undefined])
  useEffect(() => {
    files.current = {
      table: () =>
        tableOf(lines, xLabel, [t('column.run_name'), t('cards.value'), t('cards.low'), t('cards.high')]),
      svg: async () =>
        lineSvg({
          ...{ title, xLabel, lines, style, range: zoom, width: SVG_WIDTH, height: 2 * height },
          colors: currentPaint(),
          formatX: style.wall ? (x) => formatTime(x * 1000, format.language) : format.metric,
          formatY: format.metric,
        }),
    }
  }, [files, title, lines, xLabel, style, zoom, height, t, format])
  return (
    <>
      <CurvePlot title={title} curves={curves} asTable={asTable} height={height} />
      {curveRuns.length > MAX_RUNS && <figcaption>{t('cards.firstRuns', { count: MAX_RUNS })}</figcaption>}
    </>
  )
}

/** A row for each point, before smoothing. */
const tableOf = (lines: readonly Line[], xLabel: string, [name, ...values]: readonly string[]): Table => ({
  columns: [textColumn(name!), numberColumn(xLabel), ...values.map(numberColumn)],
  rows: lines.flatMap(({ label, raw, curve }) => {
    const { xs, ys, lows, highs } = raw ?? curve
    return xs.map((x, i) => [label, x, ys[i]!, lows?.[i], highs?.[i]])
  }),
})
