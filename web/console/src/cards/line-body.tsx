import { useEffect, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { MAX_RUNS } from '../api/batches.js'
import { CurvePlot } from '../charts/curve-plot.js'
import { lineFiles } from '../charts/line-files.js'
import { lineLabels } from '../charts/line-labels.js'
import { useCurves } from '../charts/use-curves.js'
import { useFormat } from '../i18n/format.js'
import { list } from './card.js'
import type { CardBodyProps } from './card-body.js'
import { useCards } from './cards-context.js'
import { viewOf } from './options.js'

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
    files.current = lineFiles({
      ...{ title, xLabel, lines, style, range: zoom, height, format },
      labels: lineLabels(t),
    })
  }, [files, title, lines, xLabel, style, zoom, height, t, format])
  return (
    <>
      <CurvePlot title={title} curves={curves} asTable={asTable} height={height} />
      {curveRuns.length > MAX_RUNS && <figcaption>{t('cards.firstRuns', { count: MAX_RUNS })}</figcaption>}
    </>
  )
}
