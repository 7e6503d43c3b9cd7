import type {
  Alert,
  AlertRule,
  ExperimentAlertRules,
  JobAlertRules,
  ListAlerts,
  MarkAlertsRead,
} from '@cairn/platform/protocol/cairn/alerts'
import type { Input, Output } from '@cairn/platform/protocol/operation'
import { call } from './call.js'

export type { Alert, AlertRule }
export type AlertKind = AlertRule['kind']
type RulesPage = Output<typeof ExperimentAlertRules.List>
export type NewRule = Omit<Input<typeof ExperimentAlertRules.Create>, 'id'>
type RuleChange = Omit<Input<typeof ExperimentAlertRules.Update>, 'id' | 'rule_id'>

/** An experiment or a job whose runs are watched. */
export interface WatchedObject {
  readonly type: 'experiment' | 'job'
  readonly id: string
}

const PAGE = 50

export const listAlerts = (page_token: string, signal?: AbortSignal) =>
  call<typeof ListAlerts>(
    'GET /api/cairn/v1/alerts',
    { max_results: PAGE, ...(page_token && { page_token }) },
    signal,
  )

/** The number of unread alerts, and the time until which the user has read. */
export async function getUnreadAlerts(signal?: AbortSignal) {
  const input = { max_results: 1 }
  const { unread, read_until } = await call<typeof ListAlerts>('GET /api/cairn/v1/alerts', input, signal)
  return { unread, readUntil: Number(read_until) }
}

export const markAlertsRead = (read_until: number) =>
  call<typeof MarkAlertsRead>('POST /api/cairn/v1/alerts/read', { read_until })

export const listAlertRules = ({ type, id }: WatchedObject, signal?: AbortSignal): Promise<RulesPage> =>
  type === 'job'
    ? call<typeof JobAlertRules.List>('GET /api/cairn/v1/jobs/{id}/alert-rules', { id }, signal)
    : call<typeof ExperimentAlertRules.List>('GET /api/cairn/v1/experiments/{id}/alert-rules', { id }, signal)

export const createAlertRule = ({ type, id }: WatchedObject, rule: NewRule) =>
  type === 'job'
    ? call<typeof JobAlertRules.Create>('POST /api/cairn/v1/jobs/{id}/alert-rules', { id, ...rule })
    : call<typeof ExperimentAlertRules.Create>('POST /api/cairn/v1/experiments/{id}/alert-rules', {
        id,
        ...rule,
      })

export const updateAlertRule = ({ type, id }: WatchedObject, rule_id: string, change: RuleChange) => {
  const input = { id, rule_id, ...change }
  return type === 'job'
    ? call<typeof JobAlertRules.Update>('PATCH /api/cairn/v1/jobs/{id}/alert-rules/{rule_id}', input)
    : call<typeof ExperimentAlertRules.Update>(
        'PATCH /api/cairn/v1/experiments/{id}/alert-rules/{rule_id}',
        input,
      )
}

export const deleteAlertRule = ({ type, id }: WatchedObject, rule_id: string) =>
  type === 'job'
    ? call<typeof JobAlertRules.Delete>('DELETE /api/cairn/v1/jobs/{id}/alert-rules/{rule_id}', {
        id,
        rule_id,
      })
    : call<typeof ExperimentAlertRules.Delete>(
        'DELETE /api/cairn/v1/experiments/{id}/alert-rules/{rule_id}',
        { id, rule_id },
      )
