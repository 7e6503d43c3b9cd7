// @ts-nocheck: `cairn-tasks` exists in the folder of a task
import { jobParameters, taskValues } from 'cairn-tasks'

// biome-ignore lint/style/noProcessEnv: the server gives tasks these variables
const { MLFLOW_TRACKING_URI, MLFLOW_TRACKING_TOKEN, MLFLOW_EXPERIMENT_ID } = process.env
const call = async (path: string, body: object) => {
  const response = await fetch(`${MLFLOW_TRACKING_URI}/api/2.0/mlflow/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${MLFLOW_TRACKING_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(await response.text())
  return response.json()
}

const mean: number = await taskValues.get('prepare', 'mean')
const { run } = await call('runs/create', { experiment_id: MLFLOW_EXPERIMENT_ID, start_time: Date.now() })
const { run_id } = run.info
await call('runs/log-metric', { run_id, key: 'mean', value: mean, timestamp: Date.now() })
await call('runs/update', { run_id, status: 'FINISHED', end_time: Date.now() })
await taskValues.set('run_id', run_id)
process.stdout.write(`logged the mean of ${jobParameters.rows} rows\n`)
