import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { environment } from '../harness/environment.js'
import { freePort } from '../harness/free-port.js'
import { python } from '../harness/python.js'
import { until } from '../harness/until.js'

/** Starts an MLflow server with one worker on SQLite and a folder; it stops when the test finishes. */
export async function mlflowServer(folder: string): Promise<string> {
  const port = await freePort()
  const store = `sqlite:///${join(folder, 'mlflow.db')}`
  const where = ['--host', '127.0.0.1', '--port', String(port), '--workers', '1']
  const child = spawn(
    join(dirname(python!), 'mlflow'),
    ['server', '--backend-store-uri', store, '--artifacts-destination', join(folder, 'artifacts'), ...where],
    {
      cwd: folder,
      env: environment({ MLFLOW_DISABLE_TELEMETRY: 'true', MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false' }),
      stdio: 'ignore',
      detached: true,
    },
  )
  onTestFinished(() => {
    if (child.pid) process.kill(-child.pid, 'SIGKILL') // including its workers
  })
  const url = `http://127.0.0.1:${port}`
  const isUp = () =>
    fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    )
  await until('the MLflow server is up', isUp, 180_000)
  return url
}
