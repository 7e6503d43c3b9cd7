/**
 * Full ranking against the bound of the machine (roofline): the arithmetic at the speed of the inner loop on data in the L1 cache,
 * or the bytes to move at the speed of a memory copy, whichever takes longer. Rounds alternate; the minimum counts.
 *
 * npm run bench -- ranking [--rounds 5]
 */
import { parseArgs } from 'node:util'
import { normalStream, randomStream } from '@cairn/platform/statistics/random'
import { buildInteractions, type Interactions } from '@cairn/recommenders/data/interactions'
import { rank } from '@cairn/recommenders/evaluation/ranking/rank'
import { USERS_PER_TILE } from '@cairn/recommenders/evaluation/ranking/ranking-task'
import { Arena } from '@cairn/recommenders/numeric/kernel/arena'
import { compileFactorKernel, startFactorKernel } from '@cairn/recommenders/numeric/kernel/factor-kernel'
import type { Scorer } from '@cairn/recommenders/scoring/scorer'
import { currentConditions, recordResult } from './record.js'

const { values: flags } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } })
const rounds = Number(flags.rounds)
const conditions = currentConditions('ranking')

interface Shape {
  readonly users: number
  readonly items: number
  /** Width of the factors; 0 is a model whose scores are copied. */
  readonly dimensions: number
  readonly targets: number
}

const SHAPES: readonly Shape[] = [
  { users: 6_040, items: 3_416, dimensions: 64, targets: 1 },
  { users: 20_000, items: 30_000, dimensions: 64, targets: 1 },
  { users: 20_000, items: 30_000, dimensions: 64, targets: 20 },
  { users: 20_000, items: 30_000, dimensions: 8, targets: 1 },
  { users: 20_000, items: 30_000, dimensions: 0, targets: 1 },
]

/** Seconds of the fastest repetition. */
function fastest(repetitions: number, work: () => void): number {
  let best = Number.POSITIVE_INFINITY
  for (let n = 0; n < repetitions; n++) {
    const started = performance.now()
    work()
    best = Math.min(best, (performance.now() - started) / 1000)
  }
  return best
}

/** FLOP per second of one thread, on four users and 32 items of 64 dimensions: 10 KB. */
function flops(): number {
  const [items, dimensions] = [32, 64]
  const arena = new Arena()
  const users = arena.reserve(4 * dimensions * 4)
  const panels = arena.reserve(items * dimensions * 4)
  const out = arena.reserve(4 * items * 4)
  const kernel = startFactorKernel(compileFactorKernel(), arena.allocate())
  const calls = 2_000
  const seconds = fastest(20, () => {
    for (let n = 0; n < calls; n++) kernel.score(users, panels, items, dimensions, out, items)
  })
  return (calls * 2 * 4 * items * dimensions) / seconds
}

/** Bytes per second that one thread reads and writes, on arrays larger than the caches. */
function bandwidth(): number {
  const from = new Float64Array(16e6).fill(1)
  const to = new Float64Array(from.length)
  return (2 * from.byteLength) / fastest(5, () => to.set(from))
}

function syntheticData({ users, items, dimensions, targets: each }: Shape) {
  const random = randomStream(1)
  const normal = normalStream(2)
  const rows = Array.from({ length: users * 20 + items }, (_, row) =>
    row < users * 20 ? [Math.floor(row / 20), Math.floor(random() * items)] : [0, row - users * 20],
  )
  const histories: Interactions = buildInteractions(
    { users: rows.map(([user]) => user!), items: rows.map(([, item]) => item!) },
    'row',
  )
  const targets = {
    users: Int32Array.from({ length: users }, (_, user) => user),
    offsets: Int32Array.from({ length: users + 1 }, (_, n) => n * each),
    items: Int32Array.from({ length: users * each }, () => random() * items),
  }
  const factors = (count: number) => new Float32Array(count * dimensions).map(normal)
  const scores = new Float32Array(dimensions > 0 ? 0 : 1024 * items).map(normal)
  const copying: Scorer = {
    score: async (_histories, users, into) => into.set(scores.subarray(0, users.length * items)),
  }
  const model = { dimensions, userFactors: factors(users), itemFactors: factors(items) }
  const queries = { histories, targets, candidates: new Uint8Array(items).fill(1) }
  return { model: dimensions > 0 ? model : copying, queries }
}

/** Bytes moved: item factors once per tile of users; each score is written or copied once, and read for the list and each target. */
function bytesOf({ users, items, dimensions, targets }: Shape): number {
  const factors = (users / USERS_PER_TILE) * items * dimensions * 4
  return factors + users * items * 4 * ((dimensions > 0 ? 2 : 3) + targets)
}

interface RankedShape extends Shape {
  readonly threads: number
  /** Wall and processor seconds, including the start of the threads and the layout of the data. */
  readonly seconds: number
  readonly cpu_seconds: number
  readonly bound_seconds: number
  readonly bound: 'FLOP' | 'memory'
}

async function measure(shape: Shape, threads: number): Promise<RankedShape> {
  const { model, queries } = syntheticData(shape)
  let [seconds, cpu, peak, speed] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0, 0]
  for (let round = 0; round < rounds; round++) {
    peak = Math.max(peak, flops())
    speed = Math.max(speed, bandwidth())
    const before = process.cpuUsage()
    const started = performance.now()
    await rank(model, queries, { k: 10, threads })
    seconds = Math.min(seconds, (performance.now() - started) / 1000)
    const { user, system } = process.cpuUsage(before)
    cpu = Math.min(cpu, (user + system) / 1e6)
  }
  const arithmetic = (2 * shape.users * shape.items * shape.dimensions) / peak
  const memory = bytesOf(shape) / speed
  console.error(
    `${JSON.stringify(shape)} ${threads}: ${seconds.toFixed(2)} s, ${(peak / 1e9).toFixed(1)} GFLOP/s, ${(speed / 1e9).toFixed(1)} GB/s`,
  )
  return {
    ...shape,
    threads,
    seconds,
    cpu_seconds: cpu,
    bound_seconds: Math.max(arithmetic, memory) / threads,
    bound: arithmetic > memory ? 'FLOP' : 'memory',
  }
}

const ranked: RankedShape[] = []
for (const shape of SHAPES) for (const threads of [1, 2]) ranked.push(await measure(shape, threads))
const rows = ranked.map((one) => {
  const { users, items, dimensions, targets, threads, seconds, cpu_seconds, bound_seconds, bound } = one
  const all = bound_seconds * threads
  return (
    `| ${users} × ${items}, ${dimensions > 0 ? `d = ${dimensions}` : 'copied'}, ${targets} target${targets > 1 ? 's' : ''} | ${threads} | ` +
    `${seconds.toFixed(2)} s | ${cpu_seconds.toFixed(2)} s | ${all.toFixed(2)} s, ${bound} | ${(cpu_seconds / all).toFixed(2)}× |`
  )
})
const page = `# Ranking all items for all users, ${conditions.date}

${conditions.machine}, commit ${conditions.commit}. \`${conditions.command}\`

The bound is the larger of 2·users·items·d FLOP at the speed of the inner loop in the L1 cache, and of the bytes to move (item factors
once per ${USERS_PER_TILE} users; each score written once, read once for the list and once per target) at the speed of a copy. Wall time includes
the start of the threads (0.3 s each from TypeScript) and waiting for other load, so compare processor time.

| shape | threads | wall | processor | bound, all threads | processor / bound |
|---|---|---|---|---|---|
${rows.join('\n')}
`
const largest = ranked
  .filter(({ threads }) => threads === 1)
  .map((one) => one.cpu_seconds / one.bound_seconds)
recordResult({
  ...conditions,
  name: 'ranking',
  headline: `${Math.min(...largest).toFixed(2)} to ${Math.max(...largest).toFixed(2)}× the bound with one thread`,
  page,
  data: { ranked },
})
