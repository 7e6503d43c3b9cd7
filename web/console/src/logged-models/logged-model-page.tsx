import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { getLoggedModel, type LoggedModel } from '../api/logged-models.js'
import { queryKeys } from '../api/query-keys.js'
import { Page } from '../app/page.js'
import { ArtifactPreview } from '../artifacts/artifact-preview.js'
import { ArtifactTree } from '../artifacts/artifact-tree.js'
import { ExperimentBreadcrumbs } from '../experiments/experiment-breadcrumbs.js'
import { ExperimentFailure } from '../experiments/experiment-failure.js'
import { useFormat } from '../i18n/format.js'
import { KeyValues } from '../run/key-values.js'
import { RunNames } from '../runs/run-names.js'
import { CopyButton } from '../ui/copy.js'
import { Fact } from '../ui/fact.js'
import { Empty, Skeleton } from '../ui/states.js'
import { Status } from '../ui/status.js'
import { SourceRun } from './logged-models-page.js'
import { MODEL_TONE, metricsByDataset, modelStatus } from './model-facts.js'
import { RegisteredVersions } from './registered-versions.js'
import '../artifacts/artifacts.css'
import '../run/run.css'
import './logged-models.css'

const route = getRouteApi('/experiments/$experimentId/models/$modelId')

export function LoggedModelPage() {
  const { t } = useTranslation()
  const { experimentId, modelId } = route.useParams()
  const model = useQuery({
    queryKey: queryKeys.loggedModel(modelId),
    queryFn: ({ signal }) => getLoggedModel(modelId, signal),
  })
  const status = model.data && modelStatus(model.data)
  return (
    <Page
      title={model.data?.info.name || modelId}
      breadcrumbs={
        <ExperimentBreadcrumbs experimentId={experimentId}>
          <Link to="/experiments/$experimentId/models" params={{ experimentId }}>
            {t('experimentTabs.models')}
          </Link>
        </ExperimentBreadcrumbs>
      }
      badges={status && <Status tone={MODEL_TONE[status]}>{t(`loggedModelStatus.${status}`)}</Status>}
    >
      {model.isPending && <Skeleton />}
      {model.isError && (
        <ExperimentFailure
          experimentId={experimentId}
          error={model.error}
          retry={() => void model.refetch()}
        />
      )}
      {model.data && <Contents model={model.data} />}
    </Page>
  )
}

function Contents({ model }: { model: LoggedModel }) {
  const { t } = useTranslation()
  const { info, data } = model
  const entries = (list: LoggedModel['info']['tags'] = []) =>
    list.map(({ key, value }): [string, string] => [key, value ?? ''])
  return (
    <>
      <div className="overview-columns">
        <Metrics model={model} />
        <div className="side">
          <Details model={model} />
          <KeyValues title={t('kind.params')} empty={t('run.noParams')} entries={entries(data.params)} />
          <KeyValues
            title={t('kind.tags')}
            empty={t('run.noTags')}
            entries={entries(info.tags).filter(([key]) => !key.startsWith('mlflow.'))}
          />
        </div>
      </div>
      <Files model={model} />
    </>
  )
}

function Metrics({ model }: { model: LoggedModel }) {
  const { t } = useTranslation()
  const format = useFormat()
  const heading = useId()
  const groups = metricsByDataset(model)
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{t('kind.metrics')}</h2>
      </header>
      {groups.length === 0 ? (
        <p className="body muted">{t('loggedModels.noMetrics')}</p>
      ) : (
        <table className="list metrics-table">
          {groups.map(([dataset, metrics]) => (
            <tbody key={dataset}>
              <tr className="group">
                <th colSpan={2} scope="rowgroup">
                  {dataset ? t('loggedModels.onDataset', { dataset }) : t('loggedModels.noDataset')}
                </th>
              </tr>
              {metrics.map(({ key, value }) => (
                <tr key={key}>
                  <th scope="row">{key}</th>
                  <td className="number">{format.metric(value)}</td>
                </tr>
              ))}
            </tbody>
          ))}
        </table>
      )}
    </section>
  )
}

function Details({ model }: { model: LoggedModel }) {
  const { t } = useTranslation()
  const format = useFormat()
  const heading = useId()
  const { model_id, model_type, creation_timestamp_ms, experiment_id, artifact_uri, status_message } =
    model.info
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{t('run.details')}</h2>
      </header>
      <dl className="body facts">
        <Fact name={t('loggedModels.id')}>
          <span className="mono">{model_id}</span>
          <CopyButton text={model_id} label={t('loggedModels.copyId')} />
        </Fact>
        <Fact name={t('loggedModels.type')}>{model_type || '–'}</Fact>
        <Fact name={t('experiments.created')}>{format.time(creation_timestamp_ms)}</Fact>
        <Fact name={t('loggedModels.run')}>
          <RunNames ids={[model.info.source_run_id]}>
            <SourceRun model={model} />
          </RunNames>
        </Fact>
        <Fact name={t('loggedModels.registered')}>
          <RegisteredVersions model={model} />
        </Fact>
        <Fact name={t('experimentTabs.traces')}>
          <Link
            to="/experiments/$experimentId/traces"
            params={{ experimentId: experiment_id }}
            search={{ filter: `metadata.\`mlflow.modelId\` = '${model_id}'` }}
          >
            {t('loggedModels.showTraces')}
          </Link>
        </Fact>
        {status_message && <Fact name={t('column.status')}>{status_message}</Fact>}
        <Fact name={t('run.artifactUri')}>
          <span className="mono">{artifact_uri}</span>
        </Fact>
      </dl>
    </section>
  )
}

function Files({ model }: { model: LoggedModel }) {
  const { t } = useTranslation()
  const { path } = route.useSearch()
  const params = route.useParams()
  const navigate = useNavigate()
  const root = { kind: 'model', id: model.info.model_id } as const
  const open = (next: string) =>
    void navigate({
      to: '/experiments/$experimentId/models/$modelId',
      params,
      search: { path: next },
      replace: true,
      resetScroll: false,
    })
  return (
    <section className="artifacts" aria-label={t('run.artifacts')}>
      <h2 className="visually-hidden">{t('run.artifacts')}</h2>
      <div className="panel artifact-tree">
        <ArtifactTree root={root} selected={path} onSelect={open} />
      </div>
      <div className="panel artifact-preview">
        {path ? (
          <ArtifactPreview key={path} root={root} path={path} />
        ) : (
          <Empty title={t('artifacts.choose')} />
        )}
      </div>
    </section>
  )
}
