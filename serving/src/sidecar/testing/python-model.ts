import { execFileSync } from 'node:child_process'
import { newFolder } from '@cairn/platform/testing/folders'

/** A Python with mlflow and scikit-learn. */
export const python = process.env.TEST_PYTHON || undefined

/** Saves models of `models.py` with the official mlflow. @returns the folder that contains them by name */
export function savePythonModels(...names: readonly string[]): string {
  const folder = newFolder()
  const script = new URL('./models.py', import.meta.url).pathname
  const { PATH = '', HOME = '' } = process.env
  const env = { PATH, HOME, MLFLOW_DISABLE_TELEMETRY: 'true', GIT_PYTHON_REFRESH: 'quiet' }
  execFileSync(python!, [script, folder, ...names], { env, stdio: ['ignore', 'ignore', 'pipe'] })
  return folder
}
