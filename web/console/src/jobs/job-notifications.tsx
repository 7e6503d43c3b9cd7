import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { JobSettings } from '../api/jobs.js'
import { destinationNamesQuery } from './job-queries.js'

const EVENTS = ['on_start', 'on_success', 'on_failure', 'on_duration_warning_threshold_exceeded'] as const

type Webhooks = NonNullable<JobSettings['webhook_notifications']>

export const hasNotifications = (webhooks: Webhooks | undefined) =>
  EVENTS.some((event) => webhooks?.[event]?.length)

/** The destinations of each event, by name; a deleted one by its id. */
export function JobNotifications({ webhooks }: { webhooks: Webhooks }) {
  const { t } = useTranslation()
  const { data: names = {} } = useQuery(destinationNamesQuery)
  return (
    <ul>
      {EVENTS.flatMap((event) => {
        const destinations = webhooks[event] ?? []
        if (destinations.length === 0) return []
        return [
          <li key={event}>
            {t(`jobs.notifiedOn.${event}`)}: {destinations.map(({ id }) => names[id] ?? id).join(', ')}
          </li>,
        ]
      })}
    </ul>
  )
}
