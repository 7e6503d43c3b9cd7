import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { getEntityLog, type LogKind } from '../api/deployments.js'
import type { ServingEndpoint } from '../api/endpoints.js'
import { queryKeys } from '../api/query-keys.js'
import { pollInterval } from '../app/query-client.js'
import { Segments } from '../ui/segments.js'
import { Failure, Skeleton } from '../ui/states.js'

const POLL_MS = 3_000

/** The logs of each served entity, closed at first. */
export function EndpointLogs({ endpoint: { name, config, pending_config } }: { endpoint: ServingEndpoint }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const [kind, setKind] = useState<LogKind>('build')
  const [chosen, setChosen] = useState<string>()
  const served = [...(config?.served_entities ?? []), ...(pending_config?.served_entities ?? [])]
  const entities = [...new Set(served.map((entity) => entity.name))]
  const entity = entities.find((candidate) => candidate === chosen) ?? entities[0]
  return (
    <details className="panel logs" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <h2>{t('endpointLog.title')}</h2>
      </summary>
      <div className="log-choice">
        <Segments
          label={t('endpointLog.kind')}
          value={kind}
          options={[
            { value: 'build', label: t('endpointLog.build') },
            { value: 'model', label: t('endpointLog.model') },
          ]}
          onChange={setKind}
        />
        {entities.length > 1 && (
          <select
            className="select"
            aria-label={t('endpoint.entity')}
            value={entity}
            onChange={(event) => setChosen(event.target.value)}
          >
            {entities.map((option) => (
              <option key={option}>{option}</option>
            ))}
          </select>
        )}
      </div>
      {open && entity && <EntityLog endpoint={name} kind={kind} entity={entity} />}
    </details>
  )
}

interface EntityLogProps {
  readonly endpoint: string
  readonly kind: LogKind
  readonly entity: string
}

function EntityLog({ endpoint, kind, entity }: EntityLogProps) {
  const { t } = useTranslation()
  const log = useQuery({
    queryKey: queryKeys.entityLog(endpoint, kind, entity),
    queryFn: ({ signal }) => getEntityLog(kind, { name: endpoint, served_model_name: entity }, signal),
    refetchInterval: (query) => pollInterval(query, () => POLL_MS),
    retry: false,
  })
  if (log.isPending) return <Skeleton lines={3} />
  if (log.isError) return <Failure error={log.error} retry={() => void log.refetch()} />
  if (!log.data) return <p className="body muted">{t('endpointLog.none')}</p>
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: must be reachable to scroll
    <pre className="log" tabIndex={0}>
      {log.data}
    </pre>
  )
}
