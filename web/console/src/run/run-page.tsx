import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { getExperiment } from '../api/experiments.js'
import { queryKeys } from '../api/query-keys.js'
import type { Run } from '../api/runs.js'
import { Page } from '../app/page.js'
import { Artifacts } from '../artifacts/artifacts.js'
import { ExperimentFailure } from '../experiments/experiment-failure.js'
import { isSystemKey } from '../metrics/metric-name.js'
import { PARENT } from '../runs/column-keys.js'
import { type RunRow, runName, toRow } from '../runs/row.js'
import { RunStatusText } from '../runs/run-status.js'
import { Skeleton } from '../ui/states.js'
import { TabPanel, Tabs } from '../ui/tabs.js'
import { Ancestors } from './ancestors.js'
import { DeletedRun } from './deleted-run.js'
import { Overview } from './overview.js'
import { RunActions } from './run-actions.js'
import { RunCurves } from './run-curves.js'
import { RunLogs } from './run-logs.js'
import { SystemMetrics } from './system-metrics.js'
import { useRun } from './use-run.js'
import './run.css'

const route = getRouteApi('/experiments/$experimentId/runs/$runId')
const TABS = ['overview', 'curves', 'system', 'artifacts', 'logs'] as const
type Tab = (typeof TABS)[number]

export function RunPage() {
  const { experimentId, runId } = route.useParams()
  const run = useRun(runId)
  const row = run.data && toRow(run.data)
  return (
    <Page
      title={row ? runName(row.info) : runId.slice(0, 8)}
      breadcrumbs={<Breadcrumbs experimentId={experimentId} row={row} />}
      badges={row && <Badges row={row} />}
      actions={run.data && row && <RunActions run={run.data} row={row} />}
    >
      {run.isPending && <Skeleton />}
      {run.isError && (
        <ExperimentFailure experimentId={experimentId} error={run.error} retry={() => void run.refetch()} />
      )}
      {run.data && row && <RunTabs run={run.data} row={row} />}
    </Page>
  )
}

function Breadcrumbs({ experimentId, row }: { experimentId: string; row: RunRow | undefined }) {
  const { t } = useTranslation()
  const experiment = useQuery({
    queryKey: queryKeys.experiment(experimentId),
    queryFn: ({ signal }) => getExperiment(experimentId, signal),
  })
  const parent = row?.tags.get(PARENT)
  return (
    <>
      <Link to="/experiments">{t('nav.experiments')}</Link>/
      <Link to="/experiments/$experimentId" params={{ experimentId }}>
        {experiment.data?.name ?? experimentId}
      </Link>
      {parent && <Ancestors runId={parent} />}
    </>
  )
}

function Badges({ row }: { row: RunRow }) {
  const { t } = useTranslation()
  const kind = row.tags.get('cairn.model_kind')
  return (
    <>
      <RunStatusText status={row.info.status} />
      {kind && <span className="chip">{kind}</span>}
      {row.info.lifecycle_stage === 'deleted' && <span className="chip warn">{t('runs.deleted')}</span>}
    </>
  )
}

function RunTabs({ run, row }: { run: Run; row: RunRow }) {
  const { t } = useTranslation()
  const search = route.useSearch()
  const navigate = useNavigate()
  const params = route.useParams()
  const tabs = TABS.filter((value) => value !== 'system' || [...row.metrics.keys()].some(isSystemKey))
  const tab = tabs.find((value) => value === search.tab) ?? 'overview'
  const change = (next: Partial<typeof search>) =>
    void navigate({
      to: '/experiments/$experimentId/runs/$runId',
      params,
      search: (now: typeof search) => ({ ...now, ...next }),
      replace: true,
      resetScroll: false,
    })
  return (
    <>
      {row.info.lifecycle_stage === 'deleted' && <DeletedRun row={row} />}
      <Tabs<Tab>
        label={t('run.sections')}
        value={tab}
        tabs={tabs.map((value) => ({ value, label: t(`run.${value}`) }))}
        onChange={(value) => change({ tab: value === 'overview' ? '' : value })}
      />
      <TabPanel value={tab}>
        <h2 className="visually-hidden">{t(`run.${tab}`)}</h2>
        {tab === 'overview' && <Overview run={run} row={row} />}
        {tab === 'curves' && <RunCurves row={row} search={search} onSearch={change} />}
        {tab === 'system' && <SystemMetrics row={row} />}
        {tab === 'logs' && <RunLogs row={row} />}
        {tab === 'artifacts' && (
          <Artifacts run={run} path={search.path} onPath={(path) => change({ path })} />
        )}
      </TabPanel>
    </>
  )
}
