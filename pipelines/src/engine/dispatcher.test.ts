import { setTimeout as sleep } from 'node:timers/promises'
import { openJobs } from '@cairn/platform/jobs/open'
import { SubmitRun } from '@cairn/platform/protocol/databricks/job-runs'
import Type from 'typebox'
import { describe, expect, test } from 'vitest'
import type { PipelinesSchema } from '../schema.js'
import { defineTask } from '../task-kinds/task.js'
import { backends } from '../testing/backends.js'
import { waitForEnd } from '../testing/client.js'
import { existingDatabase, servePipelines } from '../testing/serve.js'
import { ExecuteTask } from './execute-task.js'

const nothing = defineTask({ entry: 'nothing', parameters: Type.Object({}), run: async () => ({}) })

describe.each(backends)('Dispatcher on %s', (_name, { database, redisUrl = '' }) => {
  test('enqueues an attempt again after a worker of an earlier server lost its message', async () => {
    const time = Date.now() // The clock stands still, so that nothing expires.
    const { context, client, ...first } = await servePipelines([nothing], {
      database,
      redisUrl,
      concurrency: 0,
      now: () => time,
    })
    const tasks = [{ task_key: 'only', node_task: { entry: 'nothing' } }]
    const { run_id } = await client(SubmitRun, { tasks })
    const attempts = context.db.for<PipelinesSchema>().read.selectFrom('task_attempts')
    const dispatched = () => attempts.select('attempt').where('dispatched_at', 'is not', null).execute()
    while ((await dispatched()).length === 0) await sleep(10)
    const jobs = await openJobs({ ...context.config, redis_url: redisUrl }, context.db, first.app.log)
    const taken = new Promise<() => void>((resolve) => {
      jobs.work(ExecuteTask, () => new Promise<void>((release) => resolve(release)))
    })
    const release = await taken
    const database2 = existingDatabase(context.config.database_url)
    const next = await servePipelines([nothing], { database: database2, redisUrl, now: () => time + 1 })
    const run = await waitForEnd(next.client, run_id)
    expect(run.state.result_state).toBe('SUCCESS')
    await next.close()
    release()
    await jobs.close()
    await first.close()
  })
})
