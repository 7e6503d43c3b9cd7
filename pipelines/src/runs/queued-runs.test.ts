import type { Db } from '@cairn/platform/db/db'
import { migrate } from '@cairn/platform/db/migrate'
import { type TestAuth, testAuth } from '@cairn/platform/testing/auth'
import { databases } from '@cairn/platform/testing/databases'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { PipelinesSchema } from '../schema.js'
import { startableRuns } from './queued-runs.js'
import { RunStore } from './store.js'

const QUEUED = 10_000

describe.each(databases)('queued runs on %s', (_name, database) => {
  let opened: TestAuth
  let db: Db<PipelinesSchema>
  let runs: RunStore
  beforeAll(async () => {
    opened = await testAuth(database)
    db = opened.db.for<PipelinesSchema>()
    await migrate(opened.db, 'pipelines', new URL('../migrations/', import.meta.url))
    runs = new RunStore(
      db,
      () => 5_000,
      () => undefined,
    )
  })
  afterAll(() => opened?.close())
  beforeEach(() =>
    db.transaction(async (tx) => {
      await tx.deleteFrom('task_attempts').execute()
      await tx.deleteFrom('task_runs').execute()
      await tx.deleteFrom('job_runs').execute()
    }),
  )

  /** Inserts runs `first`, `first + 1`, … of a job. */
  const insert = (
    first: number,
    count: number,
    row: { job: number; state?: 'QUEUED' | 'RUNNING' | 'TERMINATED'; limit?: number },
  ) => {
    const { job, state = 'QUEUED', limit } = row
    const settings = JSON.stringify({ ...(limit !== undefined && { max_concurrent_runs: limit }), tasks: [] })
    return db.transaction((tx) =>
      sql`insert into job_runs (run_id, job_id, run_name, run_type, number_in_job, creator, settings, parameters, overriding,
          state, message, start_time)
        with recursive number(n) as (select ${sql.lit(first)} union all select n + 1 from number where n + 1 < ${sql.lit(first + count)})
        select n, ${sql.lit(job)}, 'r', 'JOB_RUN', n, 'owner', ${settings}, '{}', '{}', ${sql.lit(state)}, '', n from number`.execute(
        tx,
      ),
    )
  }
  const states = async () =>
    new Map(
      (await db.read.selectFrom('job_runs').select(['run_id', 'state']).execute()).map((row) => [
        row.run_id,
        row.state,
      ]),
    )

  test('starts the oldest runs of each job up to its limit', async () => {
    await insert(1, 1, { job: 1, state: 'RUNNING' })
    await insert(2, 3, { job: 1 })
    await insert(10, 4, { job: 2, limit: 2 })
    await insert(20, 1, { job: 3, limit: 0 })
    await insert(30, 2, { job: 4, state: 'TERMINATED' })
    expect(await startableRuns(db)).toEqual([{ run_id: 10, job_id: 2 }])
    expect(await runs.startQueued()).toBe(true)
    const after = await states()
    expect([10, 11, 12, 13].map((id) => after.get(id))).toEqual([
      'TERMINATED', // a run without tasks
      'TERMINATED',
      'TERMINATED',
      'TERMINATED',
    ])
    expect([2, 3, 4, 20].map((id) => after.get(id))).toEqual(['QUEUED', 'QUEUED', 'QUEUED', 'QUEUED'])
    expect(await runs.startQueued()).toBe(false)
  })

  test(`reads one row a job of ${QUEUED} queued runs`, async () => {
    await insert(1, 1, { job: 1, state: 'RUNNING' })
    await insert(2, QUEUED, { job: 1 })
    await insert(QUEUED + 10, QUEUED / 10, { job: 2, state: 'RUNNING', limit: 1000 })
    await insert(3 * QUEUED, 1, { job: 2, limit: 1001 })
    expect(await startableRuns(db)).toEqual([{ run_id: 3 * QUEUED, job_id: 2 }])
  })
})
