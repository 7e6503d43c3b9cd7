import { invalid } from '@cairn/platform/errors'
import { newId } from '@cairn/platform/mlflow/new-id'
import type { Assessment, AssessmentError } from '@cairn/platform/protocol/mlflow/assessments'
import { TRACE_METADATA } from '../entries/trace-entries.js'
import { readTime, writeTime } from '../protobuf-time.js'
import type { AssessmentRow } from './schema.js'

/** A row without the columns that the store assigns. */
export type NewAssessment = Omit<AssessmentRow, 'trace_id' | 'position'>

const JSON_FORMAT = 'JSON_FORMAT'
const UNSPECIFIED = 'SOURCE_TYPE_UNSPECIFIED'

/**
 * @param path of the assessment in the request
 * @throws INVALID_PARAMETER_VALUE unless it is exactly one of feedback, expectation and issue
 */
export function parseAssessment(input: Assessment, now: number, path = 'assessment'): NewAssessment {
  const { source, metadata } = input
  const created = input.create_time ? readTime(input.create_time, `${path}.create_time`) : now
  const updated = input.last_update_time ? readTime(input.last_update_time, `${path}.last_update_time`) : now
  return {
    assessment_id: input.assessment_id || `a-${newId()}`,
    name: input.assessment_name,
    ...parseContent(input),
    created_timestamp: created,
    last_updated_timestamp: updated,
    source_type: source?.source_type ?? UNSPECIFIED,
    source_id: source?.source_id || null,
    span_id: input.span_id || null,
    rationale: input.rationale || null,
    overrides: input.overrides || null,
    valid: 1,
    ...metadataColumns(metadata),
  }
}

export const metadataColumns = (metadata: Readonly<Record<string, string>> | undefined) => ({
  metadata: metadata && Object.keys(metadata).length > 0 ? JSON.stringify(metadata) : null,
  session: metadata?.[TRACE_METADATA.SESSION] ?? null,
})

/** Returns the content of an assessment as JSON. @throws INVALID_PARAMETER_VALUE in MLflow's words */
export function parseContent(input: Partial<Assessment>): Pick<AssessmentRow, 'kind' | 'value' | 'error'> {
  const { feedback, expectation, issue } = input
  const contents = [feedback, expectation, issue].filter((one) => one !== undefined)
  if (contents.length === 0) throw invalid('Unknown assessment type: None')
  if (contents.length > 1)
    throw invalid('Exactly one of `expectation`, `feedback`, or `issue` should be specified.')
  if (issue) return { kind: 'issue', value: JSON.stringify(issue), error: null }
  if (expectation) return { kind: 'expectation', value: expectationJson(expectation), error: null }
  const { value = null, error } = feedback!
  return { kind: 'feedback', value: JSON.stringify(value), error: error ? JSON.stringify(error) : null }
}

function expectationJson({ value, serialized_value }: NonNullable<Assessment['expectation']>): string {
  if (!serialized_value) {
    if (value === undefined || value === null) throw invalid('The `value` field must be specified.')
    return JSON.stringify(value)
  }
  const { serialization_format: format = '', value: json = '' } = serialized_value
  if (format !== JSON_FORMAT)
    throw invalid(`Unknown serialization format: ${format}. Only JSON_FORMAT is supported.`)
  try {
    return JSON.stringify(JSON.parse(json))
  } catch (cause) {
    throw invalid("'expectation.serialized_value.value' is not valid JSON.", { cause })
  }
}

/** Converts a row to its wire format. */
export function toAssessment(row: AssessmentRow): Assessment {
  return {
    assessment_id: row.assessment_id,
    assessment_name: row.name,
    trace_id: row.trace_id,
    ...(row.span_id !== null && { span_id: row.span_id }),
    source: {
      source_type: row.source_type as NonNullable<NonNullable<Assessment['source']>['source_type']>,
      ...(row.source_id !== null && { source_id: row.source_id }),
    },
    create_time: writeTime(row.created_timestamp),
    last_update_time: writeTime(row.last_updated_timestamp),
    ...contentOf(row),
    ...(row.rationale !== null && { rationale: row.rationale }),
    ...(row.metadata !== null && { metadata: JSON.parse(row.metadata) as Record<string, string> }),
    ...(row.overrides !== null && { overrides: row.overrides }),
    valid: row.valid === 1,
  }
}

function contentOf({ kind, value, error }: AssessmentRow): Partial<Assessment> {
  const content = JSON.parse(value) as unknown
  if (kind === 'issue') return { issue: content as { issue_name: string } }
  if (kind === 'feedback')
    return { feedback: { value: content, ...(error !== null && { error: toError(JSON.parse(error)) }) } }
  if (typeof content !== 'object') return { expectation: { value: content } }
  return { expectation: { serialized_value: { serialization_format: JSON_FORMAT, value } } }
}

const MAX_STACK = 10_000
const CUT_STACK = '[Stack trace is truncated]\n...\n'

/** Truncates the start of a long stack trace, because its end is the most useful. */
function toError(error: AssessmentError): AssessmentError {
  const { stack_trace: stack = '' } = error
  if (stack.length <= MAX_STACK) return error
  return { ...error, stack_trace: CUT_STACK + stack.slice(CUT_STACK.length - MAX_STACK) }
}
