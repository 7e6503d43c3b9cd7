// Runs job.json with the files beside it, and prints what its tasks print.
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

// biome-ignore lint/style/noProcessEnv: the variables of MLflow's clients
const { MLFLOW_TRACKING_URI: server = 'http://127.0.0.1:5000', MLFLOW_TRACKING_TOKEN: token } = process.env

const read = (name) => readFile(new URL(name, import.meta.url), 'utf8')

async function call(path, body) {
  const response = await fetch(`${server}/api/2.2/jobs/runs/${path}`, {
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  })
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.message)
  return answer
}

const job = JSON.parse(await read('job.json'))
const names = ['prepare.py', 'train.ts', 'report.sh']
const files = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await read(name)])))
const { run_id } = await call('submit', { ...job, files })

let run
do {
  await sleep(300)
  run = await call(`get?run_id=${run_id}`)
} while (run.state.life_cycle_state !== 'TERMINATED')
for (const task of run.tasks) {
  const { logs, error } = await call(`get-output?run_id=${task.run_id}`)
  process.stdout.write(`--- ${task.task_key}: ${task.state.result_state}\n${logs || error || ''}\n`)
}
process.stdout.write(`--- ${run.state.result_state}\n`)
process.exitCode = run.state.result_state === 'SUCCESS' ? 0 : 1
