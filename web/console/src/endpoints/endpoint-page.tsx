import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { getEndpoint, type ServingEndpoint } from '../api/endpoints.js'
import { queryKeys } from '../api/query-keys.js'
import { Page } from '../app/page.js'
import { pollWhileOffline } from '../app/query-client.js'
import { Icon } from '../ui/icon.js'
import { Failure, Skeleton } from '../ui/states.js'
import { EndpointState } from './endpoint-state.js'
import { ServedEntities } from './served-entities.js'
import { conditionOf } from './traffic.js'
import { TryRequest } from './try-request.js'
import './endpoints.css'

const route = getRouteApi('/endpoints/$name')
const POLL_MS = 2_000

export function EndpointPage() {
  const { t } = useTranslation()
  const { name } = route.useParams()
  const endpoint = useQuery({
    queryKey: queryKeys.endpoint(name),
    queryFn: ({ signal }) => getEndpoint(name, signal),
    refetchInterval: (query) => pollWhileOffline(query, () => POLL_MS),
  })
  return (
    <Page
      title={name}
      breadcrumbs={<Link to="/endpoints">{t('nav.endpoints')}</Link>}
      badges={endpoint.data && <EndpointState endpoint={endpoint.data} />}
    >
      {endpoint.data?.description && <p className="note">{endpoint.data.description}</p>}
      {endpoint.isPending && <Skeleton />}
      {endpoint.isError && <Failure error={endpoint.error} retry={() => void endpoint.refetch()} />}
      {endpoint.data && (
        <>
          <UpdateNotice endpoint={endpoint.data} />
          <ServedEntities title={t('endpoint.servedModels')} config={endpoint.data.config} />
          {endpoint.data.pending_config && (
            <ServedEntities title={t('endpoint.pending')} config={endpoint.data.pending_config} />
          )}
          <TryRequest endpoint={endpoint.data} />
        </>
      )}
    </Page>
  )
}

/** If a new configuration fails to load, the current one keeps serving. */
function UpdateNotice({ endpoint }: { endpoint: ServingEndpoint }) {
  const { t } = useTranslation()
  if (conditionOf(endpoint) !== 'updateFailed') return null
  return (
    <div className="notice warn" role="status">
      <Icon name="warning" />
      <div>{t('endpoint.updateFailedHelp')}</div>
    </div>
  )
}
