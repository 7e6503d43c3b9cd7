import { useEffect, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { first } from '../cards/card.js'
import type { CardBodyProps } from '../cards/card-body.js'
import { useRunsWithin } from '../cards/cards-context.js'
import { PLOT_KINDS } from './plot-kinds.js'
import { PlotView } from './plot-view.js'
import { plotted } from './plotted-runs.js'
import { useRunTables } from './table-file.js'

/** Each run's file is read with a request. */
const MAX_RUNS = 20

/** The plot of a table that runs logged. */
export function PlotBody({ card, title, height, asTable, files, onBusy }: CardBodyProps) {
  const { t } = useTranslation()
  const runs = useRunsWithin()
  const shown = useMemo(() => runs.slice(0, MAX_RUNS), [runs])
  const ids = useMemo(() => shown.map(({ runId }) => runId), [shown])
  const { tables, isPending } = useRunTables(ids, first(card.options, 'f'))
  useEffect(() => onBusy(isPending), [onBusy, isPending])
  const wanted = PLOT_KINDS.find((kind) => kind === first(card.options, 'k'))
  const { sources, kind } = useMemo(() => plotted(shown, tables, wanted), [shown, tables, wanted])
  if (!first(card.options, 'f')) return <p className="card-empty">{t('plots.empty')}</p>
  if (!kind) return <p className="card-empty">{t(isPending ? 'common.loading' : 'plots.noTable')}</p>
  return (
    <>
      <PlotView {...{ sources, kind, title, height, asTable, files }} className={first(card.options, 'cl')} />
      {runs.length > MAX_RUNS && <figcaption>{t('cards.firstRuns', { count: MAX_RUNS })}</figcaption>}
    </>
  )
}
