import { invalid } from '@cairn/platform/errors'
import type { ServiceContext } from '@cairn/platform/service-context'
import type { AttemptKey, Attempts } from '../engine/attempts.js'
import { isLocalPath, type LocalFile, openLocalFile } from '../files/sources.js'
import { jobOf, settingsOf } from '../flow/run-rows.js'
import { findActor } from '../jobs/actor.js'
import type { TaskRegistry } from '../task-kinds/registry.js'

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
   * Opens a file below the import folders; or, for the owner alone on a machine, any file that the task runs or installs.
   *
   * @throws PERMISSION_DENIED, RESOURCE_DOES_NOT_EXIST or INVALID_PARAMETER_VALUE as for a task of the server
   */
  async open(key: AttemptKey, path: string): Promise<LocalFile> {
    if (!isLocalPath(path)) throw invalid(`path: '${path}' is not a file:/ path of the server.`)
    const { context, attempts, registry } = this.#options
    const claimed = await attempts.read(key)
    const task = settingsOf(claimed.run, claimed.task)
    const principal = await findActor(claimed.run, task, context)
    const { kind, settings } = registry.get(task)
    const { environments } = jobOf(claimed.run)
    // Unresolved settings: parameters and values of other tasks must not choose files of the server.
    const isNamed = names([kind.code?.(settings), task.libraries, environments], path)
    return openLocalFile(path, { writer: isNamed ? claimed.run.writer_id : null, principal }, context.config)
  }
}

/** Returns whether a string inside `value` is the path. */
function names(value: unknown, path: string): boolean {
  if (typeof value !== 'object' || value === null) return value === path
  return Object.values(value).some((item) => names(item, path))
}
