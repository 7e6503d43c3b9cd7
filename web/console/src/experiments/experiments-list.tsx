import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Experiment } from '../api/experiments.js'
import { serverUrl } from '../app/server-url.js'
import { useInView } from '../charts/use-in-view.js'
import { useFormat } from '../i18n/format.js'
import { isQuotable } from '../runs/filter-conditions.js'
import { runName } from '../runs/row.js'
import { RunStatusMark } from '../runs/run-status.js'
import { MoreButton } from '../ui/more-button.js'
import { ScrollX } from '../ui/scroll-x.js'
import { Empty, Failure, Skeleton } from '../ui/states.js'
import { tagFilter } from './experiment-filter.js'
import { useActivity, type useExperiments } from './use-experiments.js'

/** More tags are on the page of the experiment. */
const MAX_TAGS = 4

interface ExperimentsListProps {
  readonly experiments: ReturnType<typeof useExperiments>
  readonly search: string
  readonly deleted: boolean
  readonly onSearch: (filter: string) => void
}

export function ExperimentsList({ experiments, search, deleted, onSearch }: ExperimentsListProps) {
  const { t } = useTranslation()
  if (experiments.isPending) return <Skeleton />
  if (experiments.isError)
    return <Failure error={experiments.error} retry={() => void experiments.refetch()} />
  const all = experiments.data.pages.flatMap((page) => page.experiments ?? [])
  if (all.length === 0)
    return search ? (
      <Empty title={t('experiments.noMatch', { search })} />
    ) : deleted ? (
      <Empty title={t('edit.noDeletedExperiments')} />
    ) : (
      <Empty title={t('experiments.none')} code={FIRST_EXPERIMENT()} isPermitted>
        {t('experiments.noneHelp')}
      </Empty>
    )
  return (
    <div className="panel">
      <ScrollX>
        <table className="list experiments">
          <thead>
            <tr>
              <th scope="col">{t('experiments.name')}</th>
              <th scope="col" className="number">
                {t('experiments.runs')}
              </th>
              <th scope="col">{t('experiments.lastRun')}</th>
              <th scope="col">{t('experiments.created')}</th>
            </tr>
          </thead>
          <tbody>
            {all.map((experiment) => (
              <ExperimentRow key={experiment.experiment_id} experiment={experiment} onSearch={onSearch} />
            ))}
          </tbody>
        </table>
      </ScrollX>
      <MoreButton pages={experiments} />
    </div>
  )
}

interface ExperimentRowProps {
  readonly experiment: Experiment
  readonly onSearch: (filter: string) => void
}

function ExperimentRow({ experiment, onSearch }: ExperimentRowProps) {
  const format = useFormat()
  const [ref, inView] = useInView<HTMLTableRowElement>()
  const activity = useActivity(experiment.experiment_id, inView)
  return (
    <tr ref={ref}>
      <th scope="row">
        <Link to="/experiments/$experimentId" params={{ experimentId: experiment.experiment_id }}>
          {experiment.name}
        </Link>{' '}
        <Tags tags={experiment.tags ?? []} onSearch={onSearch} />
      </th>
      <td className="number">{activity.data && <Count {...activity.data} />}</td>
      <td>
        <LastRun activity={activity.data} />
      </td>
      <td className="muted">{experiment.creation_time ? format.ago(experiment.creation_time) : ''}</td>
    </tr>
  )
}

interface TagsProps {
  readonly tags: NonNullable<Experiment['tags']>
  readonly onSearch: (filter: string) => void
}

/** The tags that people set. Each finds the experiments that have it, if a filter can name its value. */
function Tags({ tags, onSearch }: TagsProps) {
  const { t } = useTranslation()
  const own = tags.filter(({ key }) => !key.startsWith('mlflow.'))
  if (own.length === 0) return null
  return (
    <span className="experiment-tags">
      {own.slice(0, MAX_TAGS).map(({ key, value }) =>
        isQuotable(value) ? (
          <button
            key={key}
            type="button"
            className="chip tag-button"
            title={t('experiments.withTag', { key, value })}
            onClick={() => onSearch(tagFilter(key, value))}
          >
            <span className="muted">{key}</span> {value}
          </button>
        ) : (
          <span key={key} className="chip">
            <span className="muted">{key}</span> {value}
          </span>
        ),
      )}
    </span>
  )
}

function Count({ count, running }: { count: number; running: number }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <span className="run-total">
      {running > 0 && <span className="chip running">{t('experiments.running', { count: running })}</span>}
      {format.integer(count)}
    </span>
  )
}

function LastRun({ activity }: { activity: ReturnType<typeof useActivity>['data'] }) {
  const format = useFormat()
  if (!activity?.last) return <span className="muted">{activity ? '–' : ''}</span>
  const { last } = activity
  return (
    <span className="last-run">
      <RunStatusMark status={last.status} />
      <Link
        className="truncate"
        to="/experiments/$experimentId/runs/$runId"
        params={{ experimentId: last.experiment_id, runId: last.run_id }}
      >
        {runName(last)}
      </Link>
      <span className="muted">{last.start_time ? format.ago(last.start_time) : ''}</span>
    </span>
  )
}

const FIRST_EXPERIMENT = () => `import mlflow

mlflow.set_tracking_uri("${serverUrl()}")
mlflow.set_experiment("/movies")

with mlflow.start_run():
    mlflow.log_metric("precision_at_10", 0.0861)`
