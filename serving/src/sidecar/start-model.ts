import { join } from 'node:path'
import type { Config } from '@cairn/platform/config'
import { ApiError } from '@cairn/platform/errors'
import { ProcessUsers } from '@cairn/platform/processes/process-users'
import { PythonEnvironments } from '@cairn/platform/processes/python-environments'
import { type UnprivilegedUser, unprivilegedUser } from '@cairn/platform/processes/unprivileged-user'
import { workRoot } from '@cairn/platform/processes/work-root'
import type { StartModel } from '../runtime/model-pool.js'
import { ModelThread } from '../runtime/model-thread.js'
import type { QueueLimits } from '../runtime/request-queue.js'
import { RestartTimes } from './restart-times.js'

/** How models that only Python can load are served. */
export interface PythonModels {
  readonly environments: PythonEnvironments
  /** Used for all models; undefined to restore the environment of each. */
  readonly interpreter: string | undefined
  readonly user: UnprivilegedUser | undefined
  readonly memoryBytes: number
  /** The data folder, which only the server can read. */
  readonly data: string
}

/** Undefined when the setting is off. @throws INVALID_PARAMETER_VALUE for an unknown user */
export function pythonModels(
  config: Pick<Config, 'data' | 'python_models' | 'python_user' | 'python_memory' | 'task_users'>,
): PythonModels | undefined {
  const setting = config.python_models.trim()
  if (/^(|off|false|0)$/i.test(setting)) return undefined
  const user = unprivilegedUser(config.python_user)
  return {
    environments: new PythonEnvironments(
      join(config.data, 'cache', 'python'),
      user && { users: new ProcessUsers(config.task_users, workRoot(config.data)), gid: user.gid },
    ),
    interpreter: /^(on|true|1)$/i.test(setting) ? undefined : setting,
    user,
    memoryBytes: config.python_memory * 1024 ** 2,
    data: config.data,
  }
}

/** Starts models in threads, and those that need Python in separate processes if `python` is set. */
export function modelStarter(python: PythonModels | undefined, limits?: Partial<QueueLimits>): StartModel {
  const restarts = new RestartTimes()
  return async (model, listener) => {
    // Imported on demand: the formats of models are large, and threads load the models of this process.
    const inPython = python && (await import('./start-in-python.js'))
    if (!inPython || !(await inPython.needsPython(model.folder))) {
      if (model.variables)
        throw new ApiError('INVALID_STATE', 'environment_vars are only for models that run in Python.')
      return ModelThread.start(model.folder, limits)
    }
    const delay = Math.ceil(restarts.delayOf(model.digest) / 1000)
    if (delay > 0)
      throw new ApiError('INVALID_STATE', `The model has failed repeatedly; it is restarted in ${delay} s.`)
    return inPython.startInPython({ model, python, listener, restarts, limits })
  }
}
