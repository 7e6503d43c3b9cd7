/**
 * Queries of an XGBoost model with a token on Cairn and `mlflow models serve`, in alternating rounds. Two bare Fastify handlers show
 * the minimum cost: one answers a constant, the other calls the model in a thread.
 *
 * npm run bench -- serving --python VENV/bin/python [--rounds 3] [--seconds 5] [--overload 30]
 */
import { execFileSync } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { freshFolder } from './servers.js'
import { load } from './serving/load.js'
import { type Overload, overload } from './serving/overload.js'
import {
  type ServingPeer,
  startCairnServing,
  startFloor,
  startMlflowServing,
  startThreadFloor,
} from './serving/peers.js'
import { type MeasuredWork, writeResult } from './serving/result.js'

const { values: flags } = parseArgs({
  options: {
    python: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    overload: { type: 'string', default: '30' },
    trees: { type: 'string', default: '300' },
    depth: { type: 'string', default: '6' },
    features: { type: 'string', default: '20' },
  },
})

/** The workloads of a round: rows in a request, and concurrent clients. */
const WORKLOADS = [
  { rows: 1, clients: 1 },
  { rows: 1, clients: 16 },
  { rows: 64, clients: 16 },
] as const
const WARM_UP_SECONDS = 2
/** Each request computes for some 40 ms. */
const OVERLOAD_ROWS = 2_000

function bodyOf(rows: number): string {
  const columns = Array.from({ length: Number(flags.features) }, (_, n) => `f${n}`)
  const data = Array.from({ length: rows }, (_, row) =>
    columns.map((_, column) => Number(Math.sin(row * 31 + column).toFixed(4))),
  )
  return JSON.stringify({ dataframe_split: { columns, data } })
}

async function measure(peer: ServingPeer, work: (typeof WORKLOADS)[number]): Promise<MeasuredWork> {
  const target = { ...peer.target, body: bodyOf(work.rows) }
  await load(target, work.clients, WARM_UP_SECONDS)
  const before = peer.cpuSeconds()
  const result = await load(target, work.clients, Number(flags.seconds))
  const failed = Object.keys(result.statuses).filter((status) => status !== '200')
  if (failed.length > 0) throw new Error(`${peer.name} answered ${failed}`)
  const cpuMicros = ((peer.cpuSeconds() - before) / result.requests) * 1e6
  const { requestsPerSecond, p50, p99 } = result
  return { peer: peer.name, ...work, requestsPerSecond, p50, p99, cpuMicros }
}

async function main(python: string): Promise<void> {
  const folder = join(freshFolder(), 'model')
  const script = new URL('./serving/model.py', import.meta.url).pathname
  execFileSync(python, [script, folder, flags.trees, flags.depth, flags.features], { stdio: 'inherit' })
  const peers = [
    await startFloor(),
    await startThreadFloor(folder),
    await startCairnServing(folder),
    await startMlflowServing(python, folder),
  ]
  const measured: MeasuredWork[] = []
  let overloaded: Overload
  try {
    for (let round = 0; round < Number(flags.rounds); round++)
      for (const work of WORKLOADS) for (const peer of peers) measured.push(await measure(peer, work))
    const cairn = peers.find(({ name }) => name === 'Cairn')!
    const target = { ...cairn.target, body: bodyOf(OVERLOAD_ROWS) }
    overloaded = await overload(cairn.url, target, Number(flags.overload))
  } finally {
    for (const peer of peers) await peer.stop()
    await rm(join(folder, '..'), { recursive: true, force: true })
  }
  const { python: _, ...settings } = flags
  writeResult(settings, measured, overloaded)
}

if (!flags.python) throw new Error('Name a Python that has mlflow and xgboost: --python VENV/bin/python')
await main(flags.python)
