import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { needsPython as onlyPythonLoads } from '@cairn/flavors/load'
import { readMlmodel } from '@cairn/flavors/mlmodel/mlmodel'
import { ApiError } from '@cairn/platform/errors'
import { childEnvironment } from '@cairn/platform/processes/environment'
import type { EnvironmentLease } from '@cairn/platform/processes/python-environments'
import { runTool } from '@cairn/platform/processes/run-tool'
import { openPassage, shareFolder } from '@cairn/platform/processes/share-folders'
import type { UnprivilegedUser } from '@cairn/platform/processes/unprivileged-user'
import type { LoadListener } from '../runtime/load-listener.js'
import type { CachedModel } from '../runtime/model-cache.js'
import type { ModelFiles } from '../runtime/model-pool.js'
import type { QueueLimits } from '../runtime/request-queue.js'
import { acquireModelEnvironment } from './model-environment.js'
import { PythonHost } from './python-host.js'
import type { RestartTimes } from './restart-times.js'
import type { PythonModels } from './start-model.js'

/** Returns whether no flavor of the model in a folder can be loaded without Python. */
export const needsPython = async (folder: string): Promise<boolean> =>
  onlyPythonLoads(await readMlmodel(folder))

interface StartOptions {
  readonly model: ModelFiles
  readonly python: PythonModels
  readonly listener: LoadListener
  readonly restarts: RestartTimes
  readonly limits: Partial<QueueLimits> | undefined
}

/** @throws INVALID_STATE if the user of Python models cannot read the interpreter or the model */
export async function startInPython({
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
