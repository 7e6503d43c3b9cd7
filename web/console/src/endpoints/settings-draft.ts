import type { Notifications, RateLimit, ServingEndpoint } from '../api/endpoints.js'

/** Rate limits and notifications as typed. */
export interface SettingsDraft {
  /** Calls a minute of all callers together; empty: no limit. */
  readonly endpointCalls: string
  /** Calls a minute of each user; empty: no limit. */
  readonly userCalls: string
  /** URLs of webhooks, one a line. */
  readonly onSuccess: string
  readonly onFailure: string
}

export const NO_SETTINGS: SettingsDraft = { endpointCalls: '', userCalls: '', onSuccess: '', onFailure: '' }

export function settingsOf({ rate_limits = [], email_notifications }: ServingEndpoint): SettingsDraft {
  const callsOf = (wanted: string) =>
    String(rate_limits.find(({ key = 'endpoint' }) => key === wanted)?.calls ?? '')
  return {
    endpointCalls: callsOf('endpoint'),
    userCalls: callsOf('user'),
    onSuccess: (email_notifications?.on_update_success ?? []).join('\n'),
    onFailure: (email_notifications?.on_update_failure ?? []).join('\n'),
  }
}

const LIMITS = [
  ['endpointCalls', 'endpoint'],
  ['userCalls', 'user'],
] as const

export const rateLimitsOf = (draft: SettingsDraft): RateLimit[] =>
  LIMITS.flatMap(([field, key]) =>
    draft[field].trim() ? [{ calls: Number(draft[field]), key, renewal_period: 'minute' as const }] : [],
  )

export function notificationsOf({ onSuccess, onFailure }: SettingsDraft): Notifications {
  const [on_update_success, on_update_failure] = [onSuccess, onFailure].map(linesOf)
  return {
    ...(on_update_success!.length > 0 && { on_update_success: on_update_success! }),
    ...(on_update_failure!.length > 0 && { on_update_failure: on_update_failure! }),
  }
}

const linesOf = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
