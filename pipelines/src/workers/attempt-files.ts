import { invalid } from '@cairn/platform/errors'
import type { JobSettings } from '@cairn/platform/protocol/jobs'
import type { ServiceContext } from '@cairn/platform/service-context'
import { findActor } from '../engine/actor.js'
import { resolvedSettings } from '../engine/assignment.js'
import type { AttemptKey, Attempts } from '../engine/attempts.js'
import type { TaskRegistry } from '../engine/registry.js'
import { settingsOf } from '../engine/run-rows.js'
import { createLookup, valuesByTask } from '../engine/run-values.js'
import { isLocalPath, type LocalFile, openLocalFile } from '../files/sources.js'

interface AttemptFilesOptions {
  readonly context: ServiceContext
  readonly attempts: Attempts
  readonly registry: TaskRegistry
}

/** Files of the server for workers over HTTP. */
export class AttemptFiles {
  readonly #options: AttemptFilesOptions

  constructor(options: AttemptFilesOptions) {
    this.#options = options
  }

  /**
   * Opens a file below the import folders; or, for the owner alone on a machine, any file that the settings of the task name.
   *
   * @throws PERMISSION_DENIED, RESOURCE_DOES_NOT_EXIST or INVALID_PARAMETER_VALUE as for a task of the server
   */
  async open(key: AttemptKey, path: string): Promise<LocalFile> {
    if (!isLocalPath(path)) throw invalid(`path: '${path}' is not a file:/ path of the server.`)
    const { context, attempts, registry } = this.#options
    const claimed = await attempts.read(key)
    const task = settingsOf(claimed.run, claimed.task)
    const principal = await findActor(claimed.run, task, context)
    const lookup = createLookup(claimed, valuesByTask(claimed.outputs))
    // No secret is part of a path.
    const settings = resolvedSettings(registry.get(task), (name) =>
      name.startsWith('secrets/') ? '' : lookup(name),
    )
    const { environments } = JSON.parse(claimed.run.settings) as JobSettings
    const isNamed = names([settings, task.libraries, environments], path)
    return openLocalFile(path, { writer: isNamed ? claimed.run.writer_id : null, principal }, context.config)
  }
}

/** Whether a string inside `value` is the path. */
function names(value: unknown, path: string): boolean {
  if (typeof value !== 'object' || value === null) return value === path
  return Object.values(value).some((item) => names(item, path))
}
