import { setTimeout as sleep } from 'node:timers/promises'
import { Identities } from '@cairn/platform/auth/identities'
import { Tokens } from '@cairn/platform/auth/tokens'
import { openDb } from '@cairn/platform/db/open'
import { installationId } from '@cairn/platform/jobs/installation'
import { createClient } from '@cairn/platform/protocol/client'
import { CancelRun, GetRunProgress, SubmitRun } from '@cairn/platform/protocol/job-runs'
import { forget } from '@cairn/platform/testing/redis'
import { silent } from '@cairn/platform/testing/silent'
import Type from 'typebox'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { defineTask } from './engine/task.js'
import { backends } from './testing/backends.js'
import { ended, resultsOf } from './testing/client.js'
import { type Serving, serve } from './testing/serve.js'
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

describe.each(backends)('workers beside a server that executes nothing, on %s', (_name, backend) => {
  let serving: Serving
  beforeAll(async () => {
    serving = await serve(tasks, { ...backend, concurrency: 0 })
  })
  afterAll(() => serving?.close())

  /** As another process has it: handles of its own. */
  async function worker() {
    const { context, url } = serving
    const db = openDb<unknown>(context.config.database_url)
    const own = {
      ...context,
      config: { ...context.config, redis_url: backend.redisUrl ?? '' },
      db,
      identities: new Identities(db.for()),
      tokens: new Tokens(db.for()),
      client: (token?: string) => createClient(url, token ? { token } : {}),
    }
    const engine = await startWorker({ context: own, serverUrl: url, log: silent, tasks })
    return {
      async close() {
        await engine.close()
        await db.close()
      },
    }
  }

  test('what is submitted waits for one, and is executed by it', async () => {
    const { run_id } = await serving.client(SubmitRun, { tasks: [node('where')] })
    await sleep(700)
    expect((await serving.client(GetRunProgress, { run_id })).tasks[0]!.state).toBe('QUEUED')
    const one = await worker()
    await ended(serving.client, run_id)
    const { tasks: done } = await serving.client(GetRunProgress, { run_id })
    expect(done[0]!.values).toEqual({ url: serving.url, attempt: 1 })
    await one.close()
  })

  test('a task of one that closes goes on in the next, and that costs it no retry', async () => {
    started = false
    stopped = false
    const one = await worker()
    const { run_id } = await serving.client(SubmitRun, { tasks: [node('waits')] })
    while (!started) await sleep(20)
    await one.close()
    expect(stopped).toBe(true)
    const two = await worker()
    expect(resultsOf(await ended(serving.client, run_id))).toEqual({ a: 'SUCCESS' })
    expect((await serving.client(GetRunProgress, { run_id })).tasks[0]!.values).toEqual({ attempt: 2 })
    await two.close()
  })

  test('a cancel reaches it although it is another process', async () => {
    started = false
    stopped = false
    const one = await worker()
    const { run_id } = await serving.client(SubmitRun, { tasks: [node('waits')] })
    while (!started) await sleep(20)
    await serving.client(CancelRun, { run_id })
    while (!stopped) await sleep(10)
    expect((await ended(serving.client, run_id)).state.result_state).toBe('CANCELED')
    await one.close()
  })

  if (backend.redisUrl) {
    const { redisUrl } = backend
    test('a Redis that forgets everything loses no run', { timeout: 40_000 }, async () => {
      const { run_id } = await serving.client(SubmitRun, { tasks: [node('where')] })
      await sleep(700) // the dispatcher has handed it over
      const installation = await installationId(serving.context.db)
      expect(await forget(redisUrl, `cairn-${installation}:*`)).toBeGreaterThan(0)
      const one = await worker()
      expect((await ended(serving.client, run_id, 30_000)).state.result_state).toBe('SUCCESS')
      await one.close()
    })
  }
})
