import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Api, api } from './harness/api.js'
import { effort } from './harness/effort.js'
import { environment } from './harness/environment.js'
import { freePort } from './harness/free-port.js'
import { Random } from './harness/random.js'
import { cairn, type Server, startServer } from './harness/server.js'

interface Run {
  readonly run_id: number
  readonly state: { readonly life_cycle_state: string; readonly result_state?: string }
  readonly tasks: readonly {
    readonly task_key: string
    readonly attempt_number: number
    readonly run_id: number
  }[]
}

/** An event that a running task reports. */
interface Note {
  readonly event: 'start' | 'end'
  readonly attempt: string
  readonly task: number
  readonly pid: number
}

const KILLS = effort(1, 3, 40)
const SEED = Number(process.env.CRASH_SEED || Date.now() % 1_000_000)
const LEASE_MS = 40_000 // a lease of a dead worker ends after 30 s
const VICTIMS = ['server', 'task', 'worker'] as const

let folder: string
let ledger: HttpServer
let notes: Note[]
let port: number
let server: Server
let worker: ChildProcess
let call: Api

const start = async () => {
  server = await startServer({
    ...{ folder: join(folder, 'data'), args: ['--port', String(port), '--services', 'catalog,pipelines'] },
    env: { CAIRN_TASK_PROCESSES: 'workers' },
  })
  call = api(server.url)
}
const startWorker = () => {
  worker = spawn(process.execPath, [cairn, '--server', `http://127.0.0.1:${port}`, 'worker'], {
    ...{ cwd: folder, stdio: 'ignore' },
    env: environment({ CAIRN_TASK_PROCESSES: 'on', CAIRN_TASK_CONCURRENCY: '3' }),
  })
}
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cairn-kills-'))
  await mkdir(join(folder, 'data'))
  notes = []
  ledger = createServer((request, response) => {
    const [event, task, attempt, pid] = request.url!.slice(1).split('/')
    notes.push({
      event: event as Note['event'],
      task: Number(task),
      attempt: `${task}/${attempt}`,
      pid: Number(pid),
    })
    response.end()
  }).listen(0, '127.0.0.1')
  await once(ledger, 'listening')
  port = await freePort()
  await start()
  startWorker()
})
afterAll(async () => {
  ledger?.close()
  worker?.kill('SIGKILL')
  await server?.stop('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

/** Records each start, which a second start of the same attempt would repeat. */
const code = () => `
  const { CAIRN_TASK_RUN_ID: id, CAIRN_TASK_ATTEMPT: attempt } = process.env
  const note = (event) => fetch(['http://127.0.0.1:${(ledger.address() as AddressInfo).port}', event, id, attempt, process.pid].join('/'))
  await note('start')
  await new Promise((resolve) => setTimeout(resolve, 1000))
  await note('end')`

const task = (task_key: string, ...upstream: string[]) => ({
  task_key,
  max_retries: -1,
  depends_on: upstream.map((key) => ({ task_key: key })),
  node_task: { file: 'note.mjs' },
})

const hasEnded = ({ attempt }: Note) => notes.some((note) => note.event === 'end' && note.attempt === attempt)

/** Kills a running task. @returns false when none runs until the run ends or the lease of a dead worker has expired */
async function killTask(run_id: number): Promise<boolean> {
  const deadline = Date.now() + LEASE_MS
  while (Date.now() < deadline && !(await hasRunEnded(run_id))) {
    const running = notes.filter((note) => note.event === 'start' && !hasEnded(note))
    for (const { pid } of running.toReversed())
      try {
        return process.kill(pid, 'SIGKILL')
      } catch {
        // the task has ended
      }
    await sleep(20)
  }
  return false
}

/** @returns whether a process was killed */
async function kill(victim: (typeof VICTIMS)[number], run_id: number): Promise<boolean> {
  if (victim === 'server') {
    await server.stop('SIGKILL')
    await start()
  } else if (victim === 'worker') {
    worker.kill('SIGKILL')
    await once(worker, 'exit')
    startWorker()
  } else return killTask(run_id)
  return true
}

const getRun = (run_id: number) => call.get<Run>('/api/2.2/jobs/runs/get', { run_id })
const hasRunEnded = async (run_id: number) => (await getRun(run_id)).state.life_cycle_state === 'TERMINATED'

/** Starts a run of six tasks, one of which runs another job. */
async function submit(): Promise<{ readonly run_id: number; readonly child: number }> {
  const files = { 'note.mjs': code() }
  const { job_id } = await call.post<{ job_id: number }>('/api/2.2/jobs/create', {
    ...{ name: 'child', files, tasks: [task('x'), task('y', 'x')] },
  })
  const { run_id } = await call.post<{ run_id: number }>('/api/2.2/jobs/runs/submit', {
    files,
    tasks: [
      ...[task('a'), task('b', 'a'), task('c', 'a'), task('d', 'b', 'c')],
      { task_key: 'e', depends_on: [{ task_key: 'a' }], run_job_task: { job_id } },
      task('f', 'd', 'e'),
    ],
  })
  return { run_id, child: job_id }
}

/** Waits until a task starts or ends, the run ends, or the lease of a dead worker has expired. */
async function untilNote(run_id: number): Promise<void> {
  const before = notes.length
  const deadline = Date.now() + LEASE_MS
  while (notes.length === before && Date.now() < deadline && !(await hasRunEnded(run_id))) await sleep(20)
}

async function expectSuccess({ run_id, child }: Awaited<ReturnType<typeof submit>>): Promise<void> {
  while (!(await hasRunEnded(run_id))) await sleep(200)
  const run = await getRun(run_id)
  expect(run.state.result_state).toBe('SUCCESS')
  const { runs } = await call.get<{ runs: Run[] }>('/api/2.2/jobs/runs/list', {
    ...{ job_id: child, expand_tasks: 'true' },
  })
  expect(runs, 'one run of the child').toHaveLength(1)
  const all = [...run.tasks, ...runs[0]!.tasks].filter(({ task_key }) => task_key !== 'e')
  const starts = notes.filter(({ event }) => event === 'start')
  const attempts = starts.map(({ attempt }) => attempt)
  expect(new Set(attempts).size, 'each start has its own attempt').toBe(attempts.length)
  for (const { run_id: id, attempt_number, task_key } of all) {
    const own = starts.filter(({ task }) => task === id)
    expect(own.length, task_key).toBeGreaterThan(0)
    expect(own.length, task_key).toBeLessThanOrEqual(attempt_number + 1)
    expect(own.filter(hasEnded).length, task_key).toBeGreaterThan(0)
  }
}

test('no run is lost and no attempt starts twice when workers, servers and tasks are killed', {
  timeout: 120_000 + KILLS * 60_000,
}, async () => {
  console.log(`seed ${SEED}`)
  const random = new Random(SEED)
  for (let kills = 0; kills < KILLS; ) {
    const submitted = await submit()
    while (kills < KILLS && !(await hasRunEnded(submitted.run_id))) {
      await untilNote(submitted.run_id)
      await sleep(random.int(0, 1_000))
      if (await kill(VICTIMS[kills % VICTIMS.length]!, submitted.run_id)) kills++
    }
    await expectSuccess(submitted)
  }
})
