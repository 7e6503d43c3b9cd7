import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { createEndpoint } from '../api/endpoints.js'
import { queryKeys } from '../api/query-keys.js'
import { Page } from '../app/page.js'
import { Icon } from '../ui/icon.js'
import { Skeleton } from '../ui/states.js'
import { configOf, newDraft } from './draft.js'
import { type EndpointDraft, EndpointForm } from './endpoint-form.js'
import { mayCreateEndpointQuery } from './may-create-endpoint-query.js'
import { NO_SETTINGS, notificationsOf, rateLimitsOf } from './settings-draft.js'

const emptyDraft = (model = '', version = ''): EndpointDraft => ({
  ...{ name: '', entities: newDraft({ model, version }), settings: NO_SETTINGS },
})
const route = getRouteApi('/endpoints')

export function CreateEndpoint() {
  const { t } = useTranslation()
  const { model, version } = route.useSearch()
  const [initial] = useState(() => emptyDraft(model, version))
  const navigate = useNavigate()
  const queries = useQueryClient()
  const mayCreate = useQuery(mayCreateEndpointQuery)
  const create = async (draft: EndpointDraft) => {
    const { name } = await createEndpoint(requestOf(draft))
    await queries.invalidateQueries({ queryKey: queryKeys.endpoints() })
    await navigate({ to: '/endpoints/$name', params: { name } })
  }
  const refusal = typeof mayCreate.data === 'string' && mayCreate.data
  return (
    <Page
      title={t('endpointForm.createTitle')}
      breadcrumbs={<Link to="/endpoints">{t('nav.endpoints')}</Link>}
    >
      {mayCreate.isPending ? (
        <Skeleton />
      ) : refusal ? (
        <div className="notice warn" role="status">
          <Icon name="warning" />
          <div>
            <strong>{t('endpoint.mayNotCreate')}</strong>
            <p>{refusal}</p>
          </div>
        </div>
      ) : (
        <EndpointForm
          initial={initial}
          submitLabel={t('common.create')}
          submit={create}
          onCancel={() => void navigate({ to: '/endpoints' })}
        />
      )}
    </Page>
  )
}

function requestOf({ name = '', entities, settings }: EndpointDraft) {
  const rate_limits = rateLimitsOf(settings)
  const email_notifications = notificationsOf(settings)
  return {
    name,
    config: configOf(entities),
    ...(rate_limits.length > 0 && { rate_limits }),
    ...(Object.keys(email_notifications).length > 0 && { email_notifications }),
  }
}
