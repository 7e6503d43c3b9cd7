import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { queryKeys } from '../api/query-keys.js'
import { type DatasetInput, type Run, searchRuns } from '../api/runs.js'
import { useFormat } from '../i18n/format.js'
import { runName } from '../runs/row.js'
import { RunStatusMark } from '../runs/run-status.js'
import { Icon } from '../ui/icon.js'
import { Failure, Skeleton } from '../ui/states.js'
import {
  firstInput,
  profileEntries,
  runsByContext,
  runsFilter,
  schemaFields,
  sourceOf,
  type UsedDataset,
} from './used-dataset.js'

const MAX_RUNS = 200
/** Only inputs are shown. */
const NO_VALUES = { metrics: [], params: [], tags: [] }

interface DatasetUseProps {
  readonly experimentId: string
  readonly dataset: UsedDataset
}

/** The schema, profile and source of a dataset, and the runs that used it by context. */
export function DatasetUse({ experimentId, dataset }: DatasetUseProps) {
  const { t } = useTranslation()
  const heading = useId()
  const filter = runsFilter(dataset)
  const runs = useQuery({
    queryKey: queryKeys.datasetRuns(experimentId, filter),
    queryFn: async ({ signal }) =>
      (
        await searchRuns(
          { experiment_ids: [experimentId], filter, max_results: MAX_RUNS, projection: NO_VALUES },
          signal,
        )
      ).runs ?? [],
  })
  const input = runs.data && firstInput(runs.data, dataset)
  return (
    <div className="side">
      <section className="panel" aria-labelledby={heading}>
        <header>
          <h2 id={heading}>{dataset.name}</h2>
          <Link to="/experiments/$experimentId" params={{ experimentId }} search={{ filter }}>
            {t('datasets.showRuns')}
          </Link>
        </header>
        {runs.isPending && <Skeleton />}
        {runs.isError && <Failure error={runs.error} retry={() => void runs.refetch()} />}
        {input && <Facts dataset={dataset} input={input} />}
      </section>
      {runs.data &&
        runsByContext(runs.data, dataset).map(([context, users]) => (
          <ContextRuns key={context} context={context} runs={users} />
        ))}
      {input && <Schema input={input} />}
    </div>
  )
}

function Facts({ dataset, input }: { dataset: UsedDataset; input: DatasetInput }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { address, table } = sourceOf(input.dataset.source)
  return (
    <dl className="body facts">
      <div className="fact">
        <dt>{t('run.digest')}</dt>
        <dd>
          <code>{dataset.digest}</code>
        </dd>
      </div>
      {profileEntries(input.dataset.profile).map(([key, value]) => (
        <div key={key} className="fact">
          <dt>{key}</dt>
          <dd>{typeof value === 'number' ? format.metric(value) : value}</dd>
        </div>
      ))}
      <div className="fact">
        <dt>{t('run.source')}</dt>
        <dd>
          {input.dataset.source_type} {address && <code>{address}</code>}{' '}
          {table && (
            <Link to="/catalog/$name" params={{ name: table }}>
              <Icon name="table" size={13} /> {table}
            </Link>
          )}
        </dd>
      </div>
    </dl>
  )
}

function ContextRuns({ context, runs }: { context: string; runs: readonly Run[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const heading = useId()
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>
          {context ? t('datasets.usedFor', { purpose: context }) : t('datasets.usedWithout')}{' '}
          <span className="muted">{runs.length}</span>
        </h2>
      </header>
      <ul className="body dataset-runs">
        {runs.map(({ info }) => (
          <li key={info.run_id}>
            <RunStatusMark status={info.status} />
            <Link
              to="/experiments/$experimentId/runs/$runId"
              params={{ experimentId: info.experiment_id, runId: info.run_id }}
            >
              {runName(info)}
            </Link>
            <span className="muted">{info.user_id}</span>
            <span className="muted">{format.ago(info.start_time)}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Schema({ input }: { input: DatasetInput }) {
  const { t } = useTranslation()
  const heading = useId()
  const fields = schemaFields(input.dataset.schema)
  if (fields.length === 0) return null
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{t('datasets.schema')}</h2>
        <span className="muted">{fields.length}</span>
      </header>
      <table className="list">
        <tbody>
          {fields.map(({ name, type }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>
                <code>{type}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
