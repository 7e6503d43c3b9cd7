import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { CairnError } from '../cairn-error.js'
import type { Batch } from '../tracking/runs.js'
import { LogBuffer } from './log-buffer.js'

const metric = (step: number) => ({ key: 'loss', value: step / 2, timestamp: 1, step })
const metrics = (count: number) => Array.from({ length: count }, (_, step) => metric(step))
const sizes = (batch: Batch) => [batch.metrics?.length, batch.params?.length, batch.tags?.length]

describe('LogBuffer', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  test('sends a single item after one second', async () => {
    const sent: Batch[] = []
    const buffer = new LogBuffer(async (batch) => void sent.push(batch))
    await buffer.add({ metrics: [metric(0)] })
    await vi.advanceTimersByTimeAsync(999)
    expect(sent).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(sent).toEqual([{ metrics: [metric(0)], params: [], tags: [] }])
  })

  test('sends immediately at 500 buffered items', async () => {
    const sent: Batch[] = []
    const buffer = new LogBuffer(async (batch) => void sent.push(batch))
    await buffer.add({ metrics: metrics(499) })
    await vi.advanceTimersByTimeAsync(0)
    expect(sent).toEqual([])
    await buffer.add({ metrics: [metric(499)] })
    await vi.advanceTimersByTimeAsync(0)
    expect(sent.map(sizes)).toEqual([[500, 0, 0]])
  })

  test('makes the caller wait while it is full and resumes when there is room', async () => {
    const gates: (() => void)[] = []
    const buffer = new LogBuffer(() => new Promise<void>((resolve) => gates.push(resolve)), {
      maxItems: 1500,
    })
    let accepted = false
    const add = buffer.add({ metrics: metrics(3000) }).then(() => {
      accepted = true
    })
    await vi.advanceTimersByTimeAsync(0)
    gates[0]!()
    await vi.advanceTimersByTimeAsync(0)
    expect(accepted).toBe(false)
    gates[1]!()
    await add
    expect(accepted).toBe(true)
  })

  test('sends one batch at a time and the items added meanwhile next', async () => {
    const gates: (() => void)[] = []
    const sent: Batch[] = []
    const buffer = new LogBuffer((batch) => {
      sent.push(batch)
      return new Promise<void>((resolve) => gates.push(resolve))
    })
    await buffer.add({ metrics: [metric(0)] })
    const flushed = buffer.flush()
    await buffer.add({ metrics: metrics(600) })
    await vi.advanceTimersByTimeAsync(5000)
    expect(sent).toHaveLength(1)
    gates[0]!()
    await vi.advanceTimersByTimeAsync(0)
    gates[1]!()
    await flushed
    expect(sent.map(sizes)).toEqual([
      [1, 0, 0],
      [600, 0, 0],
    ])
  })
})

test('sends items that are added while a send completes', async () => {
  for (let hops = 0; hops < 12; hops++) {
    let open = () => {}
    const gate = new Promise<void>((resolve) => {
      open = resolve
    })
    let sent = 0
    const buffer = new LogBuffer((batch) => {
      sent += batch.metrics!.length
      return gate
    })
    await buffer.add({ metrics: metrics(500) })
    open()
    for (let hop = 0; hop < hops; hop++) await undefined
    void buffer.add({ metrics: metrics(500) })
    await new Promise(setImmediate)
    expect(sent, `after ${hops} microtasks`).toBe(1000)
  }
})

const refuse = (message: string) => new CairnError('INVALID_PARAMETER_VALUE', message, 400)

test('loses and reports only the rejected item', async () => {
  const stored: number[] = []
  const lost: Batch[] = []
  const send = async (batch: Batch) => {
    if (batch.metrics!.some((item) => item.step === 137)) throw refuse('no')
    stored.push(...batch.metrics!.map((item) => item.step!))
  }
  const buffer = new LogBuffer(send, { onLostValues: (_, batch) => void lost.push(batch) })
  await buffer.add({ metrics: metrics(300) })
  await buffer.flush()
  expect(lost).toEqual([{ metrics: [metric(137)], params: [], tags: [] }])
  expect(stored).toEqual(
    metrics(300)
      .map((item) => item.step)
      .filter((step) => step !== 137),
  )
})

test('does not bisect a batch when the server is unreachable', async () => {
  let calls = 0
  const lost: unknown[] = []
  const send = async () => {
    calls++
    throw new CairnError('NETWORK_ERROR', 'away', 0)
  }
  const buffer = new LogBuffer(send, { onLostValues: (error) => void lost.push(error) })
  await buffer.add({ metrics: metrics(300) })
  await buffer.flush()
  expect([calls, lost.length]).toEqual([1, 1])
})

test('sends a repeated parameter once and a changed one in a separate batch', async () => {
  const sent: Batch[] = []
  const buffer = new LogBuffer(async (batch) => void sent.push(batch))
  const p = (value: string) => ({ key: 'p', value })
  await buffer.add({ params: [p('1'), p('1'), p('2')] })
  await buffer.flush()
  expect(sent.map((batch) => batch.params)).toEqual([[p('1')], [p('2')]])
})

test('sends everything once, in order, within the batch limits', async () => {
  const counts = fc.record({
    metrics: fc.integer({ min: 0, max: 2500 }),
    params: fc.integer({ min: 0, max: 250 }),
    tags: fc.integer({ min: 0, max: 250 }),
  })
  const scenario = fc.array(counts, { maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(scenario, async (adds) => {
      const all = { metrics: [] as unknown[], params: [] as unknown[], tags: [] as unknown[] }
      const got = structuredClone(all)
      const buffer = new LogBuffer(async (batch) => {
        const [m, p, t] = sizes(batch) as [number, number, number]
        expect(m <= 1000 && p <= 100 && t <= 100 && m + p + t <= 1000 && m + p + t > 0).toBe(true)
        for (const kind of ['metrics', 'params', 'tags'] as const) got[kind].push(...batch[kind]!)
      })
      let serial = 0
      for (const add of adds) {
        const rows = (count: number) =>
          Array.from({ length: count }, () => ({ key: `k${serial++}`, value: 'v' }))
        const batch = { metrics: metrics(add.metrics), params: rows(add.params), tags: rows(add.tags) }
        for (const kind of ['metrics', 'params', 'tags'] as const) all[kind].push(...batch[kind])
        void buffer.add(batch)
      }
      await buffer.flush()
      expect(got).toEqual(all)
    }),
    { numRuns: 40 },
  )
})
