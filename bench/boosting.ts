/**
 * Our boosting against XGBoost's library on the same rows, bins, depth and threads.
 *
 * npm run bench -- boosting --python VENV/bin/python [--rows 1000000] [--trees 40] [--threads 1,2]
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { XgboostScorer } from '@cairn/flavors/xgboost/scorer'
import type { BoosterData } from '@cairn/recommenders/boosting/booster-data'
import { metricOf } from '@cairn/recommenders/boosting/metrics'
import { resolveBoosterParams } from '@cairn/recommenders/boosting/parameters'
import { trainBooster } from '@cairn/recommenders/boosting/train'
import { defaultThreads } from '@cairn/recommenders/numeric/worker-pool'
import { type BoostingTask, logisticTask, rankingTask } from './boosting/data.js'
import { type BoostingResult, writeResult } from './boosting/result.js'

const { values: flags } = parseArgs({
  options: {
    python: { type: 'string' },
    rows: { type: 'string', default: '1000000' },
    features: { type: 'string', default: '20' },
    groups: { type: 'string', default: '4500' },
    trees: { type: 'string', default: '40' },
    threads: { type: 'string', default: [...new Set([1, defaultThreads()])].join(',') },
  },
})

/** Writes the files that the peer reads. */
async function writeTask({ params, train, test }: BoostingTask, folder: string): Promise<void> {
  for (const [name, { rows, labels }] of Object.entries({ train, test })) {
    await writeFile(
      join(folder, `${name}.rows`),
      new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength),
    )
    await writeFile(join(folder, `${name}.labels`), new Uint8Array(Float32Array.from(labels).buffer))
  }
  const groups = { train: Array.from(train.groups ?? []), test: Array.from(test.groups ?? []) }
  await writeFile(join(folder, 'task.json'), JSON.stringify({ params, groups, features: train.features }))
}

class Peer {
  readonly #child: ChildProcess
  readonly #lines: AsyncIterator<string>

  constructor(python: string, folder: string, threads: number) {
    const script = new URL('./boosting/xgboost-peer.py', import.meta.url).pathname
    const env = { ...process.env, OMP_WAIT_POLICY: 'passive' }
    this.#child = spawn(python, [script, folder, String(threads)], {
      env,
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]()
  }

  async receive<Message>(): Promise<Message> {
    const { value, done } = await this.#lines.next()
    if (done) throw new Error('The peer exited early')
    return JSON.parse(value)
  }

  send(line: string): void {
    this.#child.stdin!.write(`${line}\n`)
  }
}

const processor = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

async function compare(task: BoostingTask, folder: string, threads: number): Promise<BoostingResult> {
  const peer = new Peer(flags.python!, folder, threads)
  const { version } = await peer.receive<{ version: string }>()
  const cairn = { wall: [] as number[], processor: [] as number[] }
  const xgboost = { wall: [] as number[], processor: [] as number[] }
  let used = processor()
  const params = { ...task.params, num_boost_round: Number(flags.trees) }
  const model = await trainBooster(task.train, params, {
    threads,
    onTree: async ({ seconds }) => {
      cairn.wall.push(seconds)
      cairn.processor.push(processor() - used)
      peer.send('tree')
      const theirs = await peer.receive<{ seconds: number; processor: number }>()
      xgboost.wall.push(theirs.seconds)
      xgboost.processor.push(theirs.processor)
      used = processor()
    },
  })
  peer.send('end')
  const { metric } = await peer.receive<{ metric: number }>()
  const score = scoreOf(new XgboostScorer(model).margins(task.test.rows), task)
  return {
    task: task.name,
    threads,
    metric: task.params.eval_metric!,
    cairn: { ...cairn, score },
    xgboost: { ...xgboost, score: metric, version },
  }
}

function scoreOf(margins: Float32Array, { params, test }: BoostingTask): number {
  const complete = resolveBoosterParams(params)
  const labels = Float32Array.from(test.labels)
  const offsets = startsOf(test)
  return metricOf(complete).of({
    params: complete,
    margins,
    labels,
    offsets,
    weights: undefined,
    stride: labels.length,
  })
}

function startsOf({ groups }: BoosterData): Int32Array {
  let at = 0
  return Int32Array.from([0, ...Array.from(groups ?? [])], (size) => (at += size))
}

if (!flags.python) throw new Error('Name a Python that has xgboost: --python VENV/bin/python')
const results: BoostingResult[] = []
for (const make of [
  () => logisticTask(Number(flags.rows), Number(flags.features)),
  () => rankingTask(Number(flags.groups), 12),
]) {
  const folder = await mkdtemp(join(tmpdir(), 'bench-boosting-'))
  try {
    const task = make()
    await writeTask(task, folder)
    for (const threads of flags.threads.split(',').map(Number))
      results.push(await compare(task, folder, threads))
  } finally {
    await rm(folder, { recursive: true })
  }
}
writeResult(results)
