import { GetTaskLogs } from '@cairn/platform/protocol/cairn/task-logs'
import { GetJobRun, SubmitRun } from '@cairn/platform/protocol/databricks/job-runs'
import { databases } from '@cairn/platform/testing/databases'
import { silentLog } from '@cairn/platform/testing/silent-log'
import Type from 'typebox'
import { expect, test } from 'vitest'
import type { PipelinesSchema } from '../schema.js'
import { defineTask } from '../task-kinds/task.js'
import { servePipelines } from '../testing/serve.js'
import { TaskLog } from './task-log.js'

const noop = defineTask({ entry: 'noop', parameters: Type.Object({}), run: async () => ({}) })

test.each(databases)(
  'a retry logs its error after an attempt that filled the log, on %s',
  async (_, database) => {
    const serving = await servePipelines([noop], { database, concurrency: 0 })
    try {
      const { client, context } = serving
      const tasks = [{ task_key: 'a', node_task: { entry: 'noop' } }]
      const { run_id } = await client(SubmitRun, { tasks })
      const task_run_id = (await client(GetJobRun, { run_id })).tasks![0]!.run_id
      const db = context.db.for<PipelinesSchema>()
      for (const line of [100_000, 1_200_000]) {
        const last = { task_run_id, line, time: 0, attempt: 1, level: 'info', message: 'noise' }
        await db.transaction((tx) => tx.insertInto('task_logs').values(last).execute())
        const log = await TaskLog.open(db, { task_run_id, attempt: 2 }, silentLog)
        log.error('the reason')
        await log.flush()
        const { lines } = await client(GetTaskLogs, { run_id, task_key: 'a', offset: line + 1 })
        expect(lines).toMatchObject([{ line: line + 1, attempt: 2, level: 'error', message: 'the reason' }])
      }
    } finally {
      await serving.close()
    }
  },
)

test.each(databases)('keeps 10 MB of the lines of an attempt, in their order, on %s', async (_, database) => {
  const serving = await servePipelines([noop], { database, concurrency: 0 })
  try {
    const { client, context } = serving
    const tasks = [{ task_key: 'a', node_task: { entry: 'noop' } }]
    const { run_id } = await client(SubmitRun, { tasks })
    const task_run_id = (await client(GetJobRun, { run_id })).tasks![0]!.run_id
    const log = await TaskLog.open(context.db.for<PipelinesSchema>(), { task_run_id, attempt: 1 }, silentLog)
    for (let i = 0; i < 1_200; i++) log.info(`${i} ${'x'.repeat(10_000)}`)
    await log.flush()
    const { lines } = await client(GetTaskLogs, { run_id, task_key: 'a', offset: 997 })
    expect(lines.map(({ message }) => message.slice(0, 20))).toEqual([
      ...['997 xxxxxxxxxxxxxxxx', '998 xxxxxxxxxxxxxxxx', '999 xxxxxxxxxxxxxxxx'],
      'The log is full; further lines are dropped.'.slice(0, 20),
    ])
  } finally {
    await serving.close()
  }
})
