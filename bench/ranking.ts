/**
 * Full ranking against what the machine can do: the arithmetic at the speed of the inner loop on data in the first
 * cache, or the bytes that must move at the speed of a copy in memory, whichever takes longer. Both are measured here,
 * in turn with the ranking; the least of all rounds counts.
 *
 * npm run bench -- ranking [--rounds 5]
 */
import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { normalStream, randomStream } from '@cairn/platform/statistics/random'
import { buildInteractions, type Interactions } from '@cairn/recommenders/data/interactions'
import { rank } from '@cairn/recommenders/evaluation/ranking/rank'
import { USERS_A_TILE } from '@cairn/recommenders/evaluation/ranking/ranking-task'
import { Arena } from '@cairn/recommenders/numeric/kernel/arena'
import { compileKernel, startKernel } from '@cairn/recommenders/numeric/kernel/kernel'
import type { Scorer } from '@cairn/recommenders/scoring/scorer'

const { values: flags } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } })
const rounds = Number(flags.rounds)

interface Shape {
  readonly users: number
  readonly items: number
  /** 0: a model that ranking knows nothing of, whose scores only have to be copied. */
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

/** Seconds that the shortest of some repetitions takes. */
function least(repetitions: number, work: () => void): number {
  let best = Number.POSITIVE_INFINITY
  for (let n = 0; n < repetitions; n++) {
    const started = performance.now()
    work()
    best = Math.min(best, (performance.now() - started) / 1000)
  }
  return best
}

/** FLOP a second of one thread: four users and 32 items of 64 dimensions, 10 KB. */
function flops(): number {
  const [items, dimensions] = [32, 64]
  const arena = new Arena()
  const users = arena.reserve(4 * dimensions * 4)
  const panels = arena.reserve(items * dimensions * 4)
  const out = arena.reserve(4 * items * 4)
  const kernel = startKernel(compileKernel(), arena.allocate())
  const calls = 2_000
  const seconds = least(20, () => {
    for (let n = 0; n < calls; n++) kernel.score(users, panels, items, dimensions, out, items)
  })
  return (calls * 2 * 4 * items * dimensions) / seconds
}

/** Bytes a second that one thread reads and writes, of arrays that no cache holds. */
function bandwidth(): number {
  const from = new Float64Array(16e6).fill(1)
  const into = new Float64Array(from.length)
  return (2 * from.byteLength) / least(5, () => into.set(from))
}

function aWorld({ users, items, dimensions, targets: each }: Shape) {
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
    score: async (_histories, asked, into) => into.set(scores.subarray(0, asked.length * items)),
  }
  const model = { dimensions, userFactors: factors(users), itemFactors: factors(items) }
  const questions = { histories, targets, candidates: new Uint8Array(items).fill(1) }
  return { model: dimensions > 0 ? model : copying, questions }
}

/** Item factors once for each tile of users; each score written, or copied, and read once for the list and each target. */
function bytesOf({ users, items, dimensions, targets }: Shape): number {
  const factors = (users / USERS_A_TILE) * items * dimensions * 4
  return factors + users * items * 4 * ((dimensions > 0 ? 2 : 3) + targets)
}

interface Ranked extends Shape {
  readonly threads: number
  /** Wall and processor seconds, threads started and data laid out included. */
  readonly seconds: number
  readonly cpu_seconds: number
  readonly bound_seconds: number
  readonly bound: 'FLOP' | 'memory'
}

async function measure(shape: Shape, threads: number): Promise<Ranked> {
  const { model, questions } = aWorld(shape)
  let [seconds, cpu, peak, speed] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0, 0]
  for (let round = 0; round < rounds; round++) {
    peak = Math.max(peak, flops())
    speed = Math.max(speed, bandwidth())
    const before = process.cpuUsage()
    const started = performance.now()
    await rank(model, questions, { k: 10, threads })
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

const ranked: Ranked[] = []
for (const shape of SHAPES) for (const threads of [1, 2]) ranked.push(await measure(shape, threads))
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
const conditions = {
  date: new Date().toISOString().slice(0, 10),
  machine: `${cpus()[0]?.model} × ${cpus().length}, load ${loadavg()[0]!.toFixed(1)}, Node ${process.version}`,
  commit,
  command: `npm run bench -- ranking --rounds ${rounds}`,
}
const rows = ranked.map((one) => {
  const { users, items, dimensions, targets, threads, seconds, cpu_seconds, bound_seconds, bound } = one
  const all = bound_seconds * threads
  return (
    `| ${users} × ${items}, ${dimensions > 0 ? `d = ${dimensions}` : 'copied'}, ${targets} target${targets > 1 ? 's' : ''} | ${threads} | ` +
    `${seconds.toFixed(2)} s | ${cpu_seconds.toFixed(2)} s | ${all.toFixed(2)} s, ${bound} | ${(cpu_seconds / all).toFixed(2)}× |`
  )
})
const page = `# Ranking all items for all users, ${conditions.date}

${conditions.machine}, commit ${commit}. \`${conditions.command}\`

The bound is the larger of 2·users·items·d FLOP at the speed of the inner loop in the first cache, and of the bytes that
must move (item factors once for ${USERS_A_TILE} users; each score written once, read once for the list and once for each target) at the speed of a copy. Wall time includes starting
the threads (0.3 s each from TypeScript) and waiting for whatever else runs, so processor time is what is compared.

| shape | threads | wall | processor | bound, all threads | processor / bound |
|---|---|---|---|---|---|
${rows.join('\n')}
`
const file = new URL(`./results/${conditions.date}-ranking`, import.meta.url).pathname
await writeFile(`${file}.md`, page)
await writeFile(`${file}.json`, `${JSON.stringify({ ...conditions, ranked }, null, 2)}\n`)
console.log(page)
