/**
 * A training step of BERT4Rec against PyTorch: the same network, sizes, dropout and optimizer, in alternating rounds. On a busy
 * machine, compare processor time. Also measures the latency of one recommendation.
 *
 * npm run bench -- bert4rec [--python VENV/bin/python] [--threads 1,2] [--rounds 3]
 */
import { execFile } from 'node:child_process'
import { parseArgs, promisify } from 'node:util'
import { OnnxSession } from '@cairn/flavors/onnx/session'
import { randomStream } from '@cairn/platform/statistics/random'
import { buildInteractions } from '@cairn/recommenders/data/interactions'
import { bert4rec } from '@cairn/recommenders/models/bert4rec/recipe'
import { resolveParameters } from '@cairn/recommenders/recipe'
import type { FittedSequence } from '@cairn/recommenders/transformers/sequence/model'
import { median } from './median.js'
import { currentConditions, recordResult } from './record.js'

const { values: flags } = parseArgs({
  options: {
    python: { type: 'string' },
    threads: { type: 'string', default: '1,2' },
    rounds: { type: 'string', default: '3' },
  },
})

/** One step trains on 64 sequences of 50 events, of which about 640 are masked. */
const SIZES = { batch: 64, length: 50, width: 64, items: 3500, targets: 640 }
const STEPS = 20

interface Step {
  /** Milliseconds. */
  readonly wall: number
  readonly cpu: number
}

const users = SIZES.batch * STEPS
const random = randomStream(1)
const events = Array.from({ length: users * SIZES.length }, (_, row) => row)
const train = buildInteractions(
  {
    users: events.map((row) => Math.floor(row / SIZES.length)),
    items: [
      ...Array(SIZES.items).keys(),
      ...events.slice(SIZES.items).map(() => Math.floor(random() * SIZES.items)),
    ],
  },
  'row',
)

/** Measures the second epoch; the first opens sessions and warms up. */
async function ours(threads: number): Promise<{ step: Step; model: FittedSequence }> {
  const parameters = resolveParameters(bert4rec, {
    width: SIZES.width,
    max_length: SIZES.length,
    batch_size: SIZES.batch,
    epochs: 2,
    validation_users: 1,
  })
  let cpu = process.cpuUsage()
  let step: Step = { wall: 0, cpu: 0 }
  const model = await bert4rec.fit({ train }, parameters, {
    threads,
    onStep: ({ metrics }) => {
      const { user, system } = process.cpuUsage(cpu)
      cpu = process.cpuUsage()
      step = { wall: 1000 * (SIZES.batch / metrics!.users_per_second!), cpu: (user + system) / 1000 / STEPS }
    },
  })
  return { step, model }
}

async function torch(python: string, threads: number): Promise<Step & { version: string }> {
  const script = new URL('./bert4rec-torch.py', import.meta.url).pathname
  const { batch, length, width, items, targets } = SIZES
  const sizes = [threads, STEPS, batch, length, width, items, targets].map(String)
  const { stdout } = await promisify(execFile)(python, [script, ...sizes])
  return JSON.parse(stdout)
}

/** Median milliseconds from a history to its ten best items, computed by the graph on one thread. */
async function recommendationTime({ onnx }: FittedSequence): Promise<number> {
  const session = await OnnxSession.open(onnx)
  const data = BigInt64Array.from({ length: SIZES.length - 1 }, (_, n) => BigInt(1 + n))
  const times: number[] = []
  for (let n = 0; n < 1000; n++) {
    const started = performance.now()
    await session.run({ history: { data, dims: [1, data.length] } }, ['top_scores', 'top_items'])
    times.push(performance.now() - started)
  }
  await session.close()
  return median(times)
}

interface Row {
  readonly name: string
  readonly threads: number
  readonly steps: Step[]
}

async function measure(): Promise<{ rows: Row[]; recommendation: number }> {
  const rows: Row[] = []
  const add = (name: string, threads: number, step: Step) => {
    const row = rows.find((one) => one.name === name && one.threads === threads)
    if (row) row.steps.push(step)
    else rows.push({ name, threads, steps: [step] })
  }
  const latencies: number[] = []
  for (let round = 0; round < Number(flags.rounds); round++)
    for (const threads of flags.threads.split(',').map(Number)) {
      const { step, model } = await ours(threads)
      latencies.push(await recommendationTime(model))
      await model.close!()
      add('Cairn', threads, step)
      if (!flags.python) continue
      const { version, ...theirs } = await torch(flags.python, threads)
      add(`PyTorch ${version}`, threads, theirs)
    }
  return { rows, recommendation: Math.min(...latencies) }
}

const best = ({ steps }: Row, field: keyof Step) => Math.min(...steps.map((step) => step[field]))

function render({ rows, recommendation }: Awaited<ReturnType<typeof measure>>): string {
  const lines = rows.map((row) => {
    const peer = rows.find(({ name, threads }) => name !== row.name && threads === row.threads)
    const ratio = (field: keyof Step) => (peer ? (best(row, field) / best(peer, field)).toFixed(2) : '–')
    const figures = [best(row, 'wall').toFixed(1), best(row, 'cpu').toFixed(1), ratio('wall'), ratio('cpu')]
    return `| ${row.name} | ${row.threads} | ${figures.join(' | ')} |`
  })
  return `# A training step of BERT4Rec, ${conditions.date}

${conditions.machine}, commit ${conditions.commit}. \`${conditions.command}\`

| | threads | ms per step | CPU ms per step | ratio to the peer, time | ratio to the peer, CPU |
|---|---|---|---|---|---|
${lines.join('\n')}

The minimum over the rounds of the median (PyTorch) or the mean (Cairn, which includes sampling and masking the sequences). One step:
${JSON.stringify(SIZES)}, two blocks of two heads, dropout 0.1, Adam.

One recommendation after ${SIZES.length - 1} events, with the top ten computed in the graph: ${recommendation.toFixed(2)} ms (median of 1,000, one thread).
`
}

const conditions = currentConditions('bert4rec')
const result = await measure()
recordResult({
  ...conditions,
  name: 'bert4rec-step',
  headline: result.rows
    .map(
      (row) =>
        `${row.name}, ${row.threads} thread${row.threads > 1 ? 's' : ''}: ${best(row, 'wall').toFixed(0)} ms`,
    )
    .join('; '),
  page: render(result),
  data: { sizes: SIZES, ...result },
})
