import { databases } from '@cairn/platform/testing/databases'
import { expect, test } from 'vitest'
import { trackingApp } from '../testing/tracking-app.js'
import { SummaryReader } from './summary-codec.js'

test.each(databases)('packed buckets have the values of listed ones on %s', async (_name, database) => {
  const tracked = await trackingApp(database)
  const ids = [await tracked.createRun(), await tracked.createRun()]
  for (const [run, run_id] of ids.entries()) {
    const metrics = Array.from({ length: 900 }, (_, i) => ({
      ...{ key: 'm', timestamp: 1000 + i * 7, step: i * (run + 1) },
      value: i % 11 === 0 ? 'NaN' : Math.sin(i),
    }))
    await tracked.post('runs/log-batch', { run_id, metrics })
  }
  const payload = { run_ids: ids, metric_key: 'm', buckets: 30, start_step: 10, end_step: 1500 }
  const post = async (path: string) =>
    (await tracked.app.inject({ method: 'POST', url: `/api/cairn/v1/metrics/${path}`, payload })).json()
  const listed = await post('buckets')
  const packed = await post('packed-buckets')
  expect(packed).toMatchObject({ start: 10, end: 1500, origin: 0, width: 64 })
  for (const [run, { buckets, first_timestamp }] of packed.runs.entries()) {
    const unpacked: object[] = []
    new SummaryReader((min, max, step, last_timestamp, last) => {
      const border = Math.floor(step / 64) * 64
      unpacked.push({
        ...{ first_step: Math.max(border, 10), last_step: Math.min(border + 63, 1500) },
        ...(min <= max && { min, max }),
        ...{ last: Number.isNaN(last) ? 'NaN' : last, last_timestamp },
      })
    }).read(buckets)
    expect(unpacked.length).toBeGreaterThan(14)
    expect([first_timestamp, unpacked]).toEqual([1000, listed.runs[run].buckets])
  }
  await tracked.close()
})
