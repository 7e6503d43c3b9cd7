import { GetJobRun, SubmitRun } from '@cairn/platform/protocol/databricks/job-runs'
import { databases } from '@cairn/platform/testing/databases'
import Type from 'typebox'
import { expect, test } from 'vitest'
import type { PipelinesSchema } from '../schema.js'
import { defineTask } from '../task-kinds/task.js'
import { servePipelines } from '../testing/serve.js'
import { DelegatedAttempts } from './delegated-attempts.js'

const noop = defineTask({ entry: 'noop', parameters: Type.Object({}), run: async () => ({}) })

test.each(databases)(
  'keeps the first token of an attempt, and doubles its pauses, on %s',
  async (_, database) => {
    const serving = await servePipelines([noop], { database, concurrency: 0 })
    try {
      const { client, context } = serving
      const tasks = [{ task_key: 'a', node_task: { entry: 'noop' } }]
      const { run_id } = await client(SubmitRun, { tasks })
      const task_run_id = (await client(GetJobRun, { run_id })).tasks![0]!.run_id
      const db = context.db.for<PipelinesSchema>()
      let now = Date.now() + 3_600_000 // The server itself must not find the attempt due.
      const delegated = new DelegatedAttempts(db, () => now)
      const key = { task_run_id, attempt: 2 }
      await db.transaction(async (tx) => {
        await tx
          .insertInto('task_attempts')
          .values({ ...key, state: 'delegated', run_at: now })
          .execute()
        await tx.updateTable('task_runs').set({ started_at: now }).execute()
      })
      const isDue = async () => (await delegated.listDue()).length === 1
      expect(await delegated.tokenOf(key, 'first')).toBe('first')
      expect(await delegated.tokenOf(key, 'second')).toBe('first')
      expect(await delegated.tokenOf({ task_run_id, attempt: 3 }, 'second')).toBeUndefined()
      const pauses: number[] = []
      for (let i = 0; i < 4; i++) {
        await delegated.postpone(key)
        const from = now
        while (!(await isDue())) now += 500
        pauses.push(now - from)
      }
      expect(pauses).toEqual([1_000, 1_000, 2_000, 4_000])
    } finally {
      await serving.close()
    }
  },
)
