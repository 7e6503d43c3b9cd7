import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { PredictionRequest, PredictionResponse } from './messages.js'
import { RequestQueue } from './request-queue.js'

const DEADLINE_MS = 1_000
let sent: PredictionRequest[]
let batches: number[]
let queue: RequestQueue
beforeEach(() => {
  vi.useFakeTimers()
  sent = []
  batches = []
  queue = newQueue()
})
afterEach(() => vi.useRealTimers())

function newQueue(limits = {}) {
  const send = (messages: readonly PredictionRequest[]) => {
    sent.push(...messages)
    batches.push(messages.length)
  }
  return new RequestQueue(send, { deadlineMs: DEADLINE_MS, maxInFlight: 2, ...limits })
}

const queryOf = (value: number | string) =>
  ({ protocol: 'mlflow', body: { bytes: Buffer.from(String(value)) }, name: 'e', version: '1' }) as const
const numberIn = ({ body }: PredictionRequest) => Number(Buffer.from(body.bytes).toString())

function add(value: number, { to = queue, caller = '' } = {}) {
  let disconnect: () => void = () => undefined
  const onDisconnect = (abandon: () => void) => {
    disconnect = abandon
  }
  const response = to.add(queryOf(value), { caller, onDisconnect })
  const outcome = response.then(
    (prediction) => Number(prediction.response.body),
    ({ code }) => code,
  )
  return { response, outcome, disconnect: () => disconnect() }
}
const responseTo = (request: PredictionRequest): PredictionResponse => ({
  id: request.id,
  rows: 1,
  response: { contentType: 'application/json', body: String(numberIn(request)) },
})
/** Lets the model answer the oldest request that it has. */
function respond(position = 0) {
  const [request] = sent.splice(position, 1) as [PredictionRequest]
  queue.receive([responseTo(request)])
}
const inModel = () => sent.map(numberIn)
/** Ends the turn of the event loop, after which requests are sent. */
const endTurn = () => vi.advanceTimersByTime(0)

test('sends as many requests as the model takes, in their order, and passes on its responses', async () => {
  const requests = [1, 2, 3].map((value) => add(value))
  endTurn()
  expect(inModel()).toEqual([1, 2])
  respond(1)
  expect(inModel()).toEqual([1, 3])
  respond()
  respond()
  expect(await Promise.all(requests.map(({ outcome }) => outcome))).toEqual([1, 2, 3])
  expect(queue.size).toBe(0)
})

test('sends requests of one turn of the event loop together', () => {
  queue = newQueue({ maxInFlight: 64 })
  for (const value of [1, 2, 3]) add(value)
  endTurn()
  add(4)
  endTurn()
  expect(batches).toEqual([3, 1])
})

test('gives a slow model two requests at a time, and a fast one many', async () => {
  queue = newQueue({ maxInFlight: 64 })
  const answerAll = (count: number, eachMs: number) => {
    for (let n = 0; n < count; n++) {
      add(n)
      endTurn()
      vi.advanceTimersByTime(eachMs)
      respond()
    }
  }
  answerAll(60, 200)
  for (let n = 0; n < 4; n++) add(n)
  endTurn()
  expect(inModel()).toHaveLength(2)
  while (sent.length > 0) respond()
  answerAll(200, 1)
  for (let n = 0; n < 30; n++) add(n)
  endTurn()
  expect(inModel().length).toBeGreaterThan(10)
})

test('never sends a request that expired while it waited', async () => {
  const requests = [1, 2, 3].map((value) => add(value))
  endTurn()
  vi.advanceTimersByTime(DEADLINE_MS)
  expect(await Promise.all(requests.map(({ outcome }) => outcome))).toEqual([
    'DEADLINE_EXCEEDED',
    'DEADLINE_EXCEEDED',
    'TEMPORARILY_UNAVAILABLE',
  ])
  const next = add(4)
  respond()
  endTurn()
  expect(inModel()).toEqual([2, 4])
  respond(1)
  expect(await next.outcome).toBe(4)
  expect(queue.size).toBe(0)
})

test('never sends a request that the model would answer after its deadline', async () => {
  for (let n = 0; n < 60; n++) {
    add(n)
    endTurn()
    vi.advanceTimersByTime(200)
    respond()
  }
  const [first, second, late] = [1, 2, 3].map((value) => add(value))
  endTurn()
  vi.advanceTimersByTime(DEADLINE_MS - 150)
  respond()
  expect(await late!.outcome).toBe('TEMPORARILY_UNAVAILABLE')
  expect(inModel()).toEqual([2])
  respond()
  expect(await Promise.all([first!.outcome, second!.outcome])).toEqual([1, 2])
})

test('sends a request at once to a model that needs longer than the deadline', () => {
  for (let n = 0; n < 60; n++) {
    add(n)
    endTurn()
    vi.advanceTimersByTime(2 * DEADLINE_MS)
    respond()
  }
  add(1)
  endTurn()
  expect(inModel()).toEqual([1])
})

test('never sends a request whose client disconnected while it waited', async () => {
  const [first, second, gone, last] = [1, 2, 3, 4].map((value) => add(value))
  endTurn()
  gone!.disconnect()
  first!.disconnect()
  expect(await gone!.outcome).toBe('CANCELLED')
  expect(await first!.outcome).toBe('CANCELLED')
  expect(inModel()).toEqual([1, 2])
  respond()
  expect(inModel()).toEqual([2, 4])
  respond()
  respond()
  expect(await Promise.all([second!.outcome, last!.outcome])).toEqual([2, 4])
  expect(queue.size).toBe(0)
})

test('rejects a request at once that would wait for longer than its deadline', async () => {
  add(0)
  endTurn()
  for (let i = 0; i < 30; i++) {
    add(i)
    vi.advanceTimersByTime(400) // the model takes .4 s for each
    respond()
  }
  for (let i = 0; i < 10; i++) add(i) // a burst
  expect(queue.size).toBe(11)
  vi.advanceTimersByTime(150)
  expect(await add(0).outcome).toBe('TEMPORARILY_UNAVAILABLE')
  expect(queue.size).toBe(11)
})

test('rejects requests beyond its limits of number and bytes', async () => {
  const small = newQueue({ maxWaiting: 2 })
  const outcomes = [1, 2, 3].map((value) => add(value, { to: small }).outcome)
  expect(await outcomes[2]).toBe('TEMPORARILY_UNAVAILABLE')
  const light = newQueue({ maxWaitingBytes: 10 })
  const long = '1'.repeat(100)
  void light.add(queryOf(long))
  await expect(light.add(queryOf(long))).rejects.toMatchObject({ code: 'TEMPORARILY_UNAVAILABLE' })
})

test('rejects all requests when the model has failed', async () => {
  const requests = [1, 2, 3].map((value) => add(value))
  endTurn()
  queue.fail(Object.assign(new Error('gone'), { code: 'GONE' }) as never)
  expect(await Promise.all(requests.map(({ outcome }) => outcome))).toEqual(['GONE', 'GONE', 'GONE'])
})

test('reports the times in the queue and in the model', async () => {
  const requests = [1, 2, 3].map((value) => add(value))
  endTurn()
  vi.advanceTimersByTime(300)
  respond()
  vi.advanceTimersByTime(200)
  respond(1)
  expect(await requests[0]!.response).toMatchObject({ queueMs: 0, modelMs: 300 })
  expect(await requests[2]!.response).toMatchObject({ queueMs: 300, modelMs: 200 })
})

test('reports a model that answers nothing for too long', () => {
  let stalled = 0
  const stuck = new RequestQueue(
    () => undefined,
    { deadlineMs: DEADLINE_MS, stalledMs: 3 * DEADLINE_MS },
    () => stalled++,
  )
  void stuck.add(queryOf(1)).catch(() => undefined) // its caller stops waiting at the deadline
  vi.advanceTimersByTime(2.9 * DEADLINE_MS)
  expect(stalled).toBe(0)
  vi.advanceTimersByTime(DEADLINE_MS)
  expect(stalled).toBeGreaterThan(0)
})

test('callers take turns, so that one with many requests does not keep another waiting', () => {
  for (let n = 0; n < 10; n++) add(n, { caller: 'many' })
  endTurn()
  add(100, { caller: 'one' })
  add(101, { caller: 'one' })
  const order = Array.from({ length: 6 }, () => {
    const value = numberIn(sent[0]!)
    respond()
    return value
  })
  expect(order).toEqual([0, 1, 100, 2, 101, 3])
})

test('a full queue refuses the newest request of the caller with the most, and is busy for that one only', async () => {
  queue = newQueue({ maxWaiting: 4, maxInFlight: 1 })
  const many = [0, 1, 2, 3].map((n) => add(n, { caller: 'many' }))
  expect([queue.isBusyFor('many'), queue.isBusyFor('one')]).toEqual([true, false])
  const one = add(100, { caller: 'one' })
  expect(await many[3]!.outcome).toBe('TEMPORARILY_UNAVAILABLE')
  expect(await add(4, { caller: 'many' }).outcome).toBe('TEMPORARILY_UNAVAILABLE')
  endTurn()
  while (sent.length > 0) respond()
  expect(await Promise.all([one, ...many.slice(0, 3)].map(({ outcome }) => outcome))).toEqual([100, 0, 1, 2])
})

test('a queue that is full of large bodies takes a small one of another caller', async () => {
  queue = newQueue({ maxWaitingBytes: 10_000 })
  const large = '1'.repeat(4_000)
  const outcomes = [1, 2].map(() =>
    queue.add(queryOf(large), { caller: 'large' }).then(
      () => 'answered',
      ({ code }) => code,
    ),
  )
  void queue.add(queryOf('2'.repeat(3_000)), { caller: 'small' }).catch(() => undefined)
  expect(await outcomes[1]).toBe('TEMPORARILY_UNAVAILABLE')
  await expect(queue.add(queryOf(large), { caller: 'small' })).rejects.toMatchObject({
    code: 'TEMPORARILY_UNAVAILABLE',
  })
})
