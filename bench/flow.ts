/**
 * Measures the overhead of the engine per task: a loop over inputs whose task does nothing, on SQLite with the embedded queue, and
 * with Redis if `TEST_REDIS_URL` is set; the same while other runs are queued; a run of tasks that return large values; and
 * tasks in processes. With `--python` of an environment with Prefect, also the same loop there.
 *
 * npm run bench -- flow [--tasks 1000] [--queued 10000] [--large 200] [--peer-tasks 200] [--python VENV/bin/python] [--dry-run]
 */
import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs, promisify } from 'node:util'
import type { PipelinesSchema } from '@cairn/pipelines/schema'
import { defineTask } from '@cairn/pipelines/task-kinds/task'
import { type ServedPipelines, servePipelines } from '@cairn/pipelines/testing/serve'
import { GetJobRun, RunNow, SubmitRun } from '@cairn/platform/protocol/databricks/job-runs'
import { CreateJob } from '@cairn/platform/protocol/databricks/jobs'
import type { TaskSettings } from '@cairn/platform/protocol/databricks/task-settings'
import { Empty } from '@cairn/platform/protocol/wire'
import { currentConditions, recordResult } from './record.js'

const { values: flags } = parseArgs({
  options: {
    tasks: { type: 'string', default: '1000' },
    queued: { type: 'string', default: '10000' },
    large: { type: 'string', default: '200' },
    'peer-tasks': { type: 'string', default: '200' },
    python: { type: 'string' },
    'dry-run': { type: 'boolean', default: false },
  },
})

const TASKS = Number(flags.tasks)
const QUEUED = Number(flags.queued)
const LARGE = Number(flags.large)
const PEER_TASKS = Number(flags['peer-tasks'])
const SHELL_TASKS = 50
const VALUE_BYTES = 50_000
const CONCURRENCIES = [1, 2, 8]

interface Row {
  readonly queue: string
  readonly concurrency: number
  /** Milliseconds per task: wall time, and processor time of this process. */
  readonly elapsed: number
  readonly processor: number
}

const nothing = defineTask({
  entry: 'nothing',
  parameters: Empty,
  run: () => Promise.resolve({}),
})

const NOTHING: TaskSettings = { task_key: 'one', node_task: { entry: 'nothing' } }

const large = defineTask({
  entry: 'large',
  parameters: Empty,
  run: () => Promise.resolve({ text: 'x'.repeat(VALUE_BYTES) }),
})

/** Queues runs of a job whose limit of concurrent runs keeps them waiting. */
async function queueRuns({ client, context }: ServedPipelines, count: number) {
  const db = context.db.for<PipelinesSchema>()
  const { job_id } = await client(CreateJob, { name: 'queued', tasks: [NOTHING], max_concurrent_runs: 0 })
  await client(RunNow, { job_id, queue: { enabled: true } })
  const run = await db.read
    .selectFrom('job_runs')
    .selectAll()
    .where('job_id', '=', job_id)
    .executeTakeFirstOrThrow()
  for (let done = 0; done < count; done += 500) {
    const copies = Array.from({ length: 500 }, (_, i) => ({ ...run, run_id: done + i + 1 }))
    await db.transaction((tx) => tx.insertInto('job_runs').values(copies).execute())
  }
}

interface Load {
  readonly queue: string
  readonly concurrency: number
  readonly redisUrl?: string
  readonly queued?: number
}

/** Measures a loop that executes a task `count` times. */
function measureLoop(load: Load, task: TaskSettings, count: number): Promise<Row> {
  const inputs = JSON.stringify(Array.from({ length: count }, (_, i) => i))
  const loop = { task_key: 'each', for_each_task: { inputs, concurrency: load.concurrency, task } }
  return measureRun(load, [loop], count)
}

/** Measures a chain of tasks without references to values. */
function measureLarge(): Promise<Row> {
  const tasks = Array.from({ length: LARGE }, (_, i) => ({
    ...{ task_key: `t${i}`, node_task: { entry: 'large' } },
    depends_on: i === 0 ? [] : [{ task_key: `t${i - 1}` }],
  }))
  return measureRun({ queue: 'embedded', concurrency: 1 }, tasks, LARGE)
}

interface Peer {
  readonly version: string
  readonly elapsed: number
  readonly processor: number
}

/** Measures tasks in sequence, like the flow on Prefect. */
async function measurePeer(python: string): Promise<{ ours: Row; prefect: Peer }> {
  const ours = await measureLoop({ queue: 'embedded', concurrency: 1 }, NOTHING, PEER_TASKS)
  const script = new URL('./flow-prefect.py', import.meta.url).pathname
  const { stdout } = await promisify(execFile)(python, [script, String(PEER_TASKS)])
  return { ours, prefect: JSON.parse(stdout.trim().split('\n').at(-1)!) as Peer }
}

/** Measures the command `true` in a process with its own user, folder, namespace and token, without the processor time of children. */
function measureProcesses(): Promise<Row> {
  const task = { task_key: 'one', shell_task: { script: 'true' } }
  return measureLoop({ queue: 'embedded', concurrency: 1 }, task, SHELL_TASKS)
}

async function measureRun(
  { queue, concurrency, redisUrl, queued = 0 }: Load,
  tasks: TaskSettings[],
  count: number,
): Promise<Row> {
  const serving = await servePipelines([nothing, large], { concurrency, ...(redisUrl && { redisUrl }) })
  try {
    if (queued > 0) await queueRuns(serving, queued)
    const [begun, used] = [performance.now(), process.cpuUsage()]
    const { run_id } = await serving.client(SubmitRun, { tasks })
    for (;;) {
      const run = await serving.client(GetJobRun, { run_id })
      if (run.state.result_state === 'SUCCESS') break
      if (run.state.result_state) throw new Error(`The run ended with ${run.state.result_state}`)
      await sleep(50)
    }
    const { user, system } = process.cpuUsage(used)
    const elapsed = performance.now() - begun
    return { queue, concurrency, elapsed: elapsed / count, processor: (user + system) / 1000 / count }
  } finally {
    await serving.close()
  }
}

const conditions = currentConditions('flow')
const rows: Row[] = []
const redisUrl = process.env.TEST_REDIS_URL
for (const concurrency of CONCURRENCIES)
  rows.push(await measureLoop({ queue: 'embedded', concurrency }, NOTHING, TASKS))
if (redisUrl)
  for (const concurrency of CONCURRENCIES)
    rows.push(await measureLoop({ queue: 'Redis', concurrency, redisUrl }, NOTHING, TASKS))
const queued = await measureLoop({ queue: 'embedded', concurrency: 1, queued: QUEUED }, NOTHING, TASKS)
const largeValues = await measureLarge()
const processes = await measureProcesses()
const peer = flags.python === undefined ? undefined : await measurePeer(flags.python)

const format = (milliseconds: number) => milliseconds.toFixed(1)
const table = rows.map(
  ({ queue, concurrency, elapsed, processor }) =>
    `| ${queue} | ${concurrency} | ${format(elapsed)} ms | ${format(processor)} ms |`,
)
const beside = ({ ours, prefect }: NonNullable<typeof peer>) => `
${PEER_TASKS} tasks that do nothing, one after the other, beside Prefect ${prefect.version} with its own server on SQLite:

| | a task | processor |
|---|---|---|
| Cairn | ${format(ours.elapsed)} ms | ${format(ours.processor)} ms |
| Prefect | ${format(prefect.elapsed)} ms | ${format(prefect.processor)} ms |
| ratio | ${format(prefect.elapsed / ours.elapsed)} | ${format(prefect.processor / ours.processor)} |
`
const page = `# Overhead of the engine

A loop over ${TASKS} inputs whose task does nothing, on SQLite. Milliseconds a task, from the request to the end of the run.

| queue | tasks at once | a task | processor |
|---|---|---|---|
${table.join('\n')}

While ${QUEUED} runs are queued, one task at once: ${format(queued.elapsed)} ms a task, ${format(queued.processor)} ms of the processor.

${SHELL_TASKS} shell tasks, each in its own process, one at once: ${format(processes.elapsed)} ms a task.
${peer ? beside(peer) : ''}
A chain of ${LARGE} tasks that return ${VALUE_BYTES / 1000} kB each: ${format(largeValues.elapsed)} ms a task, ${format(largeValues.processor)} ms of the processor.

${conditions.date}, commit ${conditions.commit}, ${conditions.machine}, \`${conditions.command}\`
`
const headline = rows
  .filter(({ concurrency }) => concurrency === 1)
  .map(({ queue, elapsed }) => `${format(elapsed)} ms a task (${queue})`)
  .join(', ')
if (flags['dry-run']) console.log(page)
else
  recordResult({
    ...conditions,
    name: 'flow',
    headline,
    page,
    data: { tasks: TASKS, rows, queued, largeValues, processes, ...(peer && { peer }) },
  })
process.exit(0)
