import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { queryKeys } from '../api/query-keys.js'
import { countTracesOfRun } from '../api/traces.js'
import { useFormat } from '../i18n/format.js'
import { durationOf, type RunRow } from '../runs/row.js'
import { NamedRunLink, RunNames } from '../runs/run-names.js'
import { CopyButton } from '../ui/copy.js'
import { Fact } from '../ui/fact.js'

export function Facts({ row }: { row: RunRow }) {
  const { t } = useTranslation()
  const format = useFormat()
  const heading = useId()
  const { info, tags } = row
  const jobRun = tags.get('cairn.job_run_id')
  const best = tags.get('cairn.best_run_id')
  const duration = durationOf(info, Date.now())
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{t('run.details')}</h2>
      </header>
      <dl className="body facts">
        <Fact name={t('column.run_id')}>
          <span className="mono">{info.run_id}</span>
          <CopyButton text={info.run_id} label={t('run.copyId')} />
        </Fact>
        <Fact name={t('column.start_time')}>{info.start_time ? format.time(info.start_time) : '–'}</Fact>
        <Fact name={t('column.duration')}>{duration === undefined ? '–' : format.duration(duration)}</Fact>
        <Fact name={t('column.user_id')}>{info.user_id || tags.get('mlflow.user')}</Fact>
        <Fact name={t('run.job')}>
          {jobRun && (
            <Link to="/jobs/runs/$runId" params={{ runId: jobRun }}>
              #{jobRun}
            </Link>
          )}
        </Fact>
        <Fact name={t('run.best')}>
          {best && (
            <RunNames ids={[best]}>
              <NamedRunLink experimentId={info.experiment_id} runId={best} />
            </RunNames>
          )}
        </Fact>
        <Traces row={row} />
        <Fact name={t('run.logged')}>{tags.has('cairn.offline') && t('run.offline')}</Fact>
        <Fact name={t('run.source')}>{tags.get('mlflow.source.name')}</Fact>
        <Fact name={t('run.commit')}>{tags.get('mlflow.source.git.commit')}</Fact>
        <Fact name={t('run.artifactUri')}>
          <span className="mono">{info.artifact_uri}</span>
        </Fact>
      </dl>
    </section>
  )
}

/** The number of traces of the run; nothing without any. */
function Traces({ row }: { row: RunRow }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { experiment_id, run_id } = row.info
  const { data } = useQuery({
    queryKey: queryKeys.traceCount(experiment_id, run_id),
    queryFn: ({ signal }) => countTracesOfRun(experiment_id, run_id, signal),
  })
  if (!data || data.count === 0) return null
  return (
    <Fact name={t('overview.traces')}>
      {format.integer(data.count)}
      {data.more && '+'}
    </Fact>
  )
}
