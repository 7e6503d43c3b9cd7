import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { operationsOf } from '../bad-input/operations.js'
import { faultOf, isEnding } from '../bad-input/sweep.js'
import { makeThings } from '../bad-input/things.js'
import { type FuzzRequest, requestsTo, undescribed } from './requests.js'

const PATIENCE_MS = 120_000
const CLIENTS = 8
const AT_ONCE = 20
/** The share of requests that goes to what the API's description leaves out. */
const UNDESCRIBED = 0.1

export interface Fuzzed {
  readonly requests: number
  readonly operations: number
  readonly statuses: Readonly<Record<number, number>>
  /** Each request that was answered 5xx, not at all, or refused without a code and a sentence. */
  readonly faults: readonly string[]
  /** Milliseconds that `/health` took while all went on: median, 99th percentile, longest. */
  readonly health: readonly [number, number, number]
}

/** Sends `budget` generated requests, spread over all operations of a server that is empty. */
export async function fuzz(url: string, { budget, seed }: { budget: number; seed: number }): Promise<Fuzzed> {
  const operations = (await operationsOf(url)).toSorted((a, b) => isEnding(a) - isEnding(b))
  const knownTo = await makeThings(url)
  const perOperation = Math.ceil((budget * (1 - UNDESCRIBED)) / operations.length)
  const generated = function* (): Generator<readonly [string, FuzzRequest, boolean]> {
    const others = sampled(undescribed(knownTo(operations[0]!)), seed, Math.ceil(budget * UNDESCRIBED))
    for (const request of others) yield ['', request, false]
    for (const [i, operation] of operations.entries()) {
      const requests = sampled(requestsTo(operation, knownTo(operation)), seed + i + 1, perOperation)
      for (const request of requests) yield [operation.id, request, true]
    }
  }
  const faults: string[] = []
  const statuses: Record<number, number> = {}
  const queue = generated()
  const stop = new AbortController()
  const health = watchHealth(url, stop.signal)
  const client = async () => {
    for (const [id, request, described] of queue) {
      const { status, fault } = await attempt(url, request, described)
      statuses[status] = (statuses[status] ?? 0) + 1
      if (fault) faults.push(`${id} ${words(request)}: ${fault}`)
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, client)).finally(() => stop.abort())
  const requests = Object.values(statuses).reduce((sum, count) => sum + count, 0)
  return { requests, operations: operations.length, statuses, faults, health: await health }
}

/** A few at a time: what is generated at once holds up the watch on `/health`, which is of this process. */
function* sampled<T>(arbitrary: fc.Arbitrary<T>, seed: number, count: number): Generator<T> {
  for (let done = 0; done < count; done += AT_ONCE)
    yield* fc.sample(arbitrary, { seed: seed + done * 1009, numRuns: Math.min(AT_ONCE, count - done) })
}

async function attempt(url: string, { method, path, headers, body }: FuzzRequest, described: boolean) {
  const init = { method, headers, redirect: 'manual' as const, signal: AbortSignal.timeout(PATIENCE_MS) }
  try {
    const answer = await answerOf(url + path, {
      ...init,
      ...(body !== undefined && { body: body as BodyInit }),
    })
    const { text } = answer
    const { fault } = faultOf(answer.status, text)
    return {
      status: answer.status,
      fault: described || (answer.status >= 500 && answer.status !== 501) ? fault : undefined,
    }
  } catch (error) {
    const { cause, message } = error as Error
    return { status: 0, fault: `no answer, ${cause ?? message}` }
  }
}

/**
 * Again where the server had just closed the connection, as it may between two requests, and as it does to a header that is
 * too long: then the end of the connection may overtake the answer.
 */
async function answerOf(
  url: string,
  init: RequestInit,
  tries = 4,
): Promise<{ status: number; text: string }> {
  try {
    const answer = await fetch(url, init)
    return { status: answer.status, text: await answer.text() }
  } catch (error) {
    if (tries > 1 && /other side closed|ECONNRESET|EPIPE/.test(String((error as Error).cause)))
      return answerOf(url, init, tries - 1)
    throw error
  }
}

const words = ({ method, path, headers, body }: FuzzRequest) =>
  `${method} ${path.slice(0, 500)} ${JSON.stringify(headers)} ${typeof body === 'string' ? body.slice(0, 700) : body && Buffer.from(body).toString('base64').slice(0, 200)}`

async function watchHealth(url: string, stopped: AbortSignal): Promise<[number, number, number]> {
  const took: number[] = []
  while (!stopped.aborted) {
    const begun = performance.now()
    await answerOf(`${url}/health`, {}).then(
      () => took.push(performance.now() - begun),
      () => undefined,
    )
    await sleep(50)
  }
  const sorted = took.toSorted((a, b) => a - b)
  return [sorted[sorted.length >> 1]!, sorted[Math.floor(sorted.length * 0.99)]!, sorted.at(-1)!]
}
