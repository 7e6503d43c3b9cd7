import type { Assessment } from '../api/traces.js'
import { assessmentValue, parseJson } from './trace-values.js'

export const VALUE_TYPES = ['boolean', 'number', 'text', 'json'] as const
export type ValueType = (typeof VALUE_TYPES)[number]

export interface AssessmentDraft {
  readonly name: string
  readonly type: ValueType
  /** As it is typed. */
  readonly value: string
  readonly rationale: string
}

export const EMPTY_DRAFT: AssessmentDraft = { name: '', type: 'boolean', value: 'true', rationale: '' }

/** The draft that edits an assessment. */
export function draftOf(assessment: Assessment): AssessmentDraft {
  const value = assessmentValue(assessment)
  const type =
    typeof value === 'boolean' || typeof value === 'number'
      ? typeof value
      : typeof value === 'string'
        ? 'text'
        : 'json'
  return {
    name: assessment.assessment_name,
    type: type as ValueType,
    value: typeof value === 'string' ? value : JSON.stringify(value ?? null),
    rationale: assessment.rationale ?? '',
  }
}

/** Why a value is not of its type; undefined if it is. */
export function valueProblem({ type, value }: AssessmentDraft): 'required' | 'number' | 'json' | undefined {
  if (value.trim() === '') return 'required'
  if (type === 'number' && !Number.isFinite(Number(value))) return 'number'
  if (type === 'json' && parseJson(value) === undefined) return 'json'
  return undefined
}

interface DraftContext {
  readonly kind: 'feedback' | 'expectation'
  /** Name of the person who assesses. */
  readonly user: string
  readonly replaces: Assessment | undefined
}

/** The assessment to send. Expectations with lists and objects are serialized, as MLflow's clients do. */
export function assessmentOf(draft: AssessmentDraft, { kind, user, replaces }: DraftContext): Assessment {
  const value = typedValue(draft)
  const isPlain = typeof value !== 'object' || value === null
  return {
    assessment_name: draft.name.trim(),
    source: { source_type: 'HUMAN', source_id: user },
    ...(kind === 'feedback'
      ? { feedback: { value } }
      : {
          expectation: isPlain
            ? { value }
            : { serialized_value: { serialization_format: 'JSON_FORMAT', value: JSON.stringify(value) } },
        }),
    ...(draft.rationale.trim() && { rationale: draft.rationale.trim() }),
    ...(replaces?.span_id && { span_id: replaces.span_id }),
    ...(replaces?.metadata && { metadata: replaces.metadata }),
    ...(replaces?.assessment_id && { overrides: replaces.assessment_id }),
  }
}

function typedValue({ type, value }: AssessmentDraft): unknown {
  if (type === 'boolean') return value === 'true'
  if (type === 'number') return Number(value)
  return type === 'json' ? parseJson(value) : value
}
