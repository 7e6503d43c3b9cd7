import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { EndpointDeployment } from '../api/deployments.js'
import { getEndpoint, type ServingEndpoint } from '../api/endpoints.js'
import { queryKeys } from '../api/query-keys.js'
import { Page } from '../app/page.js'
import { pollWhileOffline } from '../app/query-client.js'
import { PermissionsButton } from '../permissions/permissions-button.js'
import { StateMessage } from '../server-words/server-message.js'
import { Icon } from '../ui/icon.js'
import { Failure, Skeleton } from '../ui/states.js'
import { DeploymentHistory } from './deployment-history.js'
import { deploymentsQuery } from './deployments-query.js'
import { Drift } from './drift.js'
import { EditEndpoint } from './edit-endpoint.js'
import { EndpointLogs } from './endpoint-logs.js'
import { EndpointState } from './endpoint-state.js'
import { LiveTraffic } from './live-traffic.js'
import { ServedEntities } from './served-entities.js'
import { conditionOf } from './traffic.js'
import { TryRequest } from './try-request.js'
import { VersionsOverTime } from './versions-over-time.js'
import './endpoints.css'

const route = getRouteApi('/endpoints/$name')
const POLL_MS = 2_000

export function EndpointPage() {
  const { t } = useTranslation()
  const { name } = route.useParams()
  const { edit } = route.useSearch()
  const endpoint = useQuery({
    queryKey: queryKeys.endpoint(name),
    queryFn: ({ signal }) => getEndpoint(name, signal),
    refetchInterval: (query) => pollWhileOffline(query, () => POLL_MS),
  })
  if (edit && endpoint.data && canManage(endpoint.data)) return <EditEndpoint endpoint={endpoint.data} />
  return (
    <Page
      title={name}
      breadcrumbs={<Link to="/endpoints">{t('nav.endpoints')}</Link>}
      badges={endpoint.data && <EndpointState endpoint={endpoint.data} />}
      actions={
        endpoint.data && (
          <>
            <PermissionsButton object={{ kind: 'serving_endpoint', id: name }} />
            {canManage(endpoint.data) && (
              <Link className="button" to="/endpoints/$name" params={{ name }} search={{ edit: 'true' }}>
                {t('endpoint.edit')}
              </Link>
            )}
          </>
        )
      }
    >
      {endpoint.data?.description && <p className="note">{endpoint.data.description}</p>}
      {endpoint.isPending && <Skeleton />}
      {endpoint.isError && (
        <Failure
          error={endpoint.error}
          retry={() => void endpoint.refetch()}
          about={{ type: 'serving_endpoint', name }}
        />
      )}
      {endpoint.data && <EndpointSections endpoint={endpoint.data} />}
    </Page>
  )
}

/** Servers of older releases do not return the level; they refuse the request instead. */
const canManage = ({ permission_level = 'CAN_MANAGE' }: ServingEndpoint) => permission_level === 'CAN_MANAGE'

function EndpointSections({ endpoint }: { endpoint: ServingEndpoint }) {
  const { t } = useTranslation()
  const deployments = useInfiniteQuery(deploymentsQuery(endpoint.name))
  const { data: history = [] } = deployments
  const condition = conditionOf(endpoint)
  return (
    <>
      {condition === 'updateFailed' && <UpdateNotice message={failureOf(history)} />}
      <ServedEntities
        title={t('endpoint.servedModels')}
        config={endpoint.config}
        digests={digestsOf(history.find(({ active }) => active))}
      />
      {endpoint.pending_config && (
        <ServedEntities
          title={t(condition === 'updating' ? 'endpoint.pending' : 'endpoint.failedConfig')}
          config={endpoint.pending_config}
        />
      )}
      <LiveTraffic endpoint={endpoint} />
      <Drift name={endpoint.name} />
      <TryRequest endpoint={endpoint} />
      <VersionsOverTime deployments={history} />
      <DeploymentHistory name={endpoint.name} canManage={canManage(endpoint)} deployments={deployments} />
      {canManage(endpoint) && <EndpointLogs endpoint={endpoint} />}
    </>
  )
}

/** The digest of each served entity, from the history. */
const digestsOf = (deployment: EndpointDeployment | undefined): ReadonlyMap<string, string> =>
  new Map(deployment?.served_entities.flatMap(({ name, digest }) => (digest ? [[name, digest]] : [])))

const failureOf = (history: readonly EndpointDeployment[]) =>
  history[0]?.outcome === 'FAILED' ? history[0].message : undefined

/** If a new configuration fails to load, the current one keeps serving. */
function UpdateNotice({ message }: { message: string | undefined }) {
  const { t } = useTranslation()
  return (
    <div className="notice warn" role="status">
      <Icon name="warning" />
      <div>
        {t('endpoint.updateFailedHelp')}
        {message && (
          <p>
            <StateMessage message={message} />
          </p>
        )}
      </div>
    </div>
  )
}
