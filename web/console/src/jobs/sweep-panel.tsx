import { lazy, Suspense, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useRun } from '../run/use-run.js'
import { RunNames } from '../runs/run-names.js'
import { MoreButton } from '../ui/more-button.js'
import { Segments } from '../ui/segments.js'
import { Failure, Skeleton } from '../ui/states.js'
import { hasFailed, type IterationsProps } from './iterations.js'
import { LoopProgress } from './loop-progress.js'
import { SweepLinks } from './sweep-links.js'
import { TrialTable } from './trial-table.js'
import { bestFirst, isRanked, type Sweep } from './trials.js'
import { useIterations } from './use-iterations.js'

const TrialChart = lazy(async () => ({ default: (await import('./trial-chart.js')).TrialChart }))
/** Trials that are loaded without a request for more. */
const LOADED = 500
const SHOWN = ['all', 'pruned', 'failed'] as const
type Shown = (typeof SHOWN)[number]
const ORDERS = ['best', 'number'] as const

interface SweepPanelProps extends IterationsProps {
  readonly sweep: Sweep
}

/** The progress, best trial, chart and table of a sweep. Filters load all trials. */
export function SweepPanel({ loop, sweep, isEnded, chosen, onChoose }: SweepPanelProps) {
  const { t } = useTranslation()
  const heading = useId()
  const [shown, setShown] = useState<Shown>('all')
  const [order, setOrder] = useState<(typeof ORDERS)[number]>('best')
  const atLeast = shown === 'all' ? LOADED : Number.POSITIVE_INFINITY
  const trials = useIterations(loop, { isEnded, atLeast })
  const parent = useRun(trials.loop.mlflow_run_id ?? '').data
  const { goal } = sweep.objective
  const ranked = bestFirst(trials.all, goal)
  const ordered = order === 'best' ? ranked : trials.all
  const rows = ordered.filter(FILTER[shown])
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{t('jobs.trials')}</h2>
        <div className="log-tools">
          <Segments
            label={t('jobs.trialOrder')}
            value={order}
            options={ORDERS.map((value) => ({ value, label: t(`jobs.trialOrders.${value}`) }))}
            onChange={setOrder}
          />
          <Segments
            label={t('jobs.trialFilter')}
            value={shown}
            options={SHOWN.map((value) => ({ value, label: t(`jobs.shownTrials.${value}`) }))}
            onChange={setShown}
          />
        </div>
      </header>
      <LoopProgress loop={trials.loop} />
      {trials.isPending && <Skeleton lines={3} />}
      {trials.isError && <Failure error={trials.error} retry={() => void trials.refetch()} />}
      {trials.data && (
        <SweepLinks parent={parent} sweep={sweep} ranked={ranked} isPartial={trials.hasNextPage} />
      )}
      {trials.all.filter(isRanked).length > 1 && (
        <Suspense fallback={<Skeleton lines={4} />}>
          <TrialChart trials={trials.all} sweep={sweep} />
        </Suspense>
      )}
      {trials.data && rows.length === 0 && (
        <p className="body muted">{t(shown === 'all' ? 'jobs.noIterations' : 'jobs.noSuchTrials')}</p>
      )}
      {rows.length > 0 && (
        <RunNames ids={rows.map(({ mlflow_run_id }) => mlflow_run_id)}>
          <TrialTable
            rows={rows}
            sweep={sweep}
            experimentId={parent?.info.experiment_id}
            chosen={chosen}
            onChoose={onChoose}
          />
        </RunNames>
      )}
      {shown === 'all' && trials.all.length >= LOADED && <MoreButton pages={trials} />}
    </section>
  )
}

const FILTER: Readonly<Record<Shown, (trial: IterationsProps['loop']) => boolean>> = {
  all: () => true,
  pruned: ({ pruned }) => pruned === true,
  failed: hasFailed,
}
