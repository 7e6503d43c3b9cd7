import { databases } from '@cairn/platform/testing/databases'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Clock } from '../../clock.js'
import type { TrackingSchema } from '../../schema.js'
import { type TrackingApp, trackingApp } from '../../testing/tracking-app.js'
import { runKey } from '../find.js'
import { indexPending } from '../value-index.js'
import { RunEntries } from './run-entries.js'

describe.each(databases)('parameters and tags on %s', (_name, database) => {
  let tracked: TrackingApp
  let run_id: string

  beforeEach(async () => {
    tracked = await trackingApp(database)
    run_id = await tracked.createRun()
  })
  afterEach(() => tracked.close())

  const db = () => tracked.context.db.for<TrackingSchema>()

  /** Entries of the run that are not in the index by value. */
  const fresh = async () => {
    const { rows } = await sql<{ key: string }>`select key from params where fresh = 1
      union all select key from tags where fresh = 1 and key <> 'mlflow.runName' order by key`.execute(
      db().read,
    )
    return rows.map(({ key }) => key)
  }

  /** Results of a search that uses the index by value. */
  const found = async (filter: string) => {
    const { body } = await tracked.post('runs/search', { experiment_ids: ['0'], filter })
    return (body.runs ?? []).length
  }

  const insert = (keys: readonly string[]) =>
    db().transaction((tx) =>
      new RunEntries(db(), new Clock(Date.now)).insertParams(
        tx,
        runKey(run_id),
        keys.map((key) => ({ key, value: '1' })),
      ),
    )

  test('are indexed by value later on SQLite, and are found before that', async () => {
    const { indexesLater } = db().dialect
    await insert(['a'])
    await tracked.post('runs/set-tag', { run_id, key: 'b', value: '1' })
    const written = await fresh()
    expect(indexesLater ? ['a', 'b'] : []).toEqual(expect.arrayContaining(written)) // one in a thousand indexes
    expect([await found("params.a = '1'"), await found("tags.b = '1'")]).toEqual([1, 1])

    await insert(Array.from({ length: 1000 }, (_, i) => `c${i}`)) // enough to index for certain
    expect(await fresh()).toEqual([])
    expect([await found("params.c7 = '1'"), await found("tags.b = '1'")]).toEqual([1, 1])
  })

  test('are found with their current values after changes, indexed or not', async () => {
    const set = (value: string) => tracked.post('runs/set-tag', { run_id, key: 't', value })
    await set('old')
    await set('new')
    expect([await found("tags.t = 'old'"), await found("tags.t = 'new'")]).toEqual([0, 1])
    await db().transaction(indexPending)
    await set('newer')
    expect([await found("tags.t = 'new'"), await found("tags.t = 'newer'")]).toEqual([0, 1])
    await tracked.post('runs/delete-tag', { run_id, key: 't' })
    expect(await found("tags.t = 'newer'")).toBe(0)
  })
})
