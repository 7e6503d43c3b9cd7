/**
 * iALS against `implicit` on the same fold, with the same threads and factors, in alternating rounds.
 *
 * npm run bench -- ials --data PATH [--python VENV/bin/python] [--threads 1,2]
 */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { evaluate } from '@cairn/recommenders/evaluation/evaluate'
import { getProtocol } from '@cairn/recommenders/evaluation/protocol'
import { describeSplit, type Split, split } from '@cairn/recommenders/evaluation/splits/split'
import type { AlsParameters } from '@cairn/recommenders/models/als/parameters'
import { trainAls } from '@cairn/recommenders/models/als/train'
import { trainPopularity } from '@cairn/recommenders/models/popularity/train'
import { defaultThreads } from '@cairn/recommenders/numeric/worker-pool'
import { readEvents, writeFold } from './ials/data.js'
import { type IalsResult, type Round, writeResult } from './ials/result.js'

const { values: flags } = parseArgs({
  options: {
    data: { type: 'string' },
    python: { type: 'string' },
    threads: { type: 'string', default: [...new Set([1, defaultThreads()])].join(',') },
    rounds: { type: 'string', default: '3' },
    factors: { type: 'string', default: '64' },
    epochs: { type: 'string', default: '10' },
    regularization: { type: 'string', default: '0.003' },
    'unobserved-weight': { type: 'string', default: '0.3' },
    'block-size': { type: 'string', default: '8' },
    'implicit-alpha': { type: 'string', default: '2' },
    'implicit-regularization': { type: 'string', default: '3' },
  },
})

const params: Partial<AlsParameters> = {
  factors: Number(flags.factors),
  epochs: Number(flags.epochs),
  regularization: Number(flags.regularization),
  unobserved_weight: Number(flags['unobserved-weight']),
  block_size: Number(flags['block-size']),
}
const protocol = getProtocol('loo.full.seenfiltered.v1')

async function ours(parts: Split, threads: number): Promise<Round> {
  const seconds: number[] = []
  const model = await trainAls(parts.test.train, params, {
    threads,
    onEpoch: (epoch) => void seconds.push(epoch.seconds),
  })
  const { summary } = await evaluate(model, parts, protocol)
  const { metrics, intervals } = summary
  return { seconds, hit_rate: metrics.hit_rate, ndcg: metrics.ndcg, interval: intervals.hit_rate }
}

async function implicit(
  python: string,
  folder: string,
  threads: number,
): Promise<Round & { version: string }> {
  const { OPENBLAS_CORETYPE: _, ...env } = process.env
  const script = new URL('./ials/implicit-peer.py', import.meta.url).pathname
  const tuning = [flags['implicit-alpha'], flags['implicit-regularization']]
  const args = [script, folder, flags.factors, flags.epochs, String(threads), ...tuning]
  const { stdout } = await promisify(execFile)(python, args, { env: { ...env, OPENBLAS_NUM_THREADS: '1' } })
  return JSON.parse(stdout)
}

/** Alternates rounds, so that other load on the machine affects both. */
async function compare(
  parts: Split,
  folder: string,
  threads: number,
): Promise<IalsResult['threads'][number]> {
  const result: IalsResult['threads'][number] = { threads, cairn: [], implicit: [] }
  for (let round = 0; round < Number(flags.rounds); round++) {
    result.cairn.push(await ours(parts, threads))
    if (flags.python) result.implicit.push(await implicit(flags.python, folder, threads))
  }
  return result
}

async function main(data: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-ials-'))
  try {
    const parts = split('loo.v1', await readEvents(data))
    await writeFold(parts.test, folder)
    const popularity = await evaluate(trainPopularity(parts.test.train), parts, protocol)
    const threads = []
    for (const count of flags.threads.split(',').map(Number))
      threads.push(await compare(parts, folder, count))
    writeResult({
      data,
      split: describeSplit(parts),
      protocol: protocol.id,
      params,
      implicit: { alpha: flags['implicit-alpha'], regularization: flags['implicit-regularization'] },
      popularity: popularity.summary.metrics.hit_rate,
      threads,
    })
  } finally {
    await rm(folder, { recursive: true })
  }
}

if (!flags.data) throw new Error('Name the interactions: --data PATH')
await main(flags.data)
