import type { AlertedType, AlertRuleRow } from '@cairn/platform/alerts/schema'
import { invalid } from '@cairn/platform/errors'
import type { AlertKind } from '@cairn/platform/protocol/cairn/alerts'

/** The condition of an alert rule; the kind of the rule decides which fields are set. */
export type Condition = Pick<AlertRuleRow, 'metric_key' | 'comparison' | 'threshold' | 'minutes'>
type ConditionField = keyof Condition

const KINDS_OF: Readonly<Record<AlertedType, readonly AlertKind[]>> = {
  experiment: ['metric_threshold', 'run_failed', 'run_stalled'],
  job: ['job_failed'],
}

const FIELDS_OF: Readonly<Record<AlertKind, readonly ConditionField[]>> = {
  metric_threshold: ['metric_key', 'comparison', 'threshold'],
  run_failed: [],
  run_stalled: ['minutes'],
  job_failed: [],
}

export const CONDITION_FIELDS: readonly ConditionField[] = [
  'metric_key',
  'comparison',
  'threshold',
  'minutes',
]

/** @throws INVALID_PARAMETER_VALUE for a kind of rule that objects of the type do not have */
export function checkKind(type: AlertedType, kind: AlertKind): void {
  if (!KINDS_OF[type].includes(kind))
    throw invalid(`kind: rules of ${type}s are ${KINDS_OF[type].join(', ')}, not '${kind}'.`)
}

/** @throws INVALID_PARAMETER_VALUE for a condition with too many or too few fields for its kind */
export function checkCondition(kind: AlertKind, condition: Condition): void {
  for (const field of CONDITION_FIELDS) {
    const isNeeded = FIELDS_OF[kind].includes(field)
    if (isNeeded && condition[field] === null) throw invalid(`${field}: is required for '${kind}'.`)
    if (!isNeeded && condition[field] !== null) throw invalid(`${field}: has no meaning for '${kind}'.`)
  }
}
