import type { FastifyRequest } from 'fastify'

const MAX_LENGTH = 200
const MAX_LISTED = 10
/** The largest number of characters in all fields. */
const MAX_TOTAL = 4_000

/** Fields of requests that name something. No other field is recorded: it could hold a secret or a payload. */
const NAMING_FIELDS: Readonly<Record<string, string>> = Object.fromEntries(
  `experiment_id experiment_ids experiment_name run_id run_ids run_uuid source_run_id trace_id trace_ids request_ids
   assessment_id model_id model_ids dataset_id dataset_ids issue_id scorer_ids name new_name model_name
   registered_model_name version stage alias job_id task_key full_name catalog_name schema_name table_id volume_id
   operation securable_type privilege principal owner token_id application_id created_by_id created_by_username id userName
   displayName applicationId username role_id role_permission_id resource_type resource_id resource_pattern webhook_id deployment_id served_model_name model path artifact_path bucket format scope`
    .split(/\s+/)
    .map((name) => [name, name])
    .concat([['*', 'path']]),
)

const NAMED = Object.entries(NAMING_FIELDS)

/**
 * Returns the names in a request, bounded in number and length.
 *
 * @param also further fields that name something in this request
 */
export function requestParams(
  { params, query, body }: FastifyRequest,
  also: readonly string[] = [],
): Record<string, string | string[]> {
  const found: Record<string, string | string[]> = {}
  let left = MAX_TOTAL
  for (const source of [body, query, params])
    if (isObject(source))
      for (const [field, name] of [...NAMED, ...also.map((one) => [one, one] as const)]) {
        const text = Object.hasOwn(source, field) ? textsOf(source[field]) : undefined
        if (text === undefined || lengthOf(text) > left) continue
        left -= lengthOf(text)
        found[name] = text
      }
  return found
}

const lengthOf = (text: string | readonly string[]) => (typeof text === 'string' ? text : text.join()).length

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Keeps a list of several names as a list, because not every reader may know all of them. */
function textsOf(value: unknown): string | string[] | undefined {
  if (!Array.isArray(value)) return textOf(value)
  const texts = value
    .slice(0, MAX_LISTED)
    .map(textOf)
    .filter((one) => one !== undefined)
  if (value.length > MAX_LISTED) texts.push('…')
  return texts.length > 1 ? texts : texts[0]
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return typeof value === 'string' && value !== '' ? value.slice(0, MAX_LENGTH) : undefined
}
