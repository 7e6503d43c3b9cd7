import { GetJobRun, SubmitRun } from '@cairn/platform/protocol/databricks/job-runs'
import Type from 'typebox'
import { describe, expect, onTestFinished, test } from 'vitest'
import { defineTask } from '../task-kinds/task.js'
import { backends } from '../testing/backends.js'
import { waitForEnd } from '../testing/client.js'
import { servePipelines } from '../testing/serve.js'

const DAY_MS = 86_400_000

describe.each(backends)('a clock change of a day during a job, on %s', (_name, backend) => {
  test.each([
    ['back', -DAY_MS],
    ['forward', DAY_MS],
  ])(
    '%s, does not stop the job',
    async (_way, jump) => {
      let time = Date.now()
      let jumped = false
      const jumps = defineTask({
        entry: 'jumps',
        parameters: Type.Object({}),
        run: async () => {
          if (!jumped) time += jump
          jumped = true
          return {}
        },
      })
      const noop = defineTask({ entry: 'noop', parameters: Type.Object({}), run: async () => ({}) })
      const { database, redisUrl = '' } = backend
      const { client, close } = await servePipelines([jumps, noop], { database, redisUrl, now: () => time })
      const { run_id } = await client(SubmitRun, {
        tasks: [
          { task_key: 'first', node_task: { entry: 'jumps' } },
          { task_key: 'second', node_task: { entry: 'noop' }, depends_on: [{ task_key: 'first' }] },
        ],
      })
      expect((await waitForEnd(client, run_id)).state.result_state).toBe('SUCCESS')
      const { run_id: after } = await client(SubmitRun, {
        tasks: [{ task_key: 'only', node_task: { entry: 'noop' } }],
      })
      expect((await waitForEnd(client, after)).state.result_state).toBe('SUCCESS')
      await close()
    },
    300_000,
  )

  test('back, starts attempts that wait for a worker or for a retry', async () => {
    let time = Date.now()
    let release = () => undefined as unknown
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    const nothing = Type.Object({})
    const waits = defineTask({
      ...{ entry: 'waits', parameters: nothing },
      run: async () => {
        await released
        return {}
      },
    })
    const fails = defineTask({
      ...{ entry: 'fails', parameters: nothing },
      run: async ({ attempt }) => {
        if (attempt === 1) throw new Error('the first attempt fails')
        return {}
      },
    })
    const { database, redisUrl = '' } = backend
    const { client, close } = await servePipelines([waits, fails], {
      ...{ database, redisUrl, now: () => time, concurrency: 1 },
    })
    onTestFinished(close)
    const submit = async (entry: string) => {
      const node_task = { entry }
      const retries = { max_retries: 1, min_retry_interval_millis: 60_000 }
      return (await client(SubmitRun, { tasks: [{ task_key: 'a', node_task, ...retries }] })).run_id
    }
    const stateOf = async (run_id: number) =>
      (await client(GetJobRun, { run_id })).tasks![0]!.state.life_cycle_state
    const retried = await submit('fails')
    await expect.poll(() => stateOf(retried)).toBe('WAITING_FOR_RETRY')
    const running = await submit('waits')
    await expect.poll(() => stateOf(running)).toBe('RUNNING')
    const queued = await submit('waits')
    await expect.poll(() => stateOf(queued)).toBe('QUEUED')
    time -= DAY_MS
    release()
    for (const run_id of [retried, running, queued])
      expect((await waitForEnd(client, run_id)).state.result_state).toBe('SUCCESS')
  }, 300_000)
})
