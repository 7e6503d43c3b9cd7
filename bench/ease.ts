/**
 * EASE against numpy on the same fold with the same number of threads, in alternating rounds: counting pairs, inverting, weights.
 * On a busy machine, compare processor time.
 *
 * npm run bench -- ease --data PATH [--python VENV/bin/python] [--threads 2] [--rounds 5]
 */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import type { MeasurementConditions } from '@cairn/platform/statistics/measurement-conditions'
import { evaluate } from '@cairn/recommenders/evaluation/evaluate'
import { getProtocol } from '@cairn/recommenders/evaluation/protocol'
import { describeSplit, type Split, split } from '@cairn/recommenders/evaluation/splits/split'
import { ease } from '@cairn/recommenders/models/ease/recipe'
import { defaultThreads } from '@cairn/recommenders/numeric/worker-pool'
import { readEvents, writeFold } from './ials/data.js'
import { median } from './median.js'
import { currentConditions, recordResult } from './record.js'

const { values: flags } = parseArgs({
  options: {
    data: { type: 'string' },
    python: { type: 'string' },
    threads: { type: 'string', default: String(defaultThreads()) },
    rounds: { type: 'string', default: '5' },
    regularization: { type: 'string', default: '200' },
  },
})
const protocol = getProtocol('loo.full.seenfiltered.v1')
const threads = Number(flags.threads)
const regularization = Number(flags.regularization)

interface Round {
  readonly seconds: number
  readonly cpu_seconds: number
  readonly hit_rate: number
  readonly ndcg: number
}

async function ours(parts: Split, weights_per_item: number): Promise<Round> {
  const before = process.cpuUsage()
  const started = performance.now()
  const model = await ease.fit(parts.test, { regularization, weights_per_item }, { threads })
  const seconds = (performance.now() - started) / 1000
  const { user, system } = process.cpuUsage(before)
  const { metrics } = (await evaluate(model, parts, protocol)).summary
  return { seconds, cpu_seconds: (user + system) / 1e6, hit_rate: metrics.hit_rate, ndcg: metrics.ndcg }
}

async function numpy(python: string, folder: string, dtype: string): Promise<Round & { version: string }> {
  const { OPENBLAS_CORETYPE: _, ...env } = process.env
  const args = [new URL('./ease-numpy.py', import.meta.url).pathname, folder, flags.regularization, dtype]
  const { stdout } = await promisify(execFile)(python, args, {
    env: { ...env, OPENBLAS_NUM_THREADS: String(threads) },
  })
  return JSON.parse(stdout)
}

type Rounds = Record<string, Round[]>

async function measure(parts: Split, folder: string): Promise<Rounds> {
  const rounds: Rounds = {}
  const add = (name: string, round: Round) => {
    rounds[name] = [...(rounds[name] ?? []), round]
  }
  for (let round = 0; round < Number(flags.rounds); round++) {
    add('Cairn, all weights', await ours(parts, 0))
    for (const dtype of flags.python ? ['float32', 'float64'] : []) {
      const { version, ...figures } = await numpy(flags.python!, folder, dtype)
      add(`numpy ${version}, ${dtype}`, figures)
    }
    add('Cairn, 1000 weights per item', await ours(parts, 1000))
  }
  return rounds
}

const medianOf = (field: keyof Round, all: Round[]) => median(all.map((round) => round[field]))

/** Ratio to numpy with float32, where numpy was measured. */
function ratioTo(rounds: Rounds, field: keyof Round, all: Round[]): string {
  const peer = Object.entries(rounds).find(([name]) => name.includes('float32'))?.[1]
  return peer ? `${(medianOf(field, all) / medianOf(field, peer)).toFixed(2)}×` : '–'
}

function render(name: string, rounds: Rounds, conditions: MeasurementConditions) {
  const rows = Object.entries(rounds).map(
    ([side, all]) =>
      `| ${side} | ${medianOf('seconds', all).toFixed(2)} | ${ratioTo(rounds, 'seconds', all)} | ${medianOf('cpu_seconds', all).toFixed(2)} | ` +
      `${ratioTo(rounds, 'cpu_seconds', all)} | ${all[0]!.hit_rate.toFixed(4)} | ${all[0]!.ndcg.toFixed(4)} |`,
  )
  return `# EASE on ${name}, ${conditions.date}

${conditions.machine}, commit ${conditions.commit}, ${threads} threads each, λ = ${regularization}, medians of ${flags.rounds} alternating rounds.
\`${conditions.command}\`

| | seconds | ratio to numpy float32 | processor seconds | ratio to numpy float32 | HR@10 | NDCG@10 |
|---|---|---|---|---|---|---|
${rows.join('\n')}

Protocol \`${protocol.id}\`, test fold. The time covers counting pairs, inverting and weights; for Cairn also starting the threads.
`
}

async function main(data: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-ease-'))
  try {
    const parts = split('loo.v1', await readEvents(data))
    await writeFold(parts.test, folder)
    const rounds = await measure(parts, folder)
    const conditions = currentConditions('ease')
    const name = basename(dirname(data))
    recordResult({
      ...conditions,
      name: `ease-${name}`,
      headline: `${ratioTo(rounds, 'seconds', rounds['Cairn, all weights']!)} the time of numpy float32`,
      page: render(name, rounds, conditions),
      data: { data: name, threads, regularization, split: describeSplit(parts), rounds },
    })
  } finally {
    await rm(folder, { recursive: true })
  }
}

if (!flags.data) throw new Error('Name the interactions: --data PATH')
await main(flags.data)
