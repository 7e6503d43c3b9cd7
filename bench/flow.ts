/**
 * Measures what the engine adds to a task: a loop over inputs whose task does nothing, on SQLite with the embedded queue, and
 * with Redis if `TEST_REDIS_URL` is set.
 *
 * npm run bench -- flow [--tasks 1000] [--dry-run]
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { defineTask } from '@cairn/pipelines/engine/task'
import { servePipelines } from '@cairn/pipelines/testing/serve'
import { GetJobRun, SubmitRun } from '@cairn/platform/protocol/job-runs'
import { Empty } from '@cairn/platform/protocol/wire'
import { currentConditions, recordResult } from './record.js'

const { values: flags } = parseArgs({
  options: { tasks: { type: 'string', default: '1000' }, 'dry-run': { type: 'boolean', default: false } },
})

const TASKS = Number(flags.tasks)
const CONCURRENCIES = [1, 2, 8]

interface Row {
  readonly queue: string
  readonly concurrency: number
  /** Milliseconds a task: of the clock, and of the processor of this process. */
  readonly elapsed: number
  readonly processor: number
}

const nothing = defineTask({
  entry: 'nothing',
  parameters: Empty,
  run: () => Promise.resolve({}),
})

async function measure(queue: string, concurrency: number, redisUrl?: string): Promise<Row> {
  const serving = await servePipelines([nothing], { concurrency, ...(redisUrl && { redisUrl }) })
  try {
    const inputs = JSON.stringify(Array.from({ length: TASKS }, (_, i) => i))
    const task = { task_key: 'one', node_task: { entry: 'nothing' } }
    const [begun, used] = [performance.now(), process.cpuUsage()]
    const { run_id } = await serving.client(SubmitRun, {
      tasks: [{ task_key: 'each', for_each_task: { inputs, concurrency, task } }],
    })
    for (;;) {
      const run = await serving.client(GetJobRun, { run_id })
      if (run.state.result_state === 'SUCCESS') break
      if (run.state.result_state) throw new Error(`The loop ended with ${run.state.result_state}`)
      await sleep(50)
    }
    const { user, system } = process.cpuUsage(used)
    const elapsed = performance.now() - begun
    return { queue, concurrency, elapsed: elapsed / TASKS, processor: (user + system) / 1000 / TASKS }
  } finally {
    await serving.close()
  }
}

const conditions = currentConditions('flow')
const rows: Row[] = []
const redisUrl = process.env.TEST_REDIS_URL
for (const concurrency of CONCURRENCIES) rows.push(await measure('embedded', concurrency))
if (redisUrl)
  for (const concurrency of CONCURRENCIES) rows.push(await measure('Redis', concurrency, redisUrl))

const format = (milliseconds: number) => milliseconds.toFixed(1)
const table = rows.map(
  ({ queue, concurrency, elapsed, processor }) =>
    `| ${queue} | ${concurrency} | ${format(elapsed)} ms | ${format(processor)} ms |`,
)
const page = `# Overhead of the engine

A loop over ${TASKS} inputs whose task does nothing, on SQLite. Milliseconds a task, from the request to the end of the run.

| queue | tasks at once | a task | processor |
|---|---|---|---|
${table.join('\n')}

${conditions.date}, commit ${conditions.commit}, ${conditions.machine}, \`${conditions.command}\`
`
const headline = rows
  .filter(({ concurrency }) => concurrency === 1)
  .map(({ queue, elapsed }) => `${format(elapsed)} ms a task (${queue})`)
  .join(', ')
if (flags['dry-run']) console.log(page)
else recordResult({ ...conditions, name: 'flow', headline, page, data: { tasks: TASKS, rows } })
process.exit(0)
