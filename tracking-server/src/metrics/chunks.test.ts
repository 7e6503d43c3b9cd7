import { databases } from '@cairn/platform/testing/databases'
import { share } from '@cairn/platform/testing/effort'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Clock } from '../clock.js'
import { getActiveRun } from '../runs/find.js'
import { prepareMetricsWrite } from '../runs/logging/write-metrics.js'
import type { TrackingSchema } from '../schema.js'
import { type TrackingApp, trackingApp } from '../testing/tracking-app.js'
import { readBuckets } from './buckets.js'
import { MetricHistory } from './history.js'
import { prepareMetrics } from './logged-points.js'
import type { StoredPoint } from './point-columns.js'
import { everyNth, sampleRuns } from './sample.js'
import { compactRun, compactSeries, insertChunks } from './write.js'

const KEYS = ['a', '"b"']
const LARGE = Number.MAX_SAFE_INTEGER

const numbers = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true, noDefaultInfinity: true }))
const value = fc.oneof(
  { arbitrary: numbers, weight: 9 },
  { arbitrary: fc.constant('NaN' as const), weight: 1 },
)
const point = fc
  .record({
    key: fc.constantFrom(...KEYS),
    timestamp: fc.oneof(fc.nat(6), fc.constant(LARGE)),
    step: fc.oneof(fc.integer({ min: -2, max: 40 }), fc.constant(1_000_000)),
    value,
  })
  .map(({ value: drawn, ...rest }) => ({
    ...rest,
    value: drawn === 'NaN' ? 0 : drawn + 0,
    is_nan: drawn === 'NaN' ? (1 as const) : (0 as const),
  }))
type DrawnPoint = StoredPoint & { readonly key: string }

/** Events of a history: requests with one point or many, and both kinds of compaction. */
const event = fc.oneof(
  { arbitrary: fc.array(point, { minLength: 1, maxLength: 3 }), weight: 2 },
  { arbitrary: fc.array(point, { minLength: 4, maxLength: 60 }), weight: 3 },
  { arbitrary: fc.constantFrom('settle run', 'settle a', 'settle "b"'), weight: 3 },
)

describe.each(databases)('metric history on %s', (_name, database) => {
  let tracked: TrackingApp
  beforeAll(async () => {
    tracked = await trackingApp(database)
  })
  afterAll(() => tracked.close())

  async function play(events: readonly (string | readonly DrawnPoint[])[]): Promise<string> {
    const db = tracked.context.db.for<TrackingSchema>()
    const runId = await tracked.createRun()
    for (const one of events)
      await db.transaction(async (tx) => {
        if (typeof one !== 'string')
          await prepareMetricsWrite(
            db.dialect,
            prepareMetrics(one),
            new Clock(Date.now),
          )(tx, await getActiveRun(tx, runId))
        else if (one === 'settle run') await compactRun(tx, db.dialect, runId)
        else await compactSeries(tx, db.dialect, runId, one.slice('settle '.length))
      })
    return runId
  }

  const logged = (events: readonly (string | readonly DrawnPoint[])[], key: string) => {
    const distinct = new Map(
      events
        .flatMap((one) => (typeof one === 'string' ? [] : one))
        .filter((one) => one.key === key)
        .map((one) => [`${one.timestamp} ${one.step} ${one.value} ${one.is_nan}`, one]),
    )
    return [...distinct.values()].sort(
      (a, b) => a.timestamp - b.timestamp || a.step - b.step || a.value - b.value || a.is_nan - b.is_nan,
    )
  }

  const wire = ({ key, timestamp, step, value: stored, is_nan }: DrawnPoint) => ({
    key,
    value: is_nan ? 'NaN' : stored,
    timestamp,
    step,
  })

  test('contains every point once and in order, complete and in pages, wherever points are stored', async () => {
    const history = new MetricHistory(tracked.context.db.for<TrackingSchema>())
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 30 }),
        async (events, max_results) => {
          const run_id = await play(events)
          for (const metric_key of KEYS) {
            const expected = logged(events, metric_key).map(wire)
            expect((await history.page({ run_id, metric_key })).metrics ?? []).toEqual(expected)
            const paged: unknown[] = []
            for (let page_token: string | undefined = ''; page_token !== undefined; ) {
              const page = await history.page({ run_id, metric_key, max_results, page_token })
              paged.push(...(page.metrics ?? []))
              page_token = page.next_page_token
            }
            expect(paged).toEqual(expected)
          }
        },
      ),
      { numRuns: share(60, database.engine) },
    )
  })

  test('aggregates the same minimum, maximum and last values in buckets as a scan of all points', async () => {
    const db = tracked.context.db.for<TrackingSchema>()
    const steps = fc.integer({ min: -2, max: 41 })
    const range = fc.option(fc.tuple(steps, steps).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const))
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { minLength: 1, maxLength: 12 }),
        range,
        fc.integer({ min: 1, max: 50 }),
        async (events, requested, count) => {
          const runId = await play(events)
          const points = logged(events, 'a')
          const bucketing = { key: 'a', count, ...(requested && { range: requested }) }
          const { origin, width, runs } = await readBuckets(db, [runId], bucketing)
          const start = requested?.[0] ?? Math.min(...points.map(({ step }) => step))
          const end = requested?.[1] ?? Math.max(...points.map(({ step }) => step))
          expect(JSON.parse(runs[0]!).buckets).toEqual(plain(points, start, end, { origin, width }))
        },
      ),
      { numRuns: share(60, database.engine) },
    )
  })

  test('samples the same points as a scan of all points, wherever they are stored', async () => {
    const db = tracked.context.db.for<TrackingSchema>()
    const steps = fc.integer({ min: -2, max: 41 })
    const range = fc.option(fc.tuple(steps, steps).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const))
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { minLength: 1, maxLength: 12 }),
        fc.array(event, { minLength: 1, maxLength: 6 }),
        range,
        fc.integer({ min: 1, max: 20 }),
        async (one, other, requested, maxSteps) => {
          const ids = [await play(one), await play(other)]
          const points = [logged(one, 'a'), logged(other, 'a')]
          const options = { key: 'a', maxSteps, ...(requested && { range: requested }) }
          const sampled = await sampleRuns(db, ids, options)
          const all = points.flatMap((own) => own.map(({ step }) => step))
          const inside = requested ?? [0, Math.max(0, ...all)]
          const isInside = (step: number) => step >= inside[0] && step <= inside[1]
          const distinct = [...new Set(all.filter(isInside))].sort((a, b) => a - b)
          const edges = points.flatMap((own) => {
            const known = own.map(({ step }) => step)
            return own.length > 0 ? [Math.min(...known), Math.max(...known)] : []
          })
          const wanted = new Set([...everyNth(distinct, maxSteps), ...edges.filter(isInside)])
          const expected = points.flatMap((own, i) =>
            own
              .filter(({ step }) => wanted.has(step))
              .sort((a, b) => a.step - b.step)
              .map((drawn) => ({ ...wire(drawn), run_id: ids[i] })),
          )
          expect(JSON.parse(`[${sampled.join()}]`)).toEqual(expected)
        },
      ),
      { numRuns: share(60, database.engine) },
    )
  })

  test('reads long histories with irregular steps and chunks of older releases', async () => {
    const db = tracked.context.db.for<TrackingSchema>()
    const regular = await tracked.createRun()
    const irregular = await tracked.createRun()
    const count = 20_000
    const column = (valueAt: (i: number) => number) =>
      Float64Array.from({ length: count }, (_, i) => valueAt(i))
    const values = column((i) => (i === 12_345 ? 1000 : 1))
    await db.transaction(async (tx) => {
      const timestamps = column((i) => i)
      const even = { timestamps, values, steps: column((i) => i) }
      const odd = { timestamps, values, steps: column((i) => i + (i % 3 === 1 ? 1 : 0)) }
      await insertChunks(tx, db.dialect, regular, [{ key: 'long', points: even }])
      await insertChunks(tx, db.dialect, irregular, [{ key: 'long', points: odd }])
    })
    const url = `/api/cairn/v1/metrics/buckets?run_ids=${regular}&run_ids=${irregular}&metric_key=long&buckets=7`
    const { runs } = (await tracked.app.inject({ url })).json()
    for (const { first_timestamp, buckets } of runs) {
      expect([first_timestamp, buckets.length]).toEqual([0, 5])
      expect(Math.max(...buckets.map(({ max }: { max: number }) => max))).toBe(1000)
    }
    const query = { run_ids: [regular, irregular], metric_key: 'long', max_results: '100' }
    const sample = async () => (await tracked.get('metrics/get-history-bulk-interval', query)).body.metrics
    const sampled = await sample()
    expect(sampled.filter((one: { run_id: string }) => one.run_id === regular)).toHaveLength(101)
    await db.transaction(
      async (tx) => void (await tx.updateTable('metric_chunks').set({ stride: null }).execute()),
    )
    expect(await sample()).toEqual(sampled)
  })

  test('reads rows of older releases', async () => {
    const db = tracked.context.db.for<TrackingSchema>()
    const run_id = await tracked.createRun()
    const rows = Array.from({ length: 50 }, (_, i) => ({
      ...{ run_id, key: 'a', timestamp: i, step: i, value: i, is_nan: 0 as const },
    }))
    await db.transaction(async (tx) => void (await tx.insertInto('metrics').values(rows).execute()))
    const before = await tracked.get('metrics/get-history', { run_id, metric_key: 'a' })
    await db.transaction((tx) => compactSeries(tx, db.dialect, run_id, 'a'))
    expect(await db.read.selectFrom('metrics').selectAll().where('run_id', '=', run_id).execute()).toEqual([])
    expect((await tracked.get('metrics/get-history', { run_id, metric_key: 'a' })).body).toEqual(before.body)
    expect(before.body.metrics).toHaveLength(50)
  })

  test('serves buckets', async () => {
    const run_id = await tracked.createRun()
    const metrics = Array.from({ length: 100 }, (_, i) => ({
      key: 'h',
      value: i % 10,
      timestamp: i,
      step: i,
    }))
    await tracked.post('runs/log-batch', { run_id, metrics })
    const url = `/api/cairn/v1/metrics/buckets?run_ids=${run_id}&metric_key=h`
    const { width, runs } = (await tracked.app.inject({ url: `${url}&buckets=4` })).json()
    expect(width).toBe(32)
    expect(runs[0].buckets.slice(2)).toEqual([
      { first_step: 64, last_step: 95, min: 0, max: 9, last: 5, last_timestamp: 95 },
      { first_step: 96, last_step: 99, min: 6, max: 9, last: 9, last_timestamp: 99 },
    ])
    const payload = { run_ids: [run_id], metric_key: 'h', buckets: 4 }
    const posted = { method: 'POST', url: '/api/cairn/v1/metrics/buckets', payload } as const
    expect((await tracked.app.inject(posted)).json()).toEqual({ width, runs })
    const refused = await tracked.app.inject({ url: `${url}&buckets=0` })
    expect([refused.statusCode, refused.json().message]).toEqual([400, expect.stringMatching(/'buckets'/)])
  })
})

/** The oracle of buckets: scans all points. */
function plain(
  points: readonly DrawnPoint[],
  start: number,
  end: number,
  { origin, width }: { readonly origin: number; readonly width: number },
) {
  const inside = points.filter(({ step }) => step >= start && step <= end)
  const found = [...new Set(inside.map(({ step }) => Math.floor((step - origin) / width)))].sort(
    (a, b) => a - b,
  )
  return found.map((bucket) => {
    const own = inside.filter(({ step }) => Math.floor((step - origin) / width) === bucket)
    const values = own.filter(({ is_nan }) => !is_nan).map(({ value: stored }) => stored)
    const last = [...own]
      .sort(
        (a, b) => a.step - b.step || a.timestamp - b.timestamp || b.is_nan - a.is_nan || a.value - b.value,
      )
      .at(-1)!
    const border = origin + bucket * width
    return {
      first_step: Math.max(border, start),
      last_step: Math.min(border + width - 1, end),
      ...(values.length > 0 && { min: Math.min(...values), max: Math.max(...values) }),
      last: last.is_nan ? 'NaN' : last.value,
      last_timestamp: last.timestamp,
    }
  })
}
