import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type PredictionRequest, RequestQueue } from './request-queue.js'

const DEADLINE_MS = 1_000
let sent: PredictionRequest[]
let queue: RequestQueue
beforeEach(() => {
  vi.useFakeTimers()
  sent = []
  queue = new RequestQueue((message) => sent.push(message), { deadlineMs: DEADLINE_MS, maxInFlight: 2 })
})
afterEach(() => vi.useRealTimers())

const add = (value: number, signal?: AbortSignal) => {
  const response = queue.add({ inputs: value }, signal)
  const outcome = response.then(
    ({ predictions }) => predictions,
    ({ code }) => code,
  )
  return { response, outcome }
}
/** Lets the thread respond to the oldest request that it has. */
const respond = (position = 0) => {
  const [{ id, input }] = sent.splice(position, 1) as [PredictionRequest]
  queue.settle({ id, predictions: input.inputs })
}
const inThread = () => sent.map(({ input }) => input.inputs)

test('sends as many requests as the thread takes, in their order, and passes on its responses', async () => {
  const requests = [1, 2, 3].map((value) => add(value))
  expect(inThread()).toEqual([1, 2])
  respond(1)
  expect(inThread()).toEqual([1, 3])
  respond()
  respond()
  expect(await Promise.all(requests.map(({ outcome }) => outcome))).toEqual([1, 2, 3])
  expect(queue.size).toBe(0)
})

test('never sends a request that expired while it waited', async () => {
  const requests = [1, 2, 3].map((value) => add(value))
  vi.advanceTimersByTime(DEADLINE_MS)
  expect(await Promise.all(requests.map(({ outcome }) => outcome))).toEqual([
    'DEADLINE_EXCEEDED',
    'DEADLINE_EXCEEDED',
    'TEMPORARILY_UNAVAILABLE',
  ])
  const next = add(4)
  respond()
  expect(inThread()).toEqual([2, 4])
  respond(1)
  expect(await next.outcome).toBe(4)
})

test('never sends a request whose client disconnected while it waited', async () => {
  const [first, gone] = [new AbortController(), new AbortController()]
  const kept = [add(1, first.signal), add(2), add(3, gone.signal), add(4)]
  gone.abort()
  first.abort()
  expect(await kept[2]!.outcome).toBe('CANCELLED')
  expect(await kept[0]!.outcome).toBe('CANCELLED')
  expect(inThread()).toEqual([1, 2])
  respond()
  expect(inThread()).toEqual([2, 4])
  expect(await add(5, AbortSignal.abort()).outcome).toBe('CANCELLED')
})

test('rejects a request at once that would wait for longer than its deadline', async () => {
  add(0)
  for (let i = 0; i < 30; i++) {
    add(i)
    vi.advanceTimersByTime(400) // the thread takes .4 s for each
    respond()
  }
  const outcomes = Array.from({ length: 10 }, (_, i) => add(i).outcome)
  expect(await outcomes.at(-1)).toBe('TEMPORARILY_UNAVAILABLE')
  expect(queue.size).toBeLessThan(7)
})

test('rejects an input that cannot be sent, and keeps no place for it', async () => {
  let refuse = true
  const picky = new RequestQueue(
    (message) => {
      if (refuse) throw new RangeError('Maximum call stack size exceeded')
      sent.push(message)
    },
    { maxInFlight: 1 },
  )
  await expect(picky.add({ inputs: [] })).rejects.toMatchObject({
    code: 'INVALID_PARAMETER_VALUE',
    message: 'The input is nested too deeply.',
  })
  refuse = false
  const next = picky.add({ inputs: 1 })
  picky.settle({ id: sent[0]!.id, predictions: 'right' })
  expect((await next).predictions).toBe('right')
  expect(picky.size).toBe(0)
})

test('rejects all requests when the thread has failed', async () => {
  const requests = [1, 2, 3].map((value) => add(value))
  queue.fail(Object.assign(new Error('gone'), { code: 'GONE' }) as never)
  expect(await Promise.all(requests.map(({ outcome }) => outcome))).toEqual(['GONE', 'GONE', 'GONE'])
})

test('reports the times in the queue and in the thread', async () => {
  const requests = [1, 2, 3].map((value) => add(value))
  vi.advanceTimersByTime(300)
  respond()
  vi.advanceTimersByTime(200)
  respond(1)
  expect(await requests[0]!.response).toEqual({ predictions: 1, queueMs: 0, modelMs: 300 })
  expect(await requests[2]!.response).toEqual({ predictions: 3, queueMs: 300, modelMs: 200 })
})
