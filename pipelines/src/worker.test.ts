import { setTimeout as sleep } from 'node:timers/promises'
import { Identities } from '@cairn/platform/auth/identities'
import { Tokens } from '@cairn/platform/auth/tokens'
import { openDb } from '@cairn/platform/db/open'
import { installationId } from '@cairn/platform/jobs/installation'
import { GetRunProgress } from '@cairn/platform/protocol/cairn/run-progress'
import { createClient } from '@cairn/platform/protocol/client'
import { CancelRun, SubmitRun } from '@cairn/platform/protocol/databricks/job-runs'
import { deleteKeys } from '@cairn/platform/testing/redis'
import { silentLog } from '@cairn/platform/testing/silent-log'
import Type from 'typebox'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PipelinesSchema } from './schema.js'
import { defineTask } from './task-kinds/task.js'
import { backends } from './testing/backends.js'
import { resultsOf, waitForEnd } from './testing/client.js'
import { type ServedPipelines, servePipelines } from './testing/serve.js'
import { startWorker } from './worker.js'

let started = false
let stopped = false
const where = defineTask({
  entry: 'where',
  parameters: Type.Object({}),
  run: async ({ server, attempt }) => ({ url: server.url, attempt }),
})
const waits = defineTask({
  entry: 'waits',
  parameters: Type.Object({}),
  async run({ signal, attempt }) {
    if (attempt > 1) return { attempt }
    started = true
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
    stopped = true
    throw signal.reason
  },
})
const tasks = [where, waits]
const node = (entry: string) => ({ task_key: 'a', node_task: { entry, parameters: {} } })

describe.each(backends)('startWorker on %s', (_name, backend) => {
  let serving: ServedPipelines
  beforeAll(async () => {
    serving = await servePipelines(tasks, { ...backend, concurrency: 0 })
  })
  afterAll(() => serving?.close())

  /** Starts a worker with its own database handles, as another process would. */
  async function start() {
    const { context, url } = serving
    const db = openDb<unknown>(context.config.database_url)
    const workerContext = {
      ...context,
      config: { ...context.config, redis_url: backend.redisUrl ?? '' },
      db,
      identities: new Identities(db.for()),
      tokens: new Tokens(db.for()),
      client: (token?: string) => createClient(url, token ? { token } : {}),
    }
    const engine = await startWorker({ context: workerContext, serverUrl: url, log: silentLog, tasks })
    return {
      async close() {
        await engine.close()
        await db.close()
      },
    }
  }

  /** Waits until the dispatcher has enqueued the attempt, so that only a worker is missing. */
  async function dispatched(run_id: number) {
    const { read } = serving.context.db.for<PipelinesSchema>()
    const attempts = read
      .selectFrom('task_attempts')
      .innerJoin('task_runs', 'task_runs.task_run_id', 'task_attempts.task_run_id')
      .where('task_runs.run_id', '=', run_id)
      .where('task_attempts.dispatched_at', 'is not', null)
      .select('task_attempts.attempt')
    while ((await attempts.execute()).length === 0) await sleep(20)
  }

  test('executes a task that waited for a worker', async () => {
    const { run_id } = await serving.client(SubmitRun, { tasks: [node('where')] })
    await dispatched(run_id)
    expect((await serving.client(GetRunProgress, { run_id })).tasks[0]!.state).toBe('QUEUED')
    const worker = await start()
    await waitForEnd(serving.client, run_id)
    const { tasks: done } = await serving.client(GetRunProgress, { run_id })
    expect(done[0]!.values).toEqual({ url: serving.url, attempt: 1 })
    await worker.close()
  })

  test('continues a task of a closed worker without counting a retry', async () => {
    started = false
    stopped = false
    const first = await start()
    const { run_id } = await serving.client(SubmitRun, { tasks: [node('waits')] })
    while (!started) await sleep(20)
    await first.close()
    expect(stopped).toBe(true)
    const second = await start()
    expect(resultsOf(await waitForEnd(serving.client, run_id))).toEqual({ a: 'SUCCESS' })
    expect((await serving.client(GetRunProgress, { run_id })).tasks[0]!.values).toEqual({ attempt: 2 })
    await second.close()
  })

  test('aborts a task when its run is canceled on the server', async () => {
    started = false
    stopped = false
    const worker = await start()
    const { run_id } = await serving.client(SubmitRun, { tasks: [node('waits')] })
    while (!started) await sleep(20)
    await serving.client(CancelRun, { run_id })
    while (!stopped) await sleep(10)
    expect((await waitForEnd(serving.client, run_id)).state.result_state).toBe('CANCELED')
    await worker.close()
  })

  if (backend.redisUrl) {
    const { redisUrl } = backend
    test('executes a run although Redis lost its data', { timeout: 300_000 }, async () => {
      const { run_id } = await serving.client(SubmitRun, { tasks: [node('where')] })
      await dispatched(run_id)
      const installation = await installationId(serving.context.db)
      expect(await deleteKeys(redisUrl, `cairn-${installation}:*`)).toBeGreaterThan(0)
      const worker = await start()
      expect((await waitForEnd(serving.client, run_id)).state.result_state).toBe('SUCCESS')
      await worker.close()
    })
  }
})
