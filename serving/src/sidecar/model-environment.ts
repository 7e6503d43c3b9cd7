import { createHash } from 'node:crypto'
import { readPythonEnvironment, resolveRequirements } from '@cairn/flavors/mlmodel/python-environment'
import type { EnvironmentLease, PythonEnvironments } from '@cairn/platform/processes/python-environments'
import type { LoadListener } from '../runtime/load-listener.js'
import type { CachedModel } from '../runtime/model-cache.js'

/**
 * Restores the environment of a model, one for all models with the same version of Python and the same requirements.
 *
 * @throws INVALID_PARAMETER_VALUE without a declared environment, INVALID_STATE when it cannot be restored
 */
export async function acquireModelEnvironment(
  environments: PythonEnvironments,
  { folder, digest }: Omit<CachedModel, 'bytes'>,
  listener: LoadListener,
): Promise<EnvironmentLease> {
  const environment = await readPythonEnvironment(folder)
  const key = environment.hasLocalFiles ? sha256(environment.digest + digest) : environment.digest
  const requirements = resolveRequirements(environment, folder)
  return environments.acquire({ key, python: environment.python, requirements, folder }, listener)
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
