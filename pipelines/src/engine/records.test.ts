import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from '@cairn/platform/db/db'
import { migrate } from '@cairn/platform/db/migrate'
import { type TestAuth, testAuth } from '@cairn/platform/testing/auth'
import { databases } from '@cairn/platform/testing/databases'
import { silentLog } from '@cairn/platform/testing/silent-log'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readLog, readLogEnd } from '../runs/logs.js'
import { RunStore } from '../runs/store.js'
import type { PipelinesSchema } from '../schema.js'
import { ProgressWriter, writeProgressTo } from './progress-writer.js'
import { TaskLog } from './task-log.js'

describe.each(databases)('logs and progress of a running task on %s', (_name, database) => {
  let opened: TestAuth
  let db: Db<PipelinesSchema>
  let task_run_id: number
  beforeAll(async () => {
    opened = await testAuth(database)
    db = opened.db.for<PipelinesSchema>()
    await migrate(opened.db, 'pipelines', new URL('../migrations/', import.meta.url))
  })
  afterAll(() => opened?.close())
  beforeEach(async () => {
    const runs = new RunStore(db, Date.now, () => undefined)
    const settings = { tasks: [{ task_key: 'a' }] }
    const run = await runs.submit({
      settings,
      runName: 'r',
      creator: 'owner',
      owner: 'local-owner',
      parameters: {},
    })
    task_run_id = (await runs.tasks([run.run_id]))[0]!.task_run_id
    await db.transaction((tx) =>
      tx.updateTable('task_runs').set({ state: 'RUNNING' }).where('task_run_id', '=', task_run_id).execute(),
    )
  })

  test('numbers log lines over all attempts, and reads them in pages', async () => {
    const first = await TaskLog.open(db, { task_run_id, attempt: 1 }, silentLog)
    first.info('one\ntw\0')
    first.warn(`${'x'.repeat(9_999)}🎬 is cut in half`)
    await first.flush()
    const second = await TaskLog.open(db, { task_run_id, attempt: 2 }, silentLog)
    second.error('한글 \u0001 “quotes” \'single\' and {"json": true}')
    await second.flush()
    const page = await readLog(db, task_run_id, { offset: 1, limit: 2 })
    expect(page.map(({ line, attempt, level, message }) => [line, attempt, level, message.length])).toEqual([
      [1, 1, 'info', 3],
      [2, 1, 'warn', 10_000],
    ])
    const rest = await readLog(db, task_run_id, { offset: 3, limit: 10 })
    expect(rest.map((line) => line.message)).toEqual(['한글 \u0001 “quotes” \'single\' and {"json": true}'])
    expect(await readLogEnd(db, task_run_id, 2)).toMatchObject({ truncated: true })
    expect(await readLogEnd(db, task_run_id, 4)).toMatchObject({ truncated: false })
  })

  test('the end of a log omits the preparation of its process', async () => {
    const log = await TaskLog.open(db, { task_run_id, attempt: 3 }, silentLog)
    log.info('first')
    log.setup('Collecting mlflow')
    log.info('last')
    await log.flush()
    expect(await readLogEnd(db, task_run_id, 2)).toEqual({ text: 'first\nlast', truncated: false })
    expect(await readLogEnd(db, task_run_id, 1)).toEqual({ text: 'last', truncated: true })
  })

  test('stores lines while the task is running', async () => {
    const log = await TaskLog.open(db, { task_run_id, attempt: 1 }, silentLog)
    log.info('alive')
    await expect.poll(() => readLog(db, task_run_id, { offset: 0, limit: 1 })).toHaveLength(1)
  })

  test('writes progress at most twice a second, and keeps the latest', async () => {
    let writes = 0
    const counted = new Proxy(db, {
      get: (target, name) => {
        if (name === 'transaction') writes++
        const value = Reflect.get(target, name, target)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    await db.transaction((tx) =>
      tx.updateTable('task_runs').set({ attempt: 1 }).where('task_run_id', '=', task_run_id).execute(),
    )
    const first = { task_run_id, attempt: 1 }
    const writer = new ProgressWriter(first, writeProgressTo(counted, first), silentLog)
    const startedAt = Date.now()
    for (let done = 1; done <= 110; done++) {
      writer.set({ done, total: 110, unit: 'steps' })
      await sleep(10)
    }
    await writer.flush()
    expect(writes).toBeLessThanOrEqual(2 + (Date.now() - startedAt) / 500)
    expect(writes).toBeGreaterThanOrEqual(2)
    const { progress } = await db.read
      .selectFrom('task_runs')
      .select('progress')
      .where('task_run_id', '=', task_run_id)
      .executeTakeFirstOrThrow()
    expect(JSON.parse(progress!)).toEqual({ done: 110, total: 110, unit: 'steps' })
    const none = { task_run_id, attempt: 0 }
    const late = new ProgressWriter(none, writeProgressTo(db, none), silentLog)
    late.set({ done: 1 })
    await late.flush()
    const after = await db.read
      .selectFrom('task_runs')
      .select('progress')
      .where('task_run_id', '=', task_run_id)
      .execute()
    expect(JSON.parse(after[0]!.progress!).done, 'an earlier attempt does not write').toBe(110)
  })
})
