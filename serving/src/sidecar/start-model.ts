import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { needsPython } from '@cairn/flavors/load'
import { readMlmodel } from '@cairn/flavors/mlmodel/mlmodel'
import type { Config } from '@cairn/platform/config'
import { ApiError } from '@cairn/platform/errors'
import { childEnvironment } from '@cairn/platform/processes/environment'
import { ProcessUsers } from '@cairn/platform/processes/process-users'
import { type EnvironmentLease, PythonEnvironments } from '@cairn/platform/processes/python-environments'
import { runTool } from '@cairn/platform/processes/run-tool'
import { openPassage, shareFolder } from '@cairn/platform/processes/share-folders'
import { type UnprivilegedUser, unprivilegedUser } from '@cairn/platform/processes/unprivileged-user'
import { workRoot } from '@cairn/platform/processes/work-root'
import type { LoadListener } from '../runtime/load-listener.js'
import type { CachedModel } from '../runtime/model-cache.js'
import type { ModelFiles, StartModel } from '../runtime/model-pool.js'
import { ModelThread } from '../runtime/model-thread.js'
import type { QueueLimits } from '../runtime/request-queue.js'
import { acquireModelEnvironment } from './model-environment.js'
import { PythonHost } from './python-host.js'
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
    if (!python || !needsPython(await readMlmodel(model.folder))) {
      if (model.variables)
        throw new ApiError('INVALID_STATE', 'environment_vars are only for models that run in Python.')
      return ModelThread.start(model.folder, limits)
    }
    const delay = Math.ceil(restarts.delayOf(model.digest) / 1000)
    if (delay > 0)
      throw new ApiError('INVALID_STATE', `The model has failed repeatedly; it is restarted in ${delay} s.`)
    return startInPython({ model, python, listener, restarts, limits })
  }
}

interface StartOptions {
  readonly model: ModelFiles
  readonly python: PythonModels
  readonly listener: LoadListener
  readonly restarts: RestartTimes
  readonly limits: Partial<QueueLimits> | undefined
}

async function startInPython({
  model,
  python,
  listener,
  restarts,
  limits,
}: StartOptions): Promise<PythonHost> {
  const { folder, digest } = model
  const { signature } = await readMlmodel(folder)
  if (python.user) await grantRead(python.user, folder, python.data)
  const environment = await environmentOf(model, python, listener)
  try {
    if (python.user) await requireReadable(python.user, environment.interpreter, folder)
    await listener.onStep('Starting a Python process for the model.')
    const example = join(folder, 'serving_input_example.json')
    return await PythonHost.start({
      interpreter: environment.interpreter,
      folder,
      example: existsSync(example) ? example : undefined,
      memoryBytes: python.memoryBytes,
      user: python.user,
      variables: model.variables,
      description: { flavor: 'python_function', ...(signature && { signature }) },
      onLine: (line) => listener.onLine(line),
      onEnd: (uptimeMs) => {
        environment.release()
        if (uptimeMs !== undefined) restarts.recordCrash(digest, uptimeMs)
      },
      limits,
    })
  } catch (error) {
    environment.release()
    throw error
  }
}

async function environmentOf(
  model: Omit<CachedModel, 'bytes'>,
  { interpreter, environments }: PythonModels,
  listener: LoadListener,
): Promise<EnvironmentLease> {
  if (interpreter === undefined) return acquireModelEnvironment(environments, model, listener)
  return { interpreter, release: () => undefined }
}

/** Lets the user traverse the data folder to the caches, and read the model. */
async function grantRead(user: UnprivilegedUser, folder: string, data: string): Promise<void> {
  for (const cache of ['models', 'python', 'python-interpreters'])
    await openPassage(data, join(data, 'cache', cache), user)
  await shareFolder(folder, user)
}

/** Python's own error would not name the path. */
async function requireReadable(user: UnprivilegedUser, interpreter: string, folder: string): Promise<void> {
  const options = { cwd: '/', env: childEnvironment('/nonexistent'), user }
  for (const [flag, path] of [
    ['-x', interpreter],
    ['-r', join(folder, 'MLmodel')],
  ] as const)
    await runTool('test', [flag, path], options).catch((cause) => {
      throw new ApiError(
        'INVALID_STATE',
        `The user with the id ${user.uid}, which runs Python models, cannot access '${path}': make its folders accessible, or set another user in CAIRN_PYTHON_USER.`,
        { cause },
      )
    })
}
