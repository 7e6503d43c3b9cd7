/**
 * Open Inference Protocol: queries of one row of four 32-bit floats on Cairn, with a token, and on MLServer, in alternating rounds.
 *
 * npm run bench -- open-inference --python VENV/bin/python --mlserver VENV/bin/mlserver [--rounds 3] [--seconds 5]
 */
import { execFileSync } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { currentConditions, recordResult } from './record.js'
import { freshFolder } from './servers.js'
import { load } from './serving/load.js'
import { startMlserver } from './serving/mlserver.js'
import { openInference, type ServingPeer, startCairnServing } from './serving/peers.js'

const { values: flags } = parseArgs({
  options: {
    python: { type: 'string' },
    mlserver: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
  },
})

const FEATURES = 4
const TREES = 100
const DEPTH = 6
const CLIENTS = [1, 16, 300]
const WARM_UP_SECONDS = 2
const BODY = JSON.stringify({
  inputs: [{ name: 'x', shape: [1, FEATURES], datatype: 'FP32', data: [0.1, 0.2, 0.3, 0.4] }],
})

interface Row {
  readonly peer: string
  readonly clients: number
  readonly requestsPerSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  /** Processor time of the server per request. */
  readonly cpuMicros: number
}

async function measure(peer: ServingPeer, clients: number): Promise<Row> {
  const target = { ...peer.target, body: BODY }
  await load(target, clients, WARM_UP_SECONDS)
  const before = peer.cpuSeconds()
  const { requests, statuses, ...times } = await load(target, clients, Number(flags.seconds))
  const failed = Object.keys(statuses).filter((status) => status !== '200')
  if (failed.length > 0) throw new Error(`${peer.name} answered ${failed}`)
  return { peer: peer.name, clients, ...times, cpuMicros: ((peer.cpuSeconds() - before) / requests) * 1e6 }
}

/** The round with the highest rate of each peer and number of clients. */
function bestRounds(rows: readonly Row[]): Row[] {
  const best = new Map<string, Row>()
  for (const row of rows) {
    const key = `${row.clients} ${row.peer}`
    if (row.requestsPerSecond > (best.get(key)?.requestsPerSecond ?? 0)) best.set(key, row)
  }
  return [...best.values()]
}

function writeResult(measured: readonly Row[]) {
  const conditions = currentConditions('open-inference')
  const rows = bestRounds(measured)
  const ratio = (clients: number) => {
    const rate = (peer: string) =>
      rows.find((row) => row.peer === peer && row.clients === clients)!.requestsPerSecond
    return rate('Cairn') / rate('MLServer')
  }
  const lines = rows.map(
    ({ clients, peer, requestsPerSecond, p50, p99, cpuMicros }) =>
      `| ${clients} | ${peer} | ${requestsPerSecond.toFixed(0)} | ${p50.toFixed(2)} | ${p99.toFixed(2)} | ${cpuMicros.toFixed(0)} |`,
  )
  const page = `# Open Inference Protocol, ${conditions.date}

${conditions.machine}, commit ${conditions.commit}. \`${conditions.command}\`

One row of ${FEATURES} features, ${TREES} trees of depth ${DEPTH}. Of alternating rounds, the fastest. Servers and clients share the machine.
Cairn checks a token.

| clients | server | requests/s | p50 ms | p99 ms | CPU µs per request |
|---|---|---|---|---|---|
${lines.join('\n')}

Rate of Cairn: ${CLIENTS.map((clients) => `${ratio(clients).toFixed(1)}× with ${clients} client${clients === 1 ? '' : 's'}`).join(', ')}.
`
  const headline = `${ratio(16).toFixed(1)}× the rate of MLServer with 16 clients`
  recordResult({ ...conditions, name: 'open-inference', headline, page, data: { measured } })
}

async function main(python: string, mlserver: string): Promise<void> {
  const parent = freshFolder()
  const folder = join(parent, 'model')
  const script = new URL('./serving/model.py', import.meta.url).pathname
  execFileSync(python, [script, folder, `${TREES}`, `${DEPTH}`, `${FEATURES}`, 'tensor'], {
    stdio: 'inherit',
  })
  const peers = [openInference(await startCairnServing(folder)), await startMlserver(mlserver, folder)]
  const rows: Row[] = []
  try {
    for (let round = 0; round < Number(flags.rounds); round++)
      for (const clients of CLIENTS) for (const peer of peers) rows.push(await measure(peer, clients))
  } finally {
    for (const peer of peers) await peer.stop()
    await rm(parent, { recursive: true, force: true })
  }
  writeResult(rows)
}

if (!flags.python || !flags.mlserver)
  throw new Error(
    'Name a Python that has mlflow and xgboost, and an MLServer that has mlserver-xgboost: --python VENV/bin/python --mlserver VENV/bin/mlserver',
  )
await main(flags.python, flags.mlserver)
