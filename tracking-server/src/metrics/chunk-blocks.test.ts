import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TrackingSchema } from '../schema.js'
import { type TrackingApp, trackingApp } from '../testing/tracking-app.js'
import { bucketGrid } from './bucket-grid.js'
import { readBuckets } from './buckets.js'
import { insertChunks } from './write.js'

const COUNT = 20_000
const column = (valueAt: (i: number) => number) => Float64Array.from({ length: COUNT }, (_, i) => valueAt(i))

test.each([
  ['few steps are buckets of their own', 3, 12, 20, { width: 1, origin: 3 }],
  ['buckets start at multiples of a power of two', 1000, 2999, 10, { width: 256, origin: 768 }],
  ['negative steps too', -1000, 999, 10, { width: 256, origin: -1024 }],
  ['one bucket on both sides of zero is not aligned', -2, 40, 1, { width: 43, origin: -2 }],
])('%s', (_name, start, end, count, grid) => {
  expect(bucketGrid(start, end, count)).toMatchObject({ start, end, ...grid })
})

describe.each(databases)('blocks of chunks on %s', (_name, database) => {
  let tracked: TrackingApp
  beforeAll(async () => {
    tracked = await trackingApp(database)
  })
  afterAll(() => tracked.close())

  /** Runs with regular and irregular steps, one of which is a spike, and NaN. */
  async function longRuns() {
    const db = tracked.context.db.for<TrackingSchema>()
    const ids = [await tracked.createRun(), await tracked.createRun()]
    const values = column((i) => (i === 12_345 ? 1000 : i % 700 === 0 ? Number.NaN : Math.sin(i)))
    const timestamps = column((i) => 1_700_000_000_000 + i * 7)
    const stepsOf = [(i: number) => i * 3, (i: number) => i + (i % 3 === 1 ? 1 : 0)]
    await db.transaction(async (tx) => {
      for (const [run, id] of ids.entries())
        await insertChunks(tx, db.dialect, id, [
          { key: 'long', points: { timestamps, values, steps: column(stepsOf[run]!) } },
        ])
    })
    return { db, ids }
  }

  test('give wide buckets without points, the same as points do', async () => {
    const { db, ids } = await longRuns()
    const read = (options: object) => readBuckets(db, ids, { key: 'long', count: 500, ...options })
    const requests = [{}, { count: 30 }, { range: [-10, 60_000], count: 70 }]
    const before = await Promise.all(requests.map(read))
    const highest = before[0]!.runs.map((run) =>
      Math.max(...JSON.parse(run).buckets.map(({ max = 0 }: { max?: number }) => max)),
    )
    expect(highest).toEqual([1000, 1000])
    await db.transaction(
      async (tx) =>
        void (await tx.updateTable('metric_chunks').set({ points: '' }).where('run_id', 'in', ids).execute()),
    )
    expect(await Promise.all(requests.map(read))).toEqual(before)
  })

  test('are missing in chunks of older releases, whose points are read', async () => {
    const { db, ids } = await longRuns()
    const read = () => readBuckets(db, ids, { key: 'long', count: 500 })
    const before = await read()
    await db.transaction(
      async (tx) =>
        void (await tx
          .updateTable('metric_chunks')
          .set({ block_width: null, blocks: null })
          .where('run_id', '=', ids[0]!)
          .execute()),
    )
    expect(await read()).toEqual(before)
  })
})
