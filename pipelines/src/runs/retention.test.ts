import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import { migrate } from '@cairn/platform/db/migrate'
import { Retention } from '@cairn/platform/db/retention'
import { type TestAuth, testAuth } from '@cairn/platform/testing/auth'
import { databases } from '@cairn/platform/testing/databases'
import { silentLog } from '@cairn/platform/testing/silent-log'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TaskLog } from '../engine/task-log.js'
import { JobStore } from '../jobs/store.js'
import type { PipelinesSchema } from '../schema.js'
import { readLog } from './logs.js'
import { runRetention } from './retention.js'
import { RunStore } from './store.js'

const DAY = 24 * 3_600_000

describe.each(databases)('retention of runs on %s', (_name, database) => {
  let opened: TestAuth
  beforeAll(async () => {
    opened = await testAuth(database)
    await migrate(opened.db, 'pipelines', new URL('../migrations/', import.meta.url))
  })
  afterAll(() => opened?.close())

  test('deletes attempts and logs after their retention since the end of the run', async () => {
    const db = opened.db.for<PipelinesSchema>()
    let now = Date.now()
    const runs = new RunStore(
      db,
      () => now,
      () => undefined,
    )
    const start = async () => {
      const settings = { tasks: [{ task_key: 'a' }] }
      const run = await runs.submit({
        settings,
        runName: 'r',
        creator: 'owner',
        owner: 'local-owner',
        parameters: {},
      })
      const { task_run_id } = (await runs.tasks([run.run_id]))[0]!
      await db.transaction((tx) =>
        tx
          .updateTable('task_runs')
          .set({ state: 'RUNNING' })
          .where('task_run_id', '=', task_run_id)
          .execute(),
      )
      const log = await TaskLog.open(db, { task_run_id, attempt: 1 }, silentLog)
      log.info('a line')
      await log.flush()
      return { run_id: run.run_id, task_run_id }
    }
    const [ended, running] = [await start(), await start()]
    await db.transaction((tx) =>
      tx.updateTable('job_runs').set({ ended_at: now }).where('run_id', '=', ended.run_id).execute(),
    )
    const retention = new Retention({ now: () => now, onError: (error) => expect(error).toBeUndefined() })
    retention.add(...runRetention(db, { task_attempt_retention_days: 5, task_log_retention_days: 2 }))
    const kept = async () => {
      await retention.purge()
      const attempts = await db.read.selectFrom('task_attempts').select('task_run_id').execute()
      const of = async ({ task_run_id }: { task_run_id: number }) => [
        attempts.filter((one) => one.task_run_id === task_run_id).length,
        (await readLog(db, task_run_id, { offset: 0, limit: 10 })).length,
      ]
      return [await of(ended), await of(running)]
    }
    now += 2 * DAY
    expect(await kept()).toEqual([
      [1, 1],
      [1, 1],
    ])
    now += 1
    expect(await kept()).toEqual([
      [1, 0],
      [1, 1],
    ])
    now += 3 * DAY
    expect(await kept()).toEqual([
      [0, 0],
      [1, 1],
    ])
    expect(await runs.get(ended.run_id)).toMatchObject({ run_id: ended.run_id })
  })

  test('deletes skipped runs of jobs after the retention of attempts', async () => {
    const db = opened.db.for<PipelinesSchema>()
    let now = Date.now()
    const clock = () => now
    const runs = new RunStore(db, clock, () => undefined)
    const job = await new JobStore(db, clock).create({ tasks: [{ task_key: 'a' }] }, LOCAL_OWNER)
    const start = async () => (await runs.runJob(job, { creator: 'owner', parameters: {} })).run_id
    const [running, skipped] = [await start(), await start()]
    expect((await runs.get(skipped)).state).toBe('SKIPPED')
    const retention = new Retention({ now: clock, onError: (error) => expect(error).toBeUndefined() })
    retention.add(...runRetention(db, { task_attempt_retention_days: 5, task_log_retention_days: 2 }))
    now += 5 * DAY
    await retention.purge()
    await runs.get(skipped)
    now += 1
    await retention.purge()
    await expect(runs.get(skipped)).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' })
    expect((await runs.get(running)).state).toBe('RUNNING')
  })
})
