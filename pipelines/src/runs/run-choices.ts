import { type Caller, LOCAL_OWNER } from '@cairn/platform/auth/principal'
import { ApiError, invalid } from '@cairn/platform/errors'
import type { JobSettings } from '@cairn/platform/protocol/databricks/jobs'
import type { RunCaching, RunOverrides } from '@cairn/platform/protocol/databricks/run-overrides'
import type { ServiceContext } from '@cairn/platform/service-context'
import type { FastifyRequest } from 'fastify'
import { requireRunAs } from '../jobs/check-settings.js'
import { requireSmallParameters } from '../jobs/parameter-size.js'
import type { JobRunRow } from '../schema.js'
import { overridesOf } from './overrides.js'

/**
 * Callers may not override parameters or choose tasks of a job that runs as another principal.
 *
 * @throws PERMISSION_DENIED
 */
export async function requireMayChoose(
  { settings, principal_id }: Pick<JobRunRow, 'settings' | 'principal_id'>,
  chosen: RunChoices,
  request: FastifyRequest,
  context: ServiceContext,
): Promise<void> {
  if (!hasChoices(chosen)) return
  requireNoScopes(request.principal)
  await requireRunAs(JSON.parse(settings) as JobSettings, principal_id, request.principal, {
    ...context,
    note: (one) => request.noteDecision(one),
  })
}

/** A caller that overrides parts of the owner's run becomes its writer, so that the run gets no rights of the owner. */
export const writerOf = ({ writer_id }: Pick<JobRunRow, 'writer_id'>, chosen: RunChoices, caller: Caller) =>
  writer_id === LOCAL_OWNER.id && hasChoices(chosen) ? caller.id : writer_id

/** Everything that the caller chose about a run of a job. */
export interface RunChoices {
  readonly parameters: Readonly<Record<string, string>>
  readonly overrides?: RunOverrides
}

/** @throws INVALID_PARAMETER_VALUE for parameters that are too large */
export function parseRunChoices(
  input: RunOverrides & { readonly job_parameters?: Record<string, string> },
): RunChoices {
  const overrides = overridesOf(input)
  const { job_parameters: parameters = {} } = input
  requireSmallParameters(parameters, 'job_parameters')
  return { parameters, ...(overrides && { overrides }) }
}

/**
 * Parses whether and for which tasks a run ignores cached results.
 *
 * @returns undefined for a run that uses all caches
 * @throws INVALID_PARAMETER_VALUE for a task that the job does not have
 */
export function parseCaching({ no_cache, refresh = [] }: RunCaching, { tasks = [] }: JobSettings) {
  const keys = new Set(tasks.flatMap((task) => [task.task_key, task.for_each_task?.task.task_key]))
  const unknown = refresh.find((key) => !keys.has(key))
  if (unknown !== undefined) throw invalid(`refresh: the job has no task '${unknown}'.`)
  return no_cache || refresh.length > 0 ? { ...(no_cache && { no_cache }), refresh } : undefined
}

const hasChoices = ({ parameters, overrides }: RunChoices) =>
  overrides !== undefined || Object.keys(parameters).length > 0

/** Tasks have all rights of their principal, so a token with scopes must not choose what they do. */
function requireNoScopes({ scopes }: Caller) {
  if (scopes)
    throw new ApiError(
      'PERMISSION_DENIED',
      `job_parameters: the token is only for ${scopes.join(', ')}; a token without scopes may override parameters.`,
    )
}
