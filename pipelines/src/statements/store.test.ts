import { migrate } from '@cairn/platform/db/migrate'
import { type TestApp, testApp } from '@cairn/platform/testing/app'
import { databases } from '@cairn/platform/testing/databases'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PipelinesSchema } from '../schema.js'
import { StatementStore } from './store.js'

describe.each(databases)('stored statements on %s', (_name, database) => {
  let served: TestApp
  beforeAll(async () => {
    served = await testApp(
      async (_app, { db }) =>
        void (await migrate(db, 'pipelines', new URL('../migrations/', import.meta.url))),
      { database },
    )
  })
  afterAll(() => served?.close())

  test('statements of a dead server have failed, and old ones are deleted', async () => {
    let now = Date.now()
    const db = served.context.db.for<PipelinesSchema>()
    const store = new StatementStore(db, () => now)
    await store.create('lost', 'someone')
    now += 31_000
    expect(await store.find('someone', 'lost')).toMatchObject({ state: 'FAILED' })
    now += 3_600_000
    for (let i = 0; i < 25; i++) {
      now++
      await store.create(`s${i}`, 'someone')
      await store.end(`s${i}`, { state: 'SUCCEEDED', error: null, result: '{}' })
    }
    await expect(store.find('someone', 'lost')).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' })
    expect(await store.find('someone', 's24')).toMatchObject({ state: 'SUCCEEDED' })
    const { rows } = await sql<{ n: number }>`
      select cast(count(*) as integer) as n from sql_statements where principal_id = 'someone'`.execute(
      db.read,
    )
    expect(rows).toEqual([{ n: 20 }])
    now += 3_600_001
    await expect(store.find('someone', 's24')).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' })
    const { days, purge } = store.retention()
    const before = now - days * 24 * 3_600_000
    expect([await purge(before, 15), await purge(before, 15)]).toEqual([15, 5])
  })
})
