import { databases } from '@cairn/platform/testing/databases'
import { expect, onTestFinished, test } from 'vitest'
import type { TrackingSchema } from '../schema.js'
import { trackingApp } from '../testing/tracking-app.js'
import { readBuckets } from './buckets.js'

const RUNS = 40

test.each(databases)(
  'buckets of points outside of chunks are read in turns with other work on %s',
  async (_name, database) => {
    const tracked = await trackingApp(database)
    onTestFinished(() => tracked.close())
    const ids = await Promise.all(Array.from({ length: RUNS }, () => tracked.createRun()))
    const metrics = Array.from({ length: 5 }, (_, step) => ({ key: 'm', timestamp: 1, step, value: step }))
    for (const run_id of ids) await tracked.post('runs/log-batch', { run_id, metrics })
    let turns = 0
    let isDone = false
    const count = () => {
      turns++
      if (!isDone) setImmediate(count)
    }
    setImmediate(count)
    const { runs } = await readBuckets(tracked.context.db.for<TrackingSchema>(), ids, { key: 'm', count: 10 })
    isDone = true
    expect(runs).toHaveLength(RUNS)
    // Each run is read twice: for the range of steps of all runs, and into the buckets.
    expect(turns).toBeGreaterThanOrEqual(2 * RUNS)
  },
)
