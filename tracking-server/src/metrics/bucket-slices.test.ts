import { databases } from '@cairn/platform/testing/databases'
import { expect, onTestFinished, test } from 'vitest'
import type { TrackingSchema } from '../schema.js'
import { trackingApp } from '../testing/tracking-app.js'
import { readBuckets } from './buckets.js'
import { insertChunks } from './write.js'

const RUNS = 40

/** Counts the turns of the event loop in which others can work. */
async function countTurns<Result>(work: () => Promise<Result>) {
  let turns = 0
  let isDone = false
  const count = () => {
    turns++
    if (!isDone) setImmediate(count)
  }
  setImmediate(count)
  const result = await work()
  isDone = true
  return { turns, result }
}

test.each(databases)(
  'buckets of points outside of chunks are read in turns with other work on %s',
  async (_name, database) => {
    const tracked = await trackingApp(database)
    onTestFinished(() => tracked.close())
    const ids = await Promise.all(Array.from({ length: RUNS }, () => tracked.createRun()))
    const metrics = Array.from({ length: 5 }, (_, step) => ({ key: 'm', timestamp: 1, step, value: step }))
    for (const run_id of ids) await tracked.post('runs/log-batch', { run_id, metrics })
    const db = tracked.context.db.for<TrackingSchema>()
    const { turns, result } = await countTurns(() => readBuckets(db, ids, { key: 'm', count: 10 }))
    expect(result.runs).toHaveLength(RUNS)
    // Each run is read twice: for the range of steps of all runs, and into the buckets.
    expect(turns).toBeGreaterThanOrEqual(2 * RUNS)
  },
)

test('the chunks of ten runs at a time are searched for the first and last steps', async () => {
  const [, sqlite] = databases[0]!
  const tracked = await trackingApp(sqlite)
  onTestFinished(() => tracked.close())
  const db = tracked.context.db.for<TrackingSchema>()
  const ids = await Promise.all(Array.from({ length: RUNS }, () => tracked.createRun()))
  const points = {
    timestamps: Float64Array.of(1, 2),
    steps: Float64Array.of(1, 2),
    values: Float64Array.of(1, 2),
  }
  await db.transaction(async (tx) => {
    for (const id of ids) await insertChunks(tx, db.dialect, id, [{ key: 'm', points }])
  })
  const { turns } = await countTurns(() => readBuckets(db, ids, { key: 'm', count: 10, range: [5, 6] }))
  expect(turns).toBeGreaterThanOrEqual(RUNS / 10 + RUNS / 20)
})
