import { issueAttemptToken } from '@cairn/platform/auth/attempt-token'
import type { Principal } from '@cairn/platform/auth/principal'
import { ApiError } from '@cairn/platform/errors'
import type { JobSettings } from '@cairn/platform/protocol/databricks/jobs'
import type { TaskKindName, TaskKinds, TaskSettings } from '@cairn/platform/protocol/databricks/task-settings'
import type { ServiceContext } from '@cairn/platform/service-context'
import { type Variables, variablesOf } from '../flow/environment-variables.js'
import { type Lookup, resolveReferences, withoutLiterals } from '../flow/references.js'
import { settingsOf } from '../flow/run-rows.js'
import { createLookup, valuesByTask } from '../flow/run-values.js'
import { SECRET_FIELDS } from '../flow/secret-fields.js'
import { findActor } from '../jobs/actor.js'
import type { KindOfTask, TaskRegistry } from '../task-kinds/registry.js'
import type { AttemptContext } from '../task-kinds/task.js'
import type { Attempts, ClaimedAttempt } from './attempts.js'
import type { TaskSecrets } from './task-secrets.js'

/** The input of an attempt, besides the implementation of its kind. It is JSON. */
export interface Assignment
  extends Pick<
    AttemptContext,
    | 'attempt'
    | 'environment'
    | 'secrets'
    | 'taskRunId'
    | 'taskKey'
    | 'runId'
    | 'jobId'
    | 'runName'
    | 'writer'
    | 'jobParameters'
    | 'values'
    | 'mlflowRunId'
  > {
  readonly job: JobSettings
  /** With references. */
  readonly task: TaskSettings
  /** The settings of the kind, with the values of references. */
  readonly settings: TaskKinds[TaskKindName]
  readonly principal: Principal
  /** Valid until the end of the attempt. */
  readonly token: string
  readonly previous?: AttemptContext['previous']
}

export interface AssignOptions {
  readonly context: Pick<ServiceContext, 'authorizer' | 'identities' | 'tokens'>
  readonly secrets: TaskSecrets
  readonly attempts: Attempts
  readonly registry: TaskRegistry
}

const TOKEN_SECONDS = 7 * 24 * 3600

/**
 * Resolves the settings of a claimed attempt and issues its token, which `revoke` ends.
 *
 * @throws the reason why the attempt cannot run, such as a deactivated principal or a reference without a value
 */
export async function assign(
  claimed: ClaimedAttempt,
  { context, attempts, registry, secrets }: AssignOptions,
): Promise<{ readonly assignment: Assignment; revoke(): Promise<void> }> {
  const { run, task, attempt } = claimed
  const settings = settingsOf(run, task)
  const principal = await findActor(run, settings, context)
  const job = JSON.parse(run.settings) as JobSettings
  const key = { task_run_id: task.task_run_id, attempt }
  const values = valuesByTask(claimed.outputs)
  const lookup = createLookup(claimed, values)
  const kind = registry.get(settings)
  const secretValues = await secrets.read(key, principal, settings, job)
  const lookupWithSecrets: Lookup = (name) => secretValues.get(name.replace(/^secrets\//, '')) ?? lookup(name)
  const resolved = resolvedSettings(kind, lookup, lookupWithSecrets)
  const environment = resolveReferences(variablesOf(job, settings), lookupWithSecrets, {}) as Variables
  const seconds = settings.timeout_seconds ? settings.timeout_seconds + 60 : TOKEN_SECONDS
  const token = await issueAttemptToken(context.tokens, principal.id, task.task_run_id, seconds)
  const revoke = async () => {
    secrets.forget(key)
    await token.revoke()
  }
  try {
    if (!(await attempts.setToken(key, { token_id: token.id, token_of: principal.id })))
      throw new ApiError('ABORTED', 'The attempt ended before it was assigned: its lease expired.')
  } catch (error) {
    await revoke()
    throw error
  }
  const previous = previousOf(claimed)
  const assignment = {
    job,
    environment,
    secrets: [...secretValues.values()],
    task: settings,
    settings: resolved,
    principal: { id: principal.id, type: principal.type, name: principal.name },
    token: token.secret,
    writer: run.writer_id,
    jobParameters: JSON.parse(run.parameters) as Record<string, string>,
    values,
    attempt,
    taskRunId: task.task_run_id,
    taskKey: task.task_key,
    runId: run.run_id,
    jobId: run.job_id ?? run.run_id,
    runName: run.run_name,
    ...(previous && { previous }),
    ...(task.mlflow_run_id !== null && { mlflowRunId: task.mlflow_run_id }),
  }
  return { assignment, revoke }
}

/**
 * Resolves settings, with secrets only in the fields that may have them: parameters of the run could refer to others.
 *
 * @throws INVALID_PARAMETER_VALUE for a reference without a value
 */
function resolvedSettings({ kind, settings }: KindOfTask, lookup: Lookup, lookupWithSecrets: Lookup) {
  const fields = Object.entries(withoutLiterals(settings, kind))
  const mayHaveSecrets = ([name]: [string, unknown]) => (SECRET_FIELDS as readonly string[]).includes(name)
  const resolve = (some: typeof fields, find: Lookup) =>
    resolveReferences(Object.fromEntries(some), find, kind) as object
  return {
    ...settings,
    ...resolve(
      fields.filter((one) => !mayHaveSecrets(one)),
      lookup,
    ),
    ...resolve(fields.filter(mayHaveSecrets), lookupWithSecrets),
  } as KindOfTask['settings']
}

function previousOf({ task, attempt }: ClaimedAttempt) {
  if (attempt > 1) return { taskRunId: task.task_run_id, attempt: attempt - 1 }
  return task.previous_id === null ? undefined : { taskRunId: task.previous_id, attempt: 1 }
}
