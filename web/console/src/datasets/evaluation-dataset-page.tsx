import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { getEvaluationDataset, listEvaluationRecords } from '../api/datasets.js'
import { PAGE_TOKENS } from '../api/page-tokens.js'
import { queryKeys } from '../api/query-keys.js'
import { Page } from '../app/page.js'
import { serverUrl } from '../app/server-url.js'
import { ExperimentBreadcrumbs } from '../experiments/experiment-breadcrumbs.js'
import { ExperimentFailure } from '../experiments/experiment-failure.js'
import { useFormat } from '../i18n/format.js'
import { TagChips } from '../tags/tag-chips.js'
import { JsonText } from '../traces/json-text.js'
import { MoreButton } from '../ui/more-button.js'
import { ScrollX } from '../ui/scroll-x.js'
import { Empty, Failure, Skeleton } from '../ui/states.js'
import { type EvaluationRecord, readRecords } from './records.js'
import { parseObject } from './used-dataset.js'
import '../traces/trace-detail.css'
import './datasets.css'

const route = getRouteApi('/experiments/$experimentId/datasets/$datasetId')

export function EvaluationDatasetPage() {
  const { t } = useTranslation()
  const format = useFormat()
  const { experimentId, datasetId } = route.useParams()
  const dataset = useQuery({
    queryKey: queryKeys.evaluationDataset(datasetId),
    queryFn: ({ signal }) => getEvaluationDataset(datasetId, signal),
  })
  const tags = Object.entries(parseObject(dataset.data?.tags)).map(([key, value]) => ({
    key,
    value: String(value),
  }))
  return (
    <Page
      title={dataset.data?.name ?? datasetId}
      breadcrumbs={
        <ExperimentBreadcrumbs experimentId={experimentId}>
          <Link to="/experiments/$experimentId/datasets" params={{ experimentId }}>
            {t('experimentTabs.datasets')}
          </Link>
        </ExperimentBreadcrumbs>
      }
      badges={
        dataset.data && (
          <>
            <span className="muted">
              {t('datasets.recordCount', {
                count: Number(parseObject(dataset.data.profile).num_records ?? 0),
              })}
            </span>
            <code title={t('run.digest')}>{dataset.data.digest}</code>
            <span className="muted">{format.ago(dataset.data.last_update_time)}</span>
            <TagChips tags={tags} />
          </>
        )
      }
    >
      {dataset.isError ? (
        <ExperimentFailure
          experimentId={experimentId}
          error={dataset.error}
          retry={() => void dataset.refetch()}
        />
      ) : (
        <Records experimentId={experimentId} datasetId={datasetId} />
      )}
    </Page>
  )
}

function Records({ experimentId, datasetId }: { experimentId: string; datasetId: string }) {
  const { t } = useTranslation()
  const pages = useInfiniteQuery({
    queryKey: queryKeys.evaluationRecords(datasetId),
    queryFn: ({ pageParam, signal }) => listEvaluationRecords(datasetId, pageParam, signal),
    ...PAGE_TOKENS,
  })
  if (pages.isPending) return <Skeleton />
  if (pages.isError) return <Failure error={pages.error} retry={() => void pages.refetch()} />
  const records = pages.data.pages.flatMap((page) => readRecords(page.records))
  if (records.length === 0) return <Empty title={t('datasets.noRecords')} code={MERGE(datasetId)} />
  return (
    <>
      <section className="panel" aria-label={t('datasets.records')}>
        <ScrollX>
          <table className="list record-table">
            <thead>
              <tr>
                <th scope="col">{t('evaluation.inputs')}</th>
                <th scope="col">{t('evaluation.expected')}</th>
                <th scope="col">{t('evaluation.outputs')}</th>
                <th scope="col">{t('run.source')}</th>
              </tr>
            </thead>
            <tbody>
              {records.map((record) => (
                <tr key={record.dataset_record_id}>
                  {[record.inputs, record.expectations, record.outputs].map((value, index) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: the columns are fixed
                    <td key={index}>{isEmpty(value) ? '–' : <JsonText value={value} />}</td>
                  ))}
                  <td>
                    <RecordSource record={record} experimentId={experimentId} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollX>
      </section>
      <MoreButton pages={pages} />
    </>
  )
}

const isEmpty = (value: unknown) =>
  value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0)

/** A record that was made from a trace links to it. */
function RecordSource({ record, experimentId }: { record: EvaluationRecord; experimentId: string }) {
  const { t } = useTranslation()
  const { source_type: type, source_id: id } = record
  const name = type && t(`datasets.sources.${type as 'HUMAN'}`, { defaultValue: type })
  if (type !== 'TRACE' || !id) return name || '–'
  return (
    <Link to="/experiments/$experimentId/traces/$traceId" params={{ experimentId, traceId: id }}>
      {name}
    </Link>
  )
}

const MERGE = (datasetId: string) => `import mlflow
from mlflow.genai.datasets import get_dataset

mlflow.set_tracking_uri("${serverUrl()}")
get_dataset(dataset_id="${datasetId}").merge_records(
    [{"inputs": {"question": "A heist film?"}, "expectations": {"film": "Heat"}}]
)`
