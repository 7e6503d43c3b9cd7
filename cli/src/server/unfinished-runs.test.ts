import { setTimeout as sleep } from 'node:timers/promises'
import { pipelines } from '@cairn/pipelines/plugin'
import { startRemoteWorker } from '@cairn/pipelines/remote-worker/start'
import type { PipelinesSchema } from '@cairn/pipelines/schema'
import { waitForEnd } from '@cairn/pipelines/testing/client'
import { EndRunsOfTokens } from '@cairn/platform/protocol/cairn/unfinished-runs'
import { ClaimAttempt, RegisterWorker, WORKER_PROTOCOL } from '@cairn/platform/protocol/cairn/workers'
import type { Client } from '@cairn/platform/protocol/client'
import { CancelRun, SubmitRun } from '@cairn/platform/protocol/databricks/job-runs'
import type { TaskSettings } from '@cairn/platform/protocol/databricks/task-settings'
import { CreateExperiment } from '@cairn/platform/protocol/mlflow/experiments'
import { CreateRun, GetRun, SearchRuns, UpdateRun } from '@cairn/platform/protocol/mlflow/runs'
import { type TestApp, testApp } from '@cairn/platform/testing/app'
import { databases, type TestDatabase } from '@cairn/platform/testing/databases'
import { isExhaustive } from '@cairn/platform/testing/effort'
import { silentLog } from '@cairn/platform/testing/silent-log'
import { tracking } from '@cairn/tracking-server/plugin'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

/** Starts a run with a child run, names both after the arguments, and does then what the last one says. */
const SCRIPT = `
const [experiment_id, name, then] = process.argv.slice(2)
const headers = { authorization: 'Bearer ' + process.env.MLFLOW_TRACKING_TOKEN, 'content-type': 'application/json' }
async function start(run_name) {
  const body = JSON.stringify({ experiment_id, run_name })
  const url = process.env.MLFLOW_TRACKING_URI + '/api/2.0/mlflow/runs/create'
  const response = await fetch(url, { method: 'POST', headers, body })
  if (!response.ok) throw new Error(await response.text())
}
await start(name)
await start(name + ' child')
if (then === 'fail') process.exit(3)
if (then === 'wait') setInterval(() => {}, 1000)
`

/** Tasks run in the server with SQLite and in a worker with PostgreSQL; in both with one database or `--exhaustive`. */
const hostsOn = ({ engine }: TestDatabase) =>
  (['the server', 'a worker over HTTP'] as const).filter(
    (host) => isExhaustive || databases.length === 1 || (host === 'the server') === (engine === 'sqlite'),
  )

describe.each(databases)('MLflow runs that tasks leave unfinished, on %s', (_, database) => {
  let served: TestApp
  let call: Client
  let experiment_id: string
  let clock = 0
  let remote: Awaited<ReturnType<typeof startRemoteWorker>> | undefined

  const serve = async (concurrency: number) => {
    served = await testApp(
      async (app, context) => {
        await app.register(tracking, { context })
        await app.register(pipelines, { context, concurrency })
      },
      { database, now: () => Date.now() + clock },
    )
    call = served.context.client()
    experiment_id = (await call(CreateExperiment, { name: 'unfinished' })).experiment_id
    return served.app.listen({ port: 0, host: '127.0.0.1' })
  }
  /** @param after what a second task does after the first one */
  const submit = async (name: string, then: string, more: Partial<TaskSettings> = {}, after?: string) => {
    const node_task = { file: 'a.mjs', parameters: [experiment_id, name, then] }
    const next = { file: 'a.mjs', parameters: [experiment_id, 'next', after ?? ''] }
    const tasks = [
      { task_key: 'a', node_task, ...more },
      ...(after ? [{ task_key: 'b', depends_on: [{ task_key: 'a' }], node_task: next }] : []),
    ]
    return (await call(SubmitRun, { tasks, files: { 'a.mjs': SCRIPT } })).run_id
  }
  const runsNamed = async (name: string) => {
    const { runs = [] } = await call(SearchRuns, { experiment_ids: [experiment_id] })
    return runs.map(({ info }) => info).filter(({ run_name }) => run_name.startsWith(name))
  }
  const started = async (name: string) => {
    for (;;) {
      const runs = await runsNamed(name)
      if (runs.length === 2) return runs.map(({ run_id }) => run_id)
      await sleep(20)
    }
  }
  const statuses = async (name: string) => (await runsNamed(name)).map(({ status }) => status)
  /** Attempts whose runs the engine still has to end. */
  const pending = () =>
    served.context.db
      .for<PipelinesSchema>()
      .read.selectFrom('task_attempts')
      .select('task_run_id')
      .where('runs_end_as', 'is not', null)
      .execute()
  const statusOf = async (run_id: string) => (await call(GetRun, { run_id })).run.info.status

  describe.each(hostsOn(database))('by %s', (host) => {
    beforeAll(async () => {
      const server = await serve(host === 'the server' ? 2 : 0)
      const facts = { name: 'w', version: '1', labels: [], token: undefined, log: silentLog }
      if (host !== 'the server')
        remote = await startRemoteWorker({ ...facts, server, config: served.context.config })
    })
    afterAll(async () => {
      await remote?.close()
      remote = undefined
      await served?.close()
    })

    test('code that fails leaves them FAILED', async () => {
      await waitForEnd(call, await submit('failing', 'fail'))
      await expect.poll(() => statuses('failing')).toEqual(['FAILED', 'FAILED'])
      expect((await runsNamed('failing')).every(({ end_time }) => end_time! > 0)).toBe(true)
    })

    test('code that is cancelled or times out leaves them KILLED', async () => {
      const canceled = await submit('canceled', 'wait')
      await started('canceled')
      await call(CancelRun, { run_id: canceled })
      await waitForEnd(call, await submit('slow', 'wait', { timeout_seconds: 5 }))
      await expect.poll(() => statuses('canceled')).toEqual(['KILLED', 'KILLED'])
      await expect.poll(() => statuses('slow')).toEqual(['KILLED', 'KILLED'])
    })

    test('those of a task that succeeded go on until the run of the job ends, and end as it does', async () => {
      await waitForEnd(call, await submit('left', 'succeed'))
      await expect.poll(() => statuses('left')).toEqual(['FINISHED', 'FINISHED'])
      const run_id = await submit('open', 'succeed', {}, 'wait')
      await started('next')
      expect(await statuses('open')).toEqual(['RUNNING', 'RUNNING'])
      await call(CancelRun, { run_id })
      await waitForEnd(call, run_id)
      await expect.poll(() => statuses('open')).toEqual(['KILLED', 'KILLED'])
      await waitForEnd(call, await submit('before', 'succeed', {}, 'fail'))
      await expect.poll(() => statuses('before')).toEqual(['FAILED', 'FAILED'])
    })

    test('runs that others created, continued or ended stay as they are', async () => {
      const run_id = await submit('shared', 'wait')
      const [one, two] = await started('shared')
      await call(UpdateRun, { run_id: one!, status: 'RUNNING' })
      await call(UpdateRun, { run_id: two!, status: 'FINISHED', end_time: 7 })
      const tags = [{ key: 'mlflow.parentRunId', value: two! }]
      const { run } = await call(CreateRun, { experiment_id, run_name: 'by a person', tags })
      await call(CancelRun, { run_id })
      await waitForEnd(call, await submit('later', 'fail'))
      await expect.poll(() => statuses('later')).toEqual(['FAILED', 'FAILED'])
      expect(await statusOf(one!)).toBe('RUNNING')
      expect((await call(GetRun, { run_id: two! })).run.info).toMatchObject({
        status: 'FINISHED',
        end_time: 7,
      })
      expect(await statusOf(run.info.run_id)).toBe('RUNNING')
    })
  })

  describe('of a lost worker', () => {
    beforeAll(() => serve(0))
    afterAll(() => served?.close())

    const claim = async () => {
      const facts = { name: 'by-hand', version: '1', protocol: WORKER_PROTOCOL, labels: [], concurrency: 1 }
      const { worker_id } = await call(RegisterWorker, facts)
      return (await call(ClaimAttempt, { worker_id, wait_seconds: 5 })).assigned!
    }

    test('they end as KILLED, and those of the next attempt go on', async () => {
      const run_id = await submit('lost', 'wait')
      const lost = await claim()
      const first = served.context.client(lost.token)
      const { run } = await first(CreateRun, { experiment_id, run_name: 'first' })
      clock += 60_000
      await expect.poll(() => statusOf(run.info.run_id), { timeout: 5_000 }).toBe('KILLED')
      await expect(first(CreateRun, { experiment_id })).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
      const next = served.context.client((await claim()).token)
      const second = await next(CreateRun, { experiment_id, run_name: 'second' })
      await next(UpdateRun, { run_id: run.info.run_id, status: 'RUNNING' })
      expect(await statusOf(second.run.info.run_id)).toBe('RUNNING')
      await expect.poll(pending).toEqual([]) // Until then the engine may repeat a call.
      expect(await statusOf(run.info.run_id)).toBe('RUNNING')
      await call(CancelRun, { run_id })
      // The next attempt is killed too, with the run that it continued.
      clock += 60_000
      await expect.poll(() => statusOf(second.run.info.run_id), { timeout: 5_000 }).toBe('KILLED')
      await expect.poll(() => statusOf(run.info.run_id)).toBe('KILLED')
    })

    test('a status that is not an end is refused', async () => {
      const end = { token_ids: ['t'], status: 'RUNNING' as never, end_time: 1 }
      await expect(call(EndRunsOfTokens, end)).rejects.toMatchObject({
        code: 'INVALID_PARAMETER_VALUE',
        message: expect.stringContaining('status'),
      })
    })
  })
})
