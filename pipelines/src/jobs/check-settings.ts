import { requireAuthorityOver } from '@cairn/platform/auth/authority'
import type { Authorizer, NoteDecision } from '@cairn/platform/auth/authorizer'
import type { Identities } from '@cairn/platform/auth/identities'
import type { Principal } from '@cairn/platform/auth/principal'
import { invalid } from '@cairn/platform/errors'
import type { JobSettings } from '@cairn/platform/protocol/databricks/jobs'
import type { RunAs, TaskSettings } from '@cairn/platform/protocol/databricks/task-settings'
import { checkVariableSets, checkVariables, variablesOf } from '../flow/environment-variables.js'
import { checkGraph } from '../flow/graph.js'
import { checkPlacement } from '../flow/placement.js'
import { checkReferences, mentionsSecret } from '../flow/references.js'
import type { KindOfTask, TaskRegistry } from '../task-kinds/registry.js'
import { checkTriggers } from '../triggers/check-triggers.js'
import { findById, principalNameOf, type StoredRunAs } from './actor.js'
import { checkEnvironment, checkEnvironments } from './check-environments.js'
import { checkFiles } from './check-files.js'
import { checkDependencies, checkLoop } from './check-flow.js'
import { requireSmallParameters } from './parameter-size.js'

/**
 * @param now milliseconds since the epoch: a schedule needs a time in the future
 * @throws INVALID_PARAMETER_VALUE for settings that can never run, naming the task
 */
export function checkSettings(settings: JobSettings, registry: TaskRegistry, now: number): void {
  checkTriggers(settings, now)
  checkParameters(settings)
  checkRunAs('run_as', settings.run_as)
  const tasks = settings.tasks ?? []
  if (tasks.length === 0) throw invalid('tasks: a job needs at least one task.')
  checkGraph(tasks)
  checkEnvironments(settings)
  checkVariableSets(settings)
  checkFiles(settings)
  for (const task of tasks) {
    checkTask(settings, task, registry)
    checkDependencies(task, tasks)
    if (!task.for_each_task) continue
    checkLoop(task, tasks)
    checkTask(settings, task.for_each_task.task, registry)
  }
}

function checkParameters({ parameters = [] }: JobSettings) {
  const defaults: Record<string, string> = {}
  for (const { name, default: value } of parameters) {
    if (Object.hasOwn(defaults, name)) throw invalid(`parameters: '${name}' is defined twice.`)
    defaults[name] = value
  }
  requireSmallParameters(defaults, 'parameters')
}

function checkTask(job: JobSettings, task: TaskSettings, registry: TaskRegistry) {
  const { task_key } = task
  const found = registry.get(task)
  checkRunAs(`tasks: '${task_key}': run_as`, task.run_as)
  checkEnvironment(job, task)
  checkVariables(job, task)
  checkPlacement(task)
  checkCache(job, task, found)
  checkReferences(job, task, found)
  found.kind.check(found.settings, { job, task, where: `tasks: '${task_key}': ${found.kind.name}` })
}

function checkCache(job: JobSettings, task: TaskSettings, { kind, settings }: KindOfTask) {
  const { task_key, cache } = task
  if (cache?.enabled && mentionsSecret([settings, variablesOf(job, task)]))
    throw invalid(`tasks: '${task_key}': cache: a task that reads secrets runs each time.`)
  const table = cache?.tables?.find((name) => !/^[^.{]+(\.[^.{]+){2}$/.test(name))
  if (table !== undefined)
    throw invalid(`tasks: '${task_key}': cache.tables: '${table.slice(0, 100)}' is not catalog.schema.table.`)
  if (cache?.enabled && kind.code?.(settings) === undefined)
    throw invalid(
      `tasks: '${task_key}': cache: a task with ${kind.name} has effects besides its values, so it runs each time.`,
    )
}

function checkRunAs(field: string, runAs: RunAs | undefined) {
  if (runAs && (runAs.user_name === undefined) === (runAs.service_principal_name === undefined))
    throw invalid(`${field}: pass either user_name or service_principal_name.`)
}

/**
 * Prevents impersonation through jobs. Principals are compared by id, because another one may have the name of a renamed
 * one.
 *
 * @param settings as they are stored, with ids
 * @param creatorId the principal that tasks without `run_as` act as; null for a deleted one
 * @throws PERMISSION_DENIED when the settings name another principal and `principal` may not manage identities, or one that
 * administers the workspace and `principal` does not
 */
export async function requireRunAs(
  settings: JobSettings,
  creatorId: string | null,
  principal: Principal,
  { authorizer, identities, note }: RunAsChecks,
): Promise<void> {
  const named = [settings.run_as, ...(settings.tasks ?? []).map((task) => task.run_as)]
  const impersonated = new Set<string>()
  for (const runAs of named as (StoredRunAs | undefined)[]) {
    const name = principalNameOf(runAs)
    if (name === undefined) continue
    const id = runAs?.principal_id ?? (await identities.find(name))?.id
    impersonated.add(id ?? '')
  }
  if (principalNameOf(settings.run_as) === undefined) impersonated.add(creatorId ?? '')
  impersonated.delete(principal.id)
  if (impersonated.size === 0) return
  await authorizer.require(principal, 'MANAGE IDENTITIES', authorizer.metastore, note)
  for (const id of impersonated) {
    const target = await findById(id, { identities })
    if (target) await requireAuthorityOver(authorizer, principal, target)
  }
}

interface RunAsChecks {
  readonly authorizer: Authorizer
  readonly identities: Identities
  readonly note: NoteDecision
}
