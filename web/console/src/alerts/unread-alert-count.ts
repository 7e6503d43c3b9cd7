import { queryOptions } from '@tanstack/react-query'
import { countUnreadAlerts } from '../api/alerts.js'
import { queryKeys } from '../api/query-keys.js'
import { pollWhileOffline } from '../app/query-client.js'

const POLL_MS = 30_000

/** The number of unread alerts of the user, up to 100. */
export const unreadAlertCountQuery = queryOptions({
  queryKey: queryKeys.alerts('unread'),
  queryFn: ({ signal }) => countUnreadAlerts(signal),
  refetchInterval: (query) => pollWhileOffline(query, () => POLL_MS),
  retry: false,
})
