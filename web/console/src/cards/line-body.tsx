import { useEffect, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { MAX_RUNS } from '../api/batches.js'
import '../charts/line-chart.js' // with this chunk, so that the plot does not wait for another
import { CurvePlot } from '../charts/curve-plot.js'
import type { CurveRun } from '../charts/curve-run.js'
import type { CurveView } from '../charts/curve-view.js'
import { lineFiles } from '../charts/line-files.js'
import { lineLabels } from '../charts/line-labels.js'
import { useCurves } from '../charts/use-curves.js'
import { useFormat } from '../i18n/format.js'
import { first, list } from './card.js'
import type { CardBodyProps } from './card-body.js'
import { useCards } from './cards-context.js'
import { FacetedLines } from './faceted-lines.js'
import { viewOf } from './options.js'

/** Metrics over steps, in one chart or in one for each value of a column. */
export function LineBody(props: CardBodyProps) {
  const { t } = useTranslation()
  const { curveRuns, view: panel } = useCards()
  const { options } = props.card
  const runs = useMemo(() => curveRuns.slice(0, MAX_RUNS), [curveRuns])
  const view = useMemo(() => viewOf(panel, options), [panel, options])
  const metrics = useMemo(() => list(options, 'y'), [options])
  const column = first(options, 'fa')
  const lines = { ...props, metrics, runs, view }
  return (
    <>
      {column ? <FacetedLines {...lines} column={column} /> : <Lines {...lines} />}
      {curveRuns.length > MAX_RUNS && <figcaption>{t('cards.firstRuns', { count: MAX_RUNS })}</figcaption>}
    </>
  )
}

interface LinesProps extends CardBodyProps {
  readonly metrics: readonly string[]
  readonly runs: readonly CurveRun[]
  readonly view: CurveView
}

function Lines({ metrics, runs, view, title, height, asTable, files, onBusy, onZoom }: LinesProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const curves = useCurves({ metrics, runs, view, enabled: true })
  const { lines, style, xLabel, zoom, changeZoom, isLoading } = curves
  useEffect(() => onBusy(isLoading), [onBusy, isLoading])
  // biome-ignore lint/correctness/useExhaustiveDependencies: resets the zoom of this card only
  useEffect(() => onZoom(zoom && (() => changeZoom(undefined))), [onZoom, zoom === undefined])
  useEffect(() => {
    files.current = lineFiles({
      ...{ title, xLabel, lines, style, range: zoom, height, format },
      labels: lineLabels(t),
    })
  }, [files, title, lines, xLabel, style, zoom, height, t, format])
  return <CurvePlot title={title} curves={curves} asTable={asTable} height={height} />
}
