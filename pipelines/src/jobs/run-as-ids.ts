import type { Identities } from '@cairn/platform/auth/identities'
import type { JobSettings } from '@cairn/platform/protocol/databricks/jobs'
import type { RunAs, TaskSettings } from '@cairn/platform/protocol/databricks/task-settings'
import { principalNameOf, type StoredRunAs } from './actor.js'

/** The ids of the principals that settings name in `run_as`, by name; unknown names are absent. */
export async function runAsIds(
  { run_as, tasks = [] }: JobSettings,
  identities: Identities,
): Promise<ReadonlyMap<string, string>> {
  const ids = new Map<string, string>()
  for (const name of new Set([run_as, ...tasks.map((task) => task.run_as)].map(principalNameOf))) {
    const principal = name === undefined ? undefined : await identities.find(name)
    if (principal) ids.set(name!, principal.id)
  }
  return ids
}

/**
 * Settings as they are stored: with ids, because another principal may get the name of a deleted or renamed one. An id that is
 * stored already stays.
 */
export const withIds = (settings: JobSettings, ids: ReadonlyMap<string, string>): JobSettings =>
  changeRunAs(settings, (runAs: StoredRunAs): StoredRunAs => {
    const principal_id = runAs.principal_id ?? ids.get(principalNameOf(runAs) ?? '')
    return { ...namesOf(runAs), ...(principal_id !== undefined && { principal_id }) }
  })

/** Removes the ids: clients neither see nor choose them. */
export const withoutIds = (settings: JobSettings): JobSettings => changeRunAs(settings, namesOf)

/** Removes the id from a task. */
export const withoutPrincipalId = (task: TaskSettings): TaskSettings =>
  task.run_as ? { ...task, run_as: namesOf(task.run_as) } : task

/** A key to compare which principals settings run as. */
export const runAsOf = ({ run_as, tasks = [] }: JobSettings): string =>
  JSON.stringify([run_as, tasks.map((task) => [task.task_key, task.run_as])])

const namesOf = ({ user_name, service_principal_name }: RunAs): RunAs => ({
  ...(user_name !== undefined && { user_name }),
  ...(service_principal_name !== undefined && { service_principal_name }),
})

const changeRunAs = (settings: JobSettings, change: (runAs: RunAs) => RunAs): JobSettings => ({
  ...settings,
  ...(settings.run_as && { run_as: change(settings.run_as) }),
  ...(settings.tasks && {
    tasks: settings.tasks.map((task) => (task.run_as ? { ...task, run_as: change(task.run_as) } : task)),
  }),
})
