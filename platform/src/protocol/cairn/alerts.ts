import Type, { type Static } from 'typebox'
import { operation } from '../operation.js'
import { EDIT_EXPERIMENTS, EDIT_JOBS, READ_EXPERIMENTS, READ_JOBS } from '../rights.js'
import { NextPage, PageFields } from '../unity/catalogs.js'
import { Double, Empty, Int64, OneOf, Required } from '../wire.js'

const ALERT_KINDS = ['metric_threshold', 'run_failed', 'run_stalled', 'job_failed'] as const
export type AlertKind = (typeof ALERT_KINDS)[number]
export const ALERT_COMPARISONS = ['above', 'below'] as const
export type AlertComparison = (typeof ALERT_COMPARISONS)[number]

const Condition = {
  metric_key: Type.Optional(
    Type.String({ minLength: 1, maxLength: 250, description: 'The metric of a `metric_threshold` rule.' }),
  ),
  comparison: Type.Optional(OneOf(ALERT_COMPARISONS)),
  threshold: Type.Optional(Double({ description: 'Compared with the latest value of the metric.' })),
  minutes: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 10_080,
      description:
        'A `run_stalled` rule alerts after so many minutes without a metric; system metrics do not count.',
    }),
  ),
}

/** A condition on the runs of an experiment or a job. */
export const AlertRule = Type.Object({
  rule_id: Type.String(),
  name: Type.String(),
  kind: OneOf(ALERT_KINDS),
  ...Condition,
  enabled: Type.Boolean(),
  /** True if a webhook is called. Its URL is not shown. */
  has_webhook: Type.Boolean(),
  /**
   * The name of the principal that created it, or last set its webhook; its id after it was deleted. The webhook is called
   * while the principal may read the object.
   */
  created_by: Type.String(),
  created_at: Int64(),
})
export type AlertRule = Static<typeof AlertRule>

/** A run that met a rule. */
export const Alert = Type.Object({
  alert_id: Type.String(),
  rule_id: Type.String(),
  name: Type.String(),
  kind: OneOf(ALERT_KINDS),
  ...Condition,
  /** The metric's value when the rule was met. */
  value: Type.Optional(Double()),
  object_type: OneOf(['experiment', 'job'] as const),
  object_id: Type.String(),
  object_name: Type.String(),
  run_id: Type.String(),
  run_name: Type.String(),
  created_at: Int64(),
  /** True if the caller has read it. */
  read: Type.Boolean(),
})
export type Alert = Static<typeof Alert>

const Url = () =>
  Type.String({ maxLength: 2_000, description: 'A URL that is called for each alert; empty for none.' })
const Changes = {
  ...Condition,
  webhook_url: Type.Optional(Url()),
  enabled: Type.Optional(Type.Boolean()),
}

/** Returns the operations on the rules of a kind of object. The handlers decide about the object themselves. */
function alertRuleOperations<const Path extends string>(
  path: Path,
  noun: 'Experiment' | 'Job',
  read: typeof READ_EXPERIMENTS | typeof READ_JOBS,
  edit: typeof EDIT_EXPERIMENTS | typeof EDIT_JOBS,
) {
  const rules = `/api/cairn/v1/${path}/{id}/alert-rules` as const
  const of = `of ${noun === 'Job' ? 'a job' : 'an experiment'}`
  const [readable, edited] = [
    { ...read, filtered: true },
    { ...edit, filtered: true },
  ] as const
  const Id = { id: Required({ maxLength: 100 }) }
  const RuleId = { ...Id, rule_id: Required({ maxLength: 100 }) }
  const Answer = Type.Object({ rule: AlertRule })
  return {
    List: operation({
      id: `list${noun}AlertRules`,
      method: 'GET',
      path: rules,
      summary: `List the rules for alerts ${of}, by name`,
      right: readable,
      scope: 'read',
      input: Type.Object(Id),
      output: Type.Object({
        rules: Type.Array(AlertRule),
        /** True if the caller may change them. */
        editable: Type.Boolean(),
      }),
    }),
    Create: operation({
      id: `create${noun}AlertRule`,
      method: 'POST',
      path: rules,
      summary: `Create a rule for alerts ${of}`,
      right: edited,
      scope: 'none',
      input: Type.Object({
        ...Id,
        name: Required({ maxLength: 100 }),
        kind: OneOf(ALERT_KINDS),
        ...Changes,
      }),
      output: Answer,
    }),
    Update: operation({
      id: `update${noun}AlertRule`,
      method: 'PATCH',
      path: `${rules}/{rule_id}` as const,
      summary: `Change a rule for alerts ${of}; a changed condition counts from then on`,
      right: edited,
      scope: 'none',
      input: Type.Object({ ...RuleId, name: Type.Optional(Required({ maxLength: 100 })), ...Changes }),
      output: Answer,
    }),
    Delete: operation({
      id: `delete${noun}AlertRule`,
      method: 'DELETE',
      path: `${rules}/{rule_id}` as const,
      summary: `Delete a rule ${of} with its alerts`,
      right: edited,
      scope: 'none',
      input: Type.Object(RuleId),
      output: Empty,
    }),
  }
}

export const ExperimentAlertRules = alertRuleOperations(
  'experiments',
  'Experiment',
  READ_EXPERIMENTS,
  EDIT_EXPERIMENTS,
)
export const JobAlertRules = alertRuleOperations('jobs', 'Job', READ_JOBS, EDIT_JOBS)

export const ListAlerts = operation({
  id: 'listAlerts',
  method: 'GET',
  path: '/api/cairn/v1/alerts',
  summary: 'List the alerts about experiments and jobs that the caller may read, newest first',
  right: 'authenticated',
  scope: 'read',
  input: Type.Object({ ...PageFields }),
  output: Type.Object({
    alerts: Type.Array(Alert),
    /** The number of alerts that the caller has not read, 100 at most. */
    unread: Type.Integer(),
    /** The time until which the caller has read alerts. */
    read_until: Int64(),
    ...NextPage,
  }),
})

export const MarkAlertsRead = operation({
  id: 'markAlertsRead',
  method: 'POST',
  path: '/api/cairn/v1/alerts/read',
  summary: 'Mark the alerts until a time as read by the caller',
  right: 'authenticated',
  scope: 'none',
  input: Type.Object({
    read_until: Int64({ minimum: 0, description: 'The `created_at` of the newest alert that was read.' }),
  }),
  output: Empty,
})
