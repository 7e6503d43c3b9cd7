import { setTimeout as sleep } from 'node:timers/promises'
import { openJobs } from '@cairn/platform/jobs/open'
import { SubmitRun } from '@cairn/platform/protocol/job-runs'
import Type from 'typebox'
import { describe, expect, test } from 'vitest'
import type { PipelinesSchema } from '../schema.js'
import { backends } from '../testing/backends.js'
import { ended } from '../testing/client.js'
import { existing, serve } from '../testing/serve.js'
import { ExecuteTask } from './execute-task.js'
import { defineTask } from './task.js'

const nothing = defineTask({ entry: 'nothing', parameters: Type.Object({}), run: async () => ({}) })

describe.each(backends)('an attempt on %s', (_name, { database, redisUrl = '' }) => {
  test('whose message a worker took and never acted upon is handed over again by the next server', async () => {
    const time = Date.now() // it stands still: nothing happens because something took too long
    const { context, client, ...first } = await serve([nothing], {
      database,
      redisUrl,
      concurrency: 0,
      now: () => time,
    })
    const tasks = [{ task_key: 'only', node_task: { entry: 'nothing' } }]
    const { run_id } = await client(SubmitRun, { tasks })
    const attempts = context.db.for<PipelinesSchema>().read.selectFrom('task_attempts')
    const handedOver = () => attempts.select('attempt').where('dispatched_at', 'is not', null).execute()
    while ((await handedOver()).length === 0) await sleep(10)
    const jobs = await openJobs({ ...context.config, redis_url: redisUrl }, context.db, first.app.log)
    const taken = new Promise<() => void>((resolve) => {
      jobs.work(ExecuteTask, () => new Promise<void>((letGo) => resolve(letGo)))
    })
    const letGo = await taken
    const again = existing(context.config.database_url)
    const next = await serve([nothing], { database: again, redisUrl, now: () => time + 1 })
    const run = await ended(next.client, run_id)
    expect(run.state.result_state).toBe('SUCCESS')
    await next.close()
    letGo()
    await jobs.close()
    await first.close()
  })
})
