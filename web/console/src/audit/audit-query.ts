import type { AuditQuery, Outcome } from '../api/audit.js'
import { OUTCOMES } from '../api/audit.js'

/** The filters in the address of the page. */
export interface AuditSearch {
  readonly principal?: string
  readonly action?: string
  readonly type?: string
  readonly object?: string
  readonly outcome?: string
  readonly address?: string
  /** The value of a `datetime-local` field: `2026-11-29T08:00`. */
  readonly from?: string
  readonly to?: string
}

const isOutcome = (text: string | undefined): text is Outcome => OUTCOMES.includes(text as Outcome)

function timeOf(text: string | undefined): number | undefined {
  const time = text === undefined ? Number.NaN : new Date(text).getTime()
  return Number.isNaN(time) ? undefined : Math.max(0, time)
}

/** The query of the API; filters that are not valid are left out. */
export function queryOf(search: AuditSearch): AuditQuery {
  const { principal, action, type, object, outcome, address } = search
  const start = timeOf(search.from)
  const end = timeOf(search.to)
  return {
    ...(principal && { principal }),
    ...(action && { action }),
    ...(type && { object_type: type }),
    ...(object && { securable: object }),
    ...(isOutcome(outcome) && { outcome }),
    ...(address && { source_ip_address: address }),
    ...(start !== undefined && { start_time: start }),
    ...(end !== undefined && { end_time: end }),
  }
}
