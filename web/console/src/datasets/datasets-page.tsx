import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useId } from 'react'
import { Trans, useTranslation } from 'react-i18next'
import { type EvaluationDataset, listUsedDatasets, searchEvaluationDatasets } from '../api/datasets.js'
import { queryKeys } from '../api/query-keys.js'
import { serverUrl } from '../app/server-url.js'
import { ExperimentPage } from '../experiments/experiment-page.js'
import { useFormat } from '../i18n/format.js'
import { SaveTable } from '../ui/save-table.js'
import { ScrollX } from '../ui/scroll-x.js'
import { Empty, Failure, Skeleton } from '../ui/states.js'
import { tableOf, timeCell } from '../ui/table.js'
import { DatasetUse } from './dataset-use.js'
import { groupDatasets, parseObject, type UsedDataset } from './used-dataset.js'
import './datasets.css'

const route = getRouteApi('/experiments/$experimentId/datasets')

export function DatasetsPage() {
  const { t } = useTranslation()
  const { experimentId } = route.useParams()
  const used = useQuery({
    queryKey: queryKeys.usedDatasets(experimentId),
    queryFn: ({ signal }) => listUsedDatasets(experimentId, signal),
  })
  const evaluation = useQuery({
    queryKey: queryKeys.evaluationDatasets(experimentId),
    queryFn: ({ signal }) => searchEvaluationDatasets(experimentId, signal),
  })
  const error = used.error ?? evaluation.error
  const isEmpty = used.data?.length === 0 && evaluation.data?.length === 0
  return (
    <ExperimentPage experimentId={experimentId}>
      {error && <Failure error={error} />}
      {!error && (used.isPending || evaluation.isPending) && <Skeleton />}
      {isEmpty && (
        <Empty title={t('datasets.none')} code={FIRST_DATASET(experimentId)}>
          <Trans i18nKey="datasets.noneHelp" />
        </Empty>
      )}
      {used.data && used.data.length > 0 && <UsedDatasets datasets={groupDatasets(used.data)} />}
      {evaluation.data && evaluation.data.length > 0 && <EvaluationDatasets datasets={evaluation.data} />}
    </ExperimentPage>
  )
}

/** The versions of datasets, and the use of the chosen one. */
function UsedDatasets({ datasets }: { datasets: readonly UsedDataset[] }) {
  const { t } = useTranslation()
  const { experimentId } = route.useParams()
  const { name, digest } = route.useSearch()
  const navigate = useNavigate()
  const chosen = datasets.find((one) => one.name === name && one.digest === digest) ?? datasets[0]!
  return (
    <div className="side-list-columns">
      <nav className="panel side-list dataset-list" aria-label={t('datasets.ofRuns')}>
        <header>
          <h2>{t('datasets.ofRuns')}</h2>
          <SaveTable
            name={t('datasets.ofRuns')}
            table={() =>
              tableOf(datasets, [
                [t('models.name'), (one) => one.name],
                [t('run.digest'), (one) => one.digest],
                [t('datasets.purpose'), ({ contexts }) => contexts.join(', ')],
              ])
            }
          />
        </header>
        <ul>
          {datasets.map((one) => (
            <li key={`${one.name} ${one.digest}`}>
              <button
                type="button"
                aria-current={one === chosen}
                onClick={() =>
                  void navigate({
                    to: '/experiments/$experimentId/datasets',
                    params: { experimentId },
                    search: { name: one.name, digest: one.digest },
                    resetScroll: false,
                  })
                }
              >
                <strong className="truncate">{one.name}</strong>
                <span className="dataset-line">
                  <code>{one.digest}</code>
                  {one.contexts.map((context) => (
                    <span key={context} className="chip">
                      {context}
                    </span>
                  ))}
                </span>
              </button>
            </li>
          ))}
        </ul>
      </nav>
      <DatasetUse key={`${chosen.name} ${chosen.digest}`} experimentId={experimentId} dataset={chosen} />
    </div>
  )
}

function EvaluationDatasets({ datasets }: { datasets: readonly EvaluationDataset[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const heading = useId()
  const { experimentId } = route.useParams()
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{t('datasets.evaluation')}</h2>
        <SaveTable
          name={t('datasets.evaluation')}
          table={() =>
            tableOf(datasets, [
              ['dataset_id', ({ dataset_id }) => dataset_id],
              [t('models.name'), ({ name }) => name],
              [t('datasets.records'), ({ profile }) => Number(parseObject(profile).num_records ?? 0)],
              [t('run.digest'), ({ digest }) => digest],
              [t('datasets.createdBy'), ({ created_by }) => created_by],
              [t('models.updated'), ({ last_update_time }) => timeCell(last_update_time)],
            ])
          }
        />
      </header>
      <ScrollX>
        <table className="list">
          <thead>
            <tr>
              <th scope="col">{t('models.name')}</th>
              <th scope="col" className="number">
                {t('datasets.records')}
              </th>
              <th scope="col">{t('run.digest')}</th>
              <th scope="col">{t('datasets.createdBy')}</th>
              <th scope="col">{t('models.updated')}</th>
            </tr>
          </thead>
          <tbody>
            {datasets.map(({ dataset_id, name, digest, profile, created_by, last_update_time }) => (
              <tr key={dataset_id}>
                <th scope="row">
                  <Link
                    to="/experiments/$experimentId/datasets/$datasetId"
                    params={{ experimentId, datasetId: dataset_id }}
                  >
                    {name}
                  </Link>
                </th>
                <td className="number">{format.integer(Number(parseObject(profile).num_records ?? 0))}</td>
                <td>
                  <code>{digest}</code>
                </td>
                <td>{created_by || '–'}</td>
                <td>{format.ago(last_update_time)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollX>
    </section>
  )
}

const FIRST_DATASET = (experimentId: string) => `import mlflow, pandas

mlflow.set_tracking_uri("${serverUrl()}")
mlflow.set_experiment(experiment_id="${experimentId}")

ratings = pandas.DataFrame({"user": [1, 2], "rating": [4.5, 3.0]})
with mlflow.start_run():
    mlflow.log_input(mlflow.data.from_pandas(ratings, name="ratings"), context="training")`
