import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { type Alert, listAlerts, markAlertsRead } from '../api/alerts.js'
import { PAGE_TOKENS } from '../api/page-tokens.js'
import { queryKeys } from '../api/query-keys.js'
import { ObjectLink } from '../app/object-link.js'
import { Page } from '../app/page.js'
import { pollWhileOffline } from '../app/query-client.js'
import { useFormat } from '../i18n/format.js'
import { MoreButton } from '../ui/more-button.js'
import { ScrollX } from '../ui/scroll-x.js'
import { Empty, Failure, Skeleton } from '../ui/states.js'
import { Status } from '../ui/status.js'
import { useConditionText } from './condition-text.js'
import { Mentions } from './mentions.js'
import { announceRead } from './read-in-tabs.js'
import { mentionsQuery, useUnread } from './unread.js'

const POLL_MS = 30_000

/** The alerts that the user may read, newest first. */
export function AlertsPage() {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const pages = useInfiniteQuery({
    queryKey: queryKeys.alerts('pages'),
    queryFn: ({ pageParam, signal }) => listAlerts(pageParam, signal),
    ...PAGE_TOKENS,
    refetchInterval: (query) => pollWhileOffline(query, () => POLL_MS),
    retry: false,
  })
  const alerts = pages.data?.pages.flatMap((page) => page.alerts) ?? []
  const unread = useUnread()
  const mentions = useQuery(mentionsQuery).data ?? []
  const latest = Math.max(alerts[0]?.created_at ?? 0, mentions[0]?.mentioned_at ?? 0)
  const read = useMutation({
    mutationFn: () => markAlertsRead(latest),
    onSuccess: announceRead,
    onSettled: () => queries.invalidateQueries({ queryKey: queryKeys.alerts() }),
  })
  return (
    <Page
      title={t('alerts.title')}
      actions={
        unread &&
        unread.alerts + unread.mentions > 0 && (
          <button type="button" className="button" disabled={read.isPending} onClick={() => read.mutate()}>
            {t('alerts.markRead')}
          </button>
        )
      }
    >
      {pages.isPending && <Skeleton />}
      {pages.isError && <Failure error={pages.error} retry={() => void pages.refetch()} />}
      {read.isError && <Failure error={read.error} />}
      {pages.data && alerts.length === 0 && !pages.hasNextPage && (
        <Empty title={t('alerts.none')}>{t('alerts.noneHelp')}</Empty>
      )}
      {alerts.length > 0 && <AlertsTable alerts={alerts} />}
      <MoreButton pages={pages} />
      <Mentions />
    </Page>
  )
}

function AlertsTable({ alerts }: { alerts: readonly Alert[] }) {
  const { t } = useTranslation()
  return (
    <div className="panel">
      <ScrollX>
        <table className="list">
          <thead>
            <tr>
              {(['state', 'rule', 'condition', 'run', 'object', 'time'] as const).map((column) => (
                <th key={column} scope="col">
                  {t(`alerts.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {alerts.map((alert) => (
              <AlertRow key={alert.alert_id} alert={alert} />
            ))}
          </tbody>
        </table>
      </ScrollX>
    </div>
  )
}

function AlertRow({ alert }: { alert: Alert }) {
  const { t } = useTranslation()
  const format = useFormat()
  const conditionText = useConditionText()
  return (
    <tr>
      <td>
        <Status tone={alert.read ? 'waiting' : 'bad'}>{t(alert.read ? 'alerts.read' : 'alerts.new')}</Status>
      </td>
      <th scope="row">{alert.name}</th>
      <td>
        {conditionText(alert)}
        {alert.value !== undefined && (
          <p className="muted">{t('alerts.value', { value: format.metric(alert.value) })}</p>
        )}
      </td>
      <td>
        <RunLink alert={alert} />
      </td>
      <td>
        <ObjectLink object={{ type: alert.object_type, id: alert.object_id, name: alert.object_name }} />
        <p className="muted">{t(`kindOf.${alert.object_type}`)}</p>
      </td>
      <td className="muted">
        <time dateTime={new Date(alert.created_at).toISOString()}>{format.time(alert.created_at)}</time>
      </td>
    </tr>
  )
}

function RunLink({ alert: { object_type, object_id, run_id, run_name } }: { alert: Alert }) {
  if (object_type === 'job')
    return (
      <Link to="/jobs/runs/$runId" params={{ runId: run_id }}>
        {run_id}
      </Link>
    )
  return (
    <Link to="/experiments/$experimentId/runs/$runId" params={{ experimentId: object_id, runId: run_id }}>
      {run_name || run_id}
    </Link>
  )
}
