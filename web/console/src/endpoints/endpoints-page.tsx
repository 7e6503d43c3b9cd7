import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { listEndpoints, type ServingEndpoint } from '../api/endpoints.js'
import { queryKeys } from '../api/query-keys.js'
import { Page } from '../app/page.js'
import { pollWhileOffline } from '../app/query-client.js'
import { useFormat } from '../i18n/format.js'
import { Icon } from '../ui/icon.js'
import { ScrollX } from '../ui/scroll-x.js'
import { Empty, Failure, Skeleton } from '../ui/states.js'
import { CreateEndpoint } from './create-endpoint.js'
import { EndpointState } from './endpoint-state.js'
import { mayCreateEndpointQuery } from './may-create-endpoint-query.js'
import { SplitBar } from './split-bar.js'
import { sharesOf } from './traffic.js'
import './endpoints.css'

const route = getRouteApi('/endpoints')
const POLL_MS = 3_000

export function EndpointsPage() {
  const { create } = route.useSearch()
  return create ? <CreateEndpoint /> : <Endpoints />
}

function Endpoints() {
  const { t } = useTranslation()
  const mayCreate = useQuery(mayCreateEndpointQuery)
  const endpoints = useQuery({
    queryKey: queryKeys.endpoints(),
    queryFn: ({ signal }) => listEndpoints(signal),
    refetchInterval: (query) => pollWhileOffline(query, () => POLL_MS),
  })
  return (
    <Page
      title={t('nav.endpoints')}
      actions={
        typeof mayCreate.data !== 'string' && (
          <Link className="button primary" to="/endpoints" search={{ create: 'true' }}>
            <Icon name="plus" />
            {t('endpoint.create')}
          </Link>
        )
      }
    >
      {endpoints.isPending && <Skeleton />}
      {endpoints.isError && <Failure error={endpoints.error} retry={() => void endpoints.refetch()} />}
      {endpoints.data?.length === 0 && (
        <Empty title={t('endpoint.none')} code={CREATE} isPermitted>
          {t('endpoint.noneHelp')}
        </Empty>
      )}
      {endpoints.data && endpoints.data.length > 0 && <EndpointsList endpoints={endpoints.data} />}
    </Page>
  )
}

const CREATE = `from mlflow.deployments import get_deploy_client

client = get_deploy_client("databricks")
client.create_endpoint(name="movies", config={
    "served_entities": [{"entity_name": "movies", "entity_version": "@champion"}],
})`

function EndpointsList({ endpoints }: { endpoints: readonly ServingEndpoint[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <div className="panel">
      <ScrollX>
        <table className="list endpoints">
          <thead>
            <tr>
              <th scope="col">{t('endpoint.name')}</th>
              <th scope="col">{t('endpoint.state')}</th>
              <th scope="col">{t('endpoint.servedModels')}</th>
              <th scope="col">{t('endpoint.split')}</th>
              <th scope="col">{t('endpoint.updated')}</th>
            </tr>
          </thead>
          <tbody>
            {endpoints.map((endpoint) => (
              <tr key={endpoint.name}>
                <th scope="row">
                  <Link to="/endpoints/$name" params={{ name: endpoint.name }}>
                    {endpoint.name}
                  </Link>
                </th>
                <td>
                  <EndpointState endpoint={endpoint} />
                </td>
                <td>
                  {sharesOf(endpoint.config)
                    .map(({ entity }) => `${entity.entity_name} v${entity.entity_version}`)
                    .join(', ')}
                </td>
                <td>
                  <SplitBar shares={sharesOf(endpoint.config)} />
                </td>
                <td className="muted">{format.ago(endpoint.last_updated_timestamp)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollX>
    </div>
  )
}
