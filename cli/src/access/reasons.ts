import type { Reason } from '@cairn/platform/protocol/cairn/access-review'
import { formatTime } from '../client/format.js'

/** Each once: the owner of a catalog has USE CATALOG, USE SCHEMA and SELECT for the same reason. */
export const listOfReasons = (reasons: readonly Reason[]) => [...new Set(reasons.map(sentenceOf))].join('; ')

function sentenceOf({ privilege, securable_type, securable, groups, by_default, expires_at }: Reason) {
  const via = groups.length > 0 ? ` via ${groups.join(' > ')}` : ''
  const byDefault = by_default ? ' by default' : ''
  const until = expires_at === undefined ? '' : ` until ${formatTime(expires_at)}`
  return `${privilege} on ${securable_type} ${securable}${byDefault}${via}${until}`
}
