/**
 * Measures the first answer of an endpoint that is scaled to zero and the load of its model alone, and the memory of one endpoint
 * and of six that serve the same version.
 *
 * npm run bench -- endpoints --python VENV/bin/python [--rounds 5]
 */
import { execFileSync } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { median } from './median.js'
import { currentConditions, recordResult } from './record.js'
import { freshFolder } from './servers.js'
import { type ServingPeer, startCairnServing, startMlflowServing } from './serving/peers.js'

const { values: flags } = parseArgs({
  options: { python: { type: 'string' }, rounds: { type: 'string', default: '5' } },
})

const FEATURES = 20
const MODEL = ['300', '6', `${FEATURES}`]
const ENDPOINTS = 6
const QUERIES = 300
const RESTING_SECONDS = 20
const IDLE_SECONDS = 2
const BODY = JSON.stringify({
  dataframe_split: {
    columns: Array.from({ length: FEATURES }, (_, n) => `f${n}`),
    data: [Array.from({ length: FEATURES }, (_, n) => n / 10)],
  },
})

/** Milliseconds of one query. */
async function query({ target }: Pick<ServingPeer, 'target'>): Promise<number> {
  const begun = performance.now()
  const headers = { ...target.headers, 'content-type': 'application/json' }
  const response = await fetch(target.url, { method: 'POST', headers, body: BODY })
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`)
  await response.arrayBuffer()
  return performance.now() - begun
}

/** Milliseconds until a new process, without compiled code, has loaded the model. */
function loadAlone(folder: string): number {
  const program = `
    import { loadModel } from '@cairn/flavors/load'
    const begun = performance.now()
    await loadModel(${JSON.stringify(folder)})
    console.log(performance.now() - begun)
    process.exit()`
  const args = ['--input-type=module', '--eval', program]
  const cwd = new URL('.', import.meta.url)
  return Number(execFileSync(process.execPath, args, { cwd, encoding: 'utf8' }))
}

/** The first answers of an endpoint that is scaled to zero, those after them, and the load of the model alone, in milliseconds. */
async function coldStarts(folder: string, rounds: number) {
  process.env.CAIRN_SCALE_TO_ZERO_AFTER = `${IDLE_SECONDS}`
  const cairn = await startCairnServing(folder, { scale_to_zero_enabled: true })
  const measured: { readonly cold: number; readonly warm: number; readonly load: number }[] = []
  try {
    for (let round = 0; round < rounds; round++) {
      await sleep(2 * IDLE_SECONDS * 1000)
      const cold = await query(cairn)
      measured.push({ cold, warm: await query(cairn), load: loadAlone(folder) })
    }
  } finally {
    await cairn.stop()
    delete process.env.CAIRN_SCALE_TO_ZERO_AFTER
  }
  return measured
}

/**
 * Megabytes of a server with one endpoint, and with six of the same version, after the same number of queries. The minimum over some
 * seconds counts, because the heap varies by about 35 MB between two collections.
 */
async function memories(folder: string) {
  const cairn = await startCairnServing(folder)
  const memoryWith = async (targets: readonly ServingPeer['target'][]) => {
    for (let n = 0; n < QUERIES; n++) await query({ target: targets[n % targets.length]! })
    await cairn.atRest()
    let least = cairn.memory()
    for (let second = 0; second < RESTING_SECONDS; second++) {
      await sleep(1000)
      least = Math.min(least, cairn.memory())
    }
    return least
  }
  try {
    const one = await memoryWith([cairn.target])
    const targets = [cairn.target]
    for (let n = 1; n < ENDPOINTS; n++) targets.push(await cairn.serve(`bench-${n}`))
    return { one, six: await memoryWith(targets) }
  } finally {
    await cairn.stop()
  }
}

async function mlflowStart(python: string, folder: string): Promise<number> {
  const mlflow = await startMlflowServing(python, folder)
  await mlflow.stop()
  return mlflow.coldStart
}

async function main(python: string): Promise<void> {
  const parent = freshFolder()
  const folder = join(parent, 'model')
  const script = new URL('./serving/model.py', import.meta.url).pathname
  execFileSync(python, [script, folder, ...MODEL], { stdio: 'inherit' })
  const conditions = currentConditions('endpoints')
  try {
    const starts = await coldStarts(folder, Number(flags.rounds))
    const memory = await memories(folder)
    const mlflow = await mlflowStart(python, folder)
    const [cold, warm, load] = (['cold', 'warm', 'load'] as const).map((key) =>
      median(starts.map((start) => start[key])),
    ) as [number, number, number]
    const above = cold - load
    const ratio = memory.six / memory.one
    const page = `# Endpoints of an XGBoost model, ${conditions.date}

${conditions.machine}, commit ${conditions.commit}. \`${conditions.command}\`

300 trees of depth 6. Medians of ${starts.length} rounds.

| | ms |
|---|---|
| first answer of an endpoint that is scaled to zero | ${cold.toFixed(0)} |
| the answer after it | ${warm.toFixed(1)} |
| load of the model alone, in a new process | ${load.toFixed(0)} |
| the first answer above the load | ${above.toFixed(0)} |
| \`mlflow models serve\`, from its start to its first answer | ${mlflow.toFixed(0)} |

| server with, after ${QUERIES} queries | MB |
|---|---|
| one endpoint | ${memory.one.toFixed(0)} |
| ${ENDPOINTS} endpoints of the same version | ${memory.six.toFixed(0)} (${ratio.toFixed(2)}×) |
`
    const headline = `cold start ${above.toFixed(0)} ms above the model's load; ${ENDPOINTS} endpoints ${ratio.toFixed(2)}× the memory of one`
    recordResult({ ...conditions, name: 'endpoints', headline, page, data: { starts, memory, mlflow } })
  } finally {
    await rm(parent, { recursive: true, force: true })
  }
}

if (!flags.python) throw new Error('Name a Python that has mlflow and xgboost: --python VENV/bin/python')
await main(flags.python)
