import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useId } from 'react'
import { useTranslation } from 'react-i18next'
import { queryKeys } from '../api/query-keys.js'
import { listToText } from '../app/url-state.js'
import { useExperiment } from '../experiments/use-experiment.js'
import { useFormat } from '../i18n/format.js'
import { metricLabel } from '../metrics/metric-name.js'
import { type RunRow, runName } from '../runs/row.js'
import { RunStatusMark } from '../runs/run-status.js'
import { Icon } from '../ui/icon.js'
import { Failure } from '../ui/states.js'
import { FORK_TAG, forkMetric, forkStep, MAX_FORKS, readForkLine } from './fork-line.js'

/** The line of runs from the origin to a run, and its forks; nothing for a run without both. */
export function ForkHistory({ row }: { row: RunRow }) {
  const { t } = useTranslation()
  const heading = useId()
  const line = useQuery({
    queryKey: queryKeys.forks(row.info.experiment_id, row.info.run_id, row.tags.get(FORK_TAG)),
    queryFn: ({ signal }) => readForkLine(row, signal),
  })
  if (line.isError) return <Failure error={line.error} retry={() => void line.refetch()} />
  if (!line.data) return null
  const { ancestors, isCut, forks, hasMore } = line.data
  if (ancestors.length === 0 && forks.length === 0 && !isCut) return null
  const metric = forkMetric(row)
  const runs = [...ancestors, row, ...forks].map(({ info }) => info.run_id)
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{t('forks.title')}</h2>
        {runs.length > 1 && (
          <Link to="/compare" search={{ runs: listToText(runs) ?? '' }} className="button ghost small">
            <Icon name="compare" size={14} />
            {t('forks.compare')}
          </Link>
        )}
      </header>
      <ol className="fork-line">
        {isCut && <li className="muted">{t('forks.cut')}</li>}
        {ancestors.map((one) => (
          <ForkedRun key={one.info.run_id} row={one} metric={metric} current={row} />
        ))}
        <ForkedRun row={row} metric={metric} current={row}>
          {forks.length > 0 && (
            <ul aria-label={t('forks.forks')}>
              {forks.map((one) => (
                <ForkedRun key={one.info.run_id} row={one} metric={metric} current={row} />
              ))}
            </ul>
          )}
        </ForkedRun>
      </ol>
      {hasMore && <p className="body muted">{t('forks.more', { count: MAX_FORKS })}</p>}
    </section>
  )
}

interface ForkedRunProps {
  readonly row: RunRow
  readonly metric: string | undefined
  /** The run of the page. */
  readonly current: RunRow
  readonly children?: ReactNode
}

function ForkedRun({ row, metric, current, children }: ForkedRunProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const { info, metrics } = row
  const name = runName(info)
  const step = forkStep(row)
  return (
    <li>
      <div className="forked-run">
        <RunStatusMark status={info.status} />
        {row === current ? (
          <strong className="truncate" aria-current="page">
            {name}
          </strong>
        ) : (
          <Link
            className="truncate"
            to="/experiments/$experimentId/runs/$runId"
            params={{ experimentId: info.experiment_id, runId: info.run_id }}
          >
            {name}
          </Link>
        )}
        <span className="truncate muted">
          {info.experiment_id !== current.info.experiment_id && <OtherExperiment id={info.experiment_id} />}{' '}
          {step !== undefined && t('forks.fromStep', { step: format.integer(step) })}
        </span>
        <span className="muted number">
          {metric && metrics.has(metric) && `${metricLabel(metric)} ${format.metric(metrics.get(metric))}`}
        </span>
      </div>
      {children}
    </li>
  )
}

/** Forks keep their line when they, or their origin, are in another experiment. */
function OtherExperiment({ id }: { id: string }) {
  const { t } = useTranslation()
  const name = useExperiment(id).data?.name ?? id
  return <span title={name}>{t('forks.inExperiment', { name })}</span>
}
