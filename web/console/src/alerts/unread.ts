import { queryOptions, useQuery } from '@tanstack/react-query'
import { getUnreadAlerts } from '../api/alerts.js'
import { listMentions, type Mention } from '../api/comments.js'
import { queryKeys } from '../api/query-keys.js'
import { pollWhileOffline } from '../app/query-client.js'

const POLL_MS = 30_000

/** The number of unread alerts of the user, up to 100, and the time until which the user has read. */
const unreadAlertsQuery = queryOptions({
  queryKey: queryKeys.alerts('unread'),
  queryFn: ({ signal }) => getUnreadAlerts(signal),
  refetchInterval: (query) => pollWhileOffline(query, () => POLL_MS),
  retry: false,
})

/** The latest comments that mention the user. */
export const mentionsQuery = queryOptions({
  queryKey: queryKeys.mentions(),
  queryFn: ({ signal }) => listMentions(signal),
  refetchInterval: (query) => pollWhileOffline(query, () => POLL_MS),
  retry: false,
})

/** Returns whether somebody else has mentioned the user since then. */
export const isUnread = ({ comment, mentioned_at }: Mention, readUntil: number) =>
  mentioned_at > readUntil && !comment.own

/** Unread alerts and mentions; undefined if the catalog service is not running. */
export function useUnread() {
  const alerts = useQuery(unreadAlertsQuery).data
  const mentions = useQuery(mentionsQuery).data ?? []
  return (
    alerts && {
      alerts: alerts.unread,
      mentions: mentions.filter((mention) => isUnread(mention, alerts.readUntil)).length,
      readUntil: alerts.readUntil,
    }
  )
}
