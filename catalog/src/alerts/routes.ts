import type { AlertedType, AlertRuleRow } from '@cairn/platform/alerts/schema'
import type { Authorizer } from '@cairn/platform/auth/authorizer'
import { decodePageToken, encodePageToken, timeAndId } from '@cairn/platform/db/page'
import { handle } from '@cairn/platform/http/handle'
import { emptyResponse } from '@cairn/platform/http/response/empty'
import {
  type Alert,
  type AlertRule,
  ExperimentAlertRules,
  JobAlertRules,
  ListAlerts,
  MarkAlertsRead,
} from '@cairn/platform/protocol/cairn/alerts'
import type { Destinations } from '@cairn/platform/webhooks/destinations'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import type { Objects } from '../securables/objects.js'
import type { AlertStore, AlertWithRule } from './alert-store.js'
import { CONDITION_FIELDS, type Condition, checkCondition, checkKind } from './condition.js'
import { RIGHTS } from './rights.js'
import type { AlertRuleStore } from './rule-store.js'

const DEFAULT_PAGE = 50
const MAX_PAGE = 1_000

interface Options {
  readonly rules: AlertRuleStore
  readonly alerts: AlertStore
  readonly objects: Objects
  readonly authorizer: Authorizer
  /** The addresses that webhooks may call. */
  readonly destinations: Destinations
}

/** Rules for alerts on experiments and jobs, and the alerts (ADR 60). */
export const alertRoutes: FastifyPluginAsync<Options> = async (app, options) => {
  const { alerts, authorizer } = options
  ruleRoutes(app, options, 'experiment', ExperimentAlertRules)
  ruleRoutes(app, options, 'job', JobAlertRules)

  handle(app, ListAlerts, async ({ max_results, page_token }, { principal }) => {
    const limit = Math.min(max_results || DEFAULT_PAGE, MAX_PAGE)
    const before = decodePageToken(page_token, timeAndId)
    const allowed = (type: AlertedType) =>
      authorizer.objects.allowedObjects(principal, [RIGHTS[type].read], type)
    const [experiment, job, readUntil] = await Promise.all([
      allowed('experiment'),
      allowed('job'),
      alerts.readUntil(principal.id),
    ])
    const [page, unread] = await Promise.all([
      alerts.list({ experiment, job }, before, limit),
      alerts.countUnread({ experiment, job }, readUntil),
    ])
    return {
      alerts: page.alerts.map((alert) => toAlert(alert, readUntil)),
      unread,
      read_until: readUntil,
      next_page_token: page.next ? encodePageToken(page.next) : null,
    }
  })
  handle(app, MarkAlertsRead, ({ read_until }, { principal }) =>
    emptyResponse(alerts.markRead(principal.id, read_until)),
  )
}

function ruleRoutes(
  app: FastifyInstance,
  { rules, objects, authorizer, destinations }: Options,
  type: AlertedType,
  operations: typeof ExperimentAlertRules | typeof JobAlertRules,
) {
  const { read, edit } = RIGHTS[type]
  const answer = async (row: AlertRuleRow) => ({ rule: (await toRules(authorizer, [row]))[0]! })

  handle(app, operations.List, async ({ id }, request) => {
    const [object] = await objects.require(request, read, type, id)
    const [rows, decided] = await Promise.all([
      rules.list({ type, id: object.id }),
      authorizer.objects.decide(request.principal, [edit], type, object.id),
    ])
    return { rules: await toRules(authorizer, rows), editable: decided?.decision.allowed ?? false }
  })
  handle(
    app,
    operations.Create,
    async ({ id, name, kind, webhook_url, enabled = true, ...given }, request) => {
      const [object] = await objects.require(request, edit, type, id)
      const condition = { ...NO_CONDITION, ...givenCondition(given) }
      checkKind(type, kind)
      checkCondition(kind, condition)
      const rule = await rules.create(
        { type, id: object.id },
        {
          ...{ name, kind, webhook_url: null, enabled: enabled ? 1 : 0, created_by: request.principal.id },
          ...condition,
          ...(await webhookChange(destinations, webhook_url)),
        },
      )
      return answer(rule)
    },
  )
  handle(app, operations.Update, async ({ id, rule_id, name, webhook_url, enabled, ...given }, request) => {
    const [object] = await objects.require(request, edit, type, id)
    const values = {
      ...(name !== undefined && { name }),
      ...givenCondition(given),
      ...(enabled !== undefined && { enabled: enabled ? (1 as const) : (0 as const) }),
      ...(await webhookChange(destinations, webhook_url)),
      // The principal that sets the URL becomes the creator, because the webhook sends what the creator may read.
      ...(webhook_url && { created_by: request.principal.id }),
    }
    const rule = await rules.update({ type, id: object.id }, rule_id, values, (row) =>
      checkCondition(row.kind, row),
    )
    return answer(rule)
  })
  handle(app, operations.Delete, async ({ id, rule_id }, request) => {
    const [object] = await objects.require(request, edit, type, id)
    return emptyResponse(rules.delete({ type, id: object.id }, rule_id))
  })
}

async function toRules(authorizer: Authorizer, rows: readonly AlertRuleRow[]): Promise<AlertRule[]> {
  const nameOf = await authorizer.names(rows.map(({ created_by }) => created_by))
  return rows.map((row) => ({
    ...{ rule_id: row.rule_id, name: row.name, kind: row.kind, enabled: row.enabled === 1 },
    ...conditionOf(row),
    has_webhook: row.webhook_url !== null,
    created_by: nameOf(row.created_by),
    created_at: row.created_at,
  }))
}

/** Returns the change of the webhook that a request names; an empty URL removes it. @throws INVALID_PARAMETER_VALUE */
async function webhookChange(destinations: Destinations, url: string | undefined) {
  if (url === undefined) return {}
  if (url !== '') await destinations.check(url)
  return { webhook_url: url === '' ? null : url }
}

const NO_CONDITION: Condition = { metric_key: null, comparison: null, threshold: null, minutes: null }

/** Picks the fields of a condition from a request. */
const givenCondition = (given: Partial<Record<keyof Condition, unknown>>): Partial<Condition> =>
  Object.fromEntries(
    CONDITION_FIELDS.flatMap((field) => (given[field] === undefined ? [] : [[field, given[field]]])),
  )

/** Picks the fields of the condition that the kind of the rule has. */
const conditionOf = (row: Condition): Partial<Pick<AlertRule, keyof Condition>> =>
  Object.fromEntries(CONDITION_FIELDS.flatMap((field) => (row[field] === null ? [] : [[field, row[field]]])))

const toAlert = (row: AlertWithRule, readUntil: number): Alert => ({
  ...{ alert_id: row.alert_id, rule_id: row.rule_id, name: row.name, kind: row.kind },
  ...conditionOf(row),
  ...(row.value !== null && { value: row.value }),
  ...{ object_type: row.securable_type, object_id: row.securable_id, object_name: row.object_name },
  ...{ run_id: row.run_id, run_name: row.run_name, created_at: row.created_at },
  read: row.created_at <= readUntil,
})
