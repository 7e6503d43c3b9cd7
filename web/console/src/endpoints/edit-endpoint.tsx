import { useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { DeploymentChange } from '../api/deployments.js'
import { putNotifications, putRateLimits, type ServingEndpoint, updateConfig } from '../api/endpoints.js'
import { queryKeys } from '../api/query-keys.js'
import { Page } from '../app/page.js'
import { Icon } from '../ui/icon.js'
import { ChangesTable } from './changes-table.js'
import { configChanges } from './config-changes.js'
import { configOf, draftOf } from './draft.js'
import { type EndpointDraft, EndpointForm } from './endpoint-form.js'
import { EndpointState } from './endpoint-state.js'
import { notificationsOf, rateLimitsOf, settingsOf } from './settings-draft.js'
import { conditionOf } from './traffic.js'

/** Deploys the configuration only if it changed; settings apply immediately. */
export function EditEndpoint({ endpoint }: { endpoint: ServingEndpoint }) {
  const { t } = useTranslation()
  const { name } = endpoint
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [initial] = useState<EndpointDraft>(() => ({
    name: undefined,
    entities: draftOf(endpoint),
    settings: settingsOf(endpoint),
  }))
  const [isNew] = useState(endpoint.config === undefined)
  const changesOf = (draft: EndpointDraft) =>
    configChanges(configOf(initial.entities), configOf(draft.entities))
  const toEndpoint = () => navigate({ to: '/endpoints/$name', params: { name } })
  const save = async (draft: EndpointDraft) => {
    await saveSettings(name, initial, draft)
    if (isNew || changesOf(draft).length > 0) await updateConfig(name, configOf(draft.entities))
    for (const queryKey of [queryKeys.endpoint(name), queryKeys.deployments(name)])
      await queries.invalidateQueries({ queryKey })
    await toEndpoint()
  }
  const isUpdating = conditionOf(endpoint) === 'updating'
  return (
    <Page
      title={t('endpointForm.editTitle', { name })}
      breadcrumbs={
        <>
          <Link to="/endpoints">{t('nav.endpoints')}</Link>
          <span aria-hidden="true">/</span>
          <Link to="/endpoints/$name" params={{ name }}>
            {name}
          </Link>
        </>
      }
      badges={<EndpointState endpoint={endpoint} />}
    >
      {isUpdating && (
        <div className="notice" role="status">
          <Icon name="info" />
          <div>{t('endpointForm.updating')}</div>
        </div>
      )}
      <EndpointForm
        initial={initial}
        submitLabel={t('endpointForm.deploy')}
        submit={save}
        blocked={isUpdating}
        onCancel={() => void toEndpoint()}
      >
        {(draft) => <Review changes={changesOf(draft)} />}
      </EndpointForm>
    </Page>
  )
}

function Review({ changes }: { changes: readonly DeploymentChange[] }) {
  const { t } = useTranslation()
  const heading = useId()
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{t('endpointForm.review')}</h2>
      </header>
      <div className="body">
        <ChangesTable changes={changes} none={t('endpointForm.noChanges')} />
      </div>
    </section>
  )
}

async function saveSettings(name: string, initial: EndpointDraft, draft: EndpointDraft) {
  const [before, after] = [initial.settings, draft.settings]
  if (before.endpointCalls !== after.endpointCalls || before.userCalls !== after.userCalls)
    await putRateLimits(name, rateLimitsOf(after))
  if (before.onSuccess !== after.onSuccess || before.onFailure !== after.onFailure)
    await putNotifications(name, notificationsOf(after))
}
