import { OFFLOADED_BYTES } from '@cairn/platform/http/body/offloaded-body'
import { databases } from '@cairn/platform/testing/databases'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { type TrackingApp, trackingApp } from '../../testing/tracking-app.js'
import { BatchThread } from './batch-thread.js'

const START_MS = 30_000

const point = (step: number) => ({ key: `k${step % 3}`, value: step / 7, timestamp: 1_700_000_000_000, step })
/** Enough metrics for a large body. */
const metrics = (...special: object[]) => [
  ...special,
  ...Array.from({ length: 900 - special.length }, (_, i) => point(i)),
]
const entries = (...keys: string[]) => keys.map((key) => ({ key, value: key }))

/** Returns the text of a body for a run. */
type Body = (run_id: string) => string
const body =
  (batch: object): Body =>
  (run_id) =>
    JSON.stringify({ run_id, ...batch })

const TAKEN: Record<string, Body> = {
  metrics: body({ metrics: metrics() }),
  'metrics, parameters and tags': body({
    metrics: metrics(),
    params: entries('a', 'b'),
    tags: entries('c', 'mlflow.runName'),
  }),
  'numbers as text, NaN and infinities': body({
    metrics: metrics(
      { ...point(1), value: 'NaN' },
      { ...point(2), value: '-Infinity' },
      { ...point(3), value: '1e3', timestamp: '17', step: '-4' },
    ),
  }),
  'names in another spelling, and unknown fields': (run_id) =>
    JSON.stringify({ runUuid: run_id, unknown: [1], metrics: metrics({ ...point(1), datasetName: null }) }),
  'letters of several bytes': body({ metrics: metrics(), tags: entries('한글', 'é') }),
}
const REFUSED: Record<string, Body> = {
  'a value that is not a number': body({ metrics: metrics({ ...point(0), value: 'abc' }) }),
  'a time before 1970': body({ metrics: metrics({ ...point(0), timestamp: -1 }) }),
  'a metric without a key': body({ metrics: metrics({ value: 1, timestamp: 1 }) }),
  'a dataset without its digest': body({ metrics: metrics({ ...point(0), dataset_name: 'd' }) }),
  'a missing model': body({ metrics: metrics({ ...point(0), model_id: 'm-none' }) }),
  'too many metrics': body({ metrics: [...metrics(), ...metrics()] }),
  'the same parameter twice': body({ metrics: metrics(), params: entries('a', 'a') }),
  'a number for a key': (run_id) =>
    body({ metrics: metrics({ ...point(0), key: 9.5 }) })(run_id).replace('9.5', '9.0'),
  'no run': () => JSON.stringify({ metrics: metrics() }),
  'a missing run': () => body({ metrics: metrics() })('f'.repeat(32)),
  'a list': () => JSON.stringify(metrics()),
  'text that is not JSON': (run_id) => body({ metrics: metrics() })(run_id).slice(0, -1),
  'a NUL': body({ metrics: metrics(), tags: entries('a\0') }),
}

describe.each(databases)('large batches on %s', (_name, database) => {
  let tracked: TrackingApp
  beforeAll(async () => {
    tracked = await trackingApp(database)
  })
  afterAll(() => tracked.close())
  afterEach(() => vi.restoreAllMocks())

  async function send(text: string, path = 'runs/log-batch') {
    const { statusCode, body } = await tracked.app.inject({
      method: 'POST',
      url: `/api/2.0/mlflow/${path}`,
      payload: text,
      headers: { 'content-type': 'application/json' },
    })
    return { status: statusCode, body }
  }

  async function untilReady() {
    const run_id = await tracked.createRun()
    const read = vi.spyOn(BatchThread.prototype, 'read')
    await expect
      .poll(
        async () => {
          await send(TAKEN.metrics!(run_id))
          return read.mock.calls.length
        },
        { timeout: START_MS },
      )
      .toBeGreaterThan(0)
    read.mockClear()
    return read
  }

  /** The contents of a new run after the batch, without the fields that differ between runs. */
  async function outcome(text: Body) {
    const run_id = await tracked.createRun({ run_name: 'r' })
    const sent = text(run_id)
    expect(sent.length).toBeGreaterThanOrEqual(OFFLOADED_BYTES)
    const { status, body } = await send(sent)
    const { data, info } = (await tracked.get('runs/get', { run_id })).body.run
    const histories = await Promise.all(
      ['k0', 'k1', 'k2'].map((metric_key) => tracked.get('metrics/get-history', { run_id, metric_key })),
    )
    const said = body.replaceAll(run_id, 'RUN')
    return { status, said, data, name: info.run_name, histories: histories.map((one) => one.body) }
  }

  test.each(Object.entries({ ...TAKEN, ...REFUSED }))(
    '%s: same result as on the main thread',
    async (what, text) => {
      const read = await untilReady()
      const there = await outcome(text)
      expect(read).toHaveBeenCalledTimes(1)
      vi.spyOn(BatchThread.prototype, 'isReady').mockReturnValue(false)
      const here = await outcome(text)
      expect(read).toHaveBeenCalledTimes(1)
      expect(there).toEqual(here)
      expect(there.status < 300).toBe(what in TAKEN)
    },
    START_MS,
  )

  test(
    'reads fields from the query that the body lacks',
    async () => {
      const read = await untilReady()
      const run_id = await tracked.createRun()
      const text = JSON.stringify({ metrics: metrics() })
      expect(await send(text, `runs/log-batch?run_id=${run_id}`)).toMatchObject({ status: 200 })
      expect(read).toHaveBeenCalledTimes(1)
    },
    START_MS,
  )

  test(
    'concurrent requests receive their own responses',
    async () => {
      await untilReady()
      const run_id = await tracked.createRun()
      const sent = Array.from({ length: 12 }, (_, i) => {
        const special = i % 3 === 0 ? { ...point(0), value: `bad ${i}` } : { ...point(0), key: `at ${i}` }
        return send(body({ metrics: metrics(special) })(run_id))
      })
      for (const [i, { status, body }] of (await Promise.all(sent)).entries())
        if (i % 3 === 0) expect(body).toContain(`"bad ${i}"`.replaceAll('"', '\\"'))
        else expect(status).toBe(200)
      const { metrics: latest } = (await tracked.get('runs/get', { run_id })).body.run.data
      expect(
        latest.map(({ key }: { key: string }) => key).filter((key: string) => key.startsWith('at')),
      ).toHaveLength(8)
    },
    START_MS,
  )
})

test(
  'rejects pending batches when the thread ends, and starts another for the next one',
  async () => {
    const failed = vi.fn()
    const thread = new BatchThread(failed)
    const untilReady = () => expect.poll(() => thread.isReady(), { timeout: START_MS }).toBe(true)
    const read = () => thread.read(Buffer.from(TAKEN.metrics!('r')), {})
    await untilReady()
    const waiting = Promise.allSettled([read(), read()])
    await thread.close()
    for (const one of await waiting)
      expect(one).toMatchObject({ status: 'rejected', reason: { code: 'TEMPORARILY_UNAVAILABLE' } })
    expect(thread.isReady()).toBe(false)
    await untilReady()
    expect(await read()).toMatchObject({ run_id: 'r', batch: { metrics: { history: { size: 900 } } } })
    await thread.close()
    expect(failed).not.toHaveBeenCalled()
  },
  2 * START_MS,
)

test(
  'a request that cannot be posted does not shift the responses of others',
  async () => {
    const thread = new BatchThread(vi.fn())
    await expect.poll(() => thread.isReady(), { timeout: START_MS }).toBe(true)
    const unsendable = { query: () => undefined }
    await expect(thread.read(Buffer.alloc(0), unsendable)).rejects.toThrow(/could not be cloned/)
    const responses = ['r', 's'].map((id) => thread.read(Buffer.from(TAKEN.metrics!(id)), {}))
    expect((await Promise.all(responses)).map(({ run_id }) => run_id)).toEqual(['r', 's'])
    await thread.close()
  },
  START_MS,
)
