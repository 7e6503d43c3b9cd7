import { SubmitRun } from '@cairn/platform/protocol/job-runs'
import Type from 'typebox'
import { describe, expect, test } from 'vitest'
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
})
