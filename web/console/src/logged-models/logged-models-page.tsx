import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Trans, useTranslation } from 'react-i18next'
import { type LoggedModel, searchLoggedModels } from '../api/logged-models.js'
import { PAGE_TOKENS } from '../api/page-tokens.js'
import { queryKeys } from '../api/query-keys.js'
import { serverUrl } from '../app/server-url.js'
import { ExperimentPage } from '../experiments/experiment-page.js'
import { useFormat } from '../i18n/format.js'
import { columnDecimals } from '../metrics/column-decimals.js'
import { MetricNumber } from '../metrics/metric-number.js'
import { NamedRunLink, RunNames } from '../runs/run-names.js'
import { MoreButton } from '../ui/more-button.js'
import { ScrollX } from '../ui/scroll-x.js'
import { Empty, Failure, Skeleton } from '../ui/states.js'
import { StatusMark } from '../ui/status.js'
import { MODEL_TONE, metricColumns, metricOf, modelStatus } from './model-facts.js'
import { RegisteredVersions } from './registered-versions.js'
import './logged-models.css'

const route = getRouteApi('/experiments/$experimentId/models')
const PAGE = 50
const MAX_METRICS = 8

export function LoggedModelsPage() {
  const { t } = useTranslation()
  const { experimentId } = route.useParams()
  const models = useInfiniteQuery({
    queryKey: queryKeys.loggedModels(experimentId),
    queryFn: ({ pageParam, signal }) =>
      searchLoggedModels(
        {
          experiment_ids: [experimentId],
          max_results: PAGE,
          ...(pageParam && { page_token: pageParam }),
        },
        signal,
      ),
    ...PAGE_TOKENS,
  })
  const rows = models.data?.pages.flatMap((page) => page.models ?? []) ?? []
  return (
    <ExperimentPage experimentId={experimentId}>
      {models.isPending && <Skeleton />}
      {models.isError && <Failure error={models.error} retry={() => void models.refetch()} />}
      {models.data && rows.length === 0 && (
        <Empty title={t('loggedModels.none')} code={FIRST_MODEL(experimentId)}>
          <Trans i18nKey="loggedModels.noneHelp" />
        </Empty>
      )}
      {rows.length > 0 && (
        <RunNames ids={rows.map(({ info }) => info.source_run_id)}>
          <ModelsTable models={rows} />
        </RunNames>
      )}
      <MoreButton pages={models} />
    </ExperimentPage>
  )
}

function ModelsTable({ models }: { models: readonly LoggedModel[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const columns = metricColumns(models).slice(0, MAX_METRICS)
  const decimals = columns.map((column) =>
    columnDecimals(models.map((model) => metricOf(model, column)?.value)),
  )
  return (
    <section className="panel" aria-label={t('experimentTabs.models')}>
      <ScrollX>
        <table className="list">
          <thead>
            <tr>
              <th scope="col">{t('loggedModels.model')}</th>
              <th scope="col">{t('loggedModels.type')}</th>
              {columns.map(({ key, dataset }) => (
                <th scope="col" key={`${dataset} ${key}`} className="number">
                  {key}
                  {dataset && <small className="metric-dataset">{dataset}</small>}
                </th>
              ))}
              <th scope="col">{t('loggedModels.registered')}</th>
              <th scope="col">{t('loggedModels.run')}</th>
              <th scope="col">{t('experiments.created')}</th>
            </tr>
          </thead>
          <tbody>
            {models.map((model) => (
              <tr key={model.info.model_id}>
                <th scope="row">
                  <ModelName model={model} />
                </th>
                <td>{model.info.model_type || '–'}</td>
                {columns.map((column, i) => {
                  const value = metricOf(model, column)?.value
                  return (
                    <td key={`${column.dataset} ${column.key}`} className="number">
                      {value === undefined ? (
                        '–'
                      ) : (
                        <MetricNumber {...{ value, format }} decimals={decimals[i]} />
                      )}
                    </td>
                  )
                })}
                <td>
                  <RegisteredVersions model={model} />
                </td>
                <td>
                  <SourceRun model={model} />
                </td>
                <td>{format.ago(model.info.creation_timestamp_ms)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollX>
    </section>
  )
}

function ModelName({ model }: { model: LoggedModel }) {
  const { t } = useTranslation()
  const { experiment_id: experimentId, model_id: modelId, name } = model.info
  const status = modelStatus(model)
  return (
    <span className="model-name">
      <span title={t(`loggedModelStatus.${status}`)}>
        <StatusMark tone={MODEL_TONE[status]} />
        <span className="visually-hidden">{t(`loggedModelStatus.${status}`)}</span>
      </span>
      <Link to="/experiments/$experimentId/models/$modelId" params={{ experimentId, modelId }}>
        {name || modelId}
      </Link>
    </span>
  )
}

export function SourceRun({ model }: { model: LoggedModel }) {
  const { experiment_id: experimentId, source_run_id: runId } = model.info
  return runId ? <NamedRunLink experimentId={experimentId} runId={runId} /> : '–'
}

const FIRST_MODEL = (experimentId: string) => `import mlflow

mlflow.set_tracking_uri("${serverUrl()}")
mlflow.set_experiment(experiment_id="${experimentId}")

with mlflow.start_run():
    model = mlflow.initialize_logged_model(name="ranker", params={"factors": "64"})
    mlflow.log_metric("precision_at_10", 0.31, model_id=model.model_id)
    mlflow.finalize_logged_model(model.model_id, "READY")`
