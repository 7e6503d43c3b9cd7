import { queryOptions } from '@tanstack/react-query'
import { countUnreadAlerts } from '../api/alerts.js'
import { queryKeys } from '../api/query-keys.js'

const POLL_MS = 30_000

/** The number of alerts that the user has not read, up to 100. A hidden tab does not ask. */
export const unreadAlertsQuery = queryOptions({
  queryKey: queryKeys.alerts('unread'),
  queryFn: ({ signal }) => countUnreadAlerts(signal),
  refetchInterval: POLL_MS,
  retry: false,
})
