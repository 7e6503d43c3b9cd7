import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { createObjects } from '../bad-input/create-objects.js'
import { operationsOf } from '../bad-input/operations.js'
import { describeFault, Responses } from '../bad-input/responses.js'
import { type FuzzRequest, requestsTo, undocumentedRequests } from './requests.js'

const PATIENCE_MS = 120_000
const CLIENTS = 8
const AT_ONCE = 20
/** Share of requests to routes outside the OpenAPI document. */
const UNDOCUMENTED_SHARE = 0.1

export interface FuzzResult {
  readonly responses: Responses
  readonly operations: number
  /** Milliseconds of `/health` during the run: median, 99th percentile, maximum. */
  readonly health: readonly [number, number, number]
}

/** Sends `budget` generated requests, spread over all operations of an empty server. */
export async function fuzz(
  url: string,
  { budget, seed }: { budget: number; seed: number },
): Promise<FuzzResult> {
  const operations = await operationsOf(url)
  const knownTo = await createObjects(url)
  const perOperation = Math.ceil((budget * (1 - UNDOCUMENTED_SHARE)) / operations.length)
  const generated = function* (): Generator<readonly [string, FuzzRequest, boolean]> {
    const others = sampled(
      undocumentedRequests(knownTo(operations[0]!)),
      seed,
      Math.ceil(budget * UNDOCUMENTED_SHARE),
    )
    for (const request of others) yield ['', request, false]
    for (const [i, operation] of operations.entries()) {
      const requests = sampled(requestsTo(operation, knownTo(operation)), seed + i + 1, perOperation)
      for (const request of requests) yield [operation.id, request, true]
    }
  }
  const responses = new Responses()
  const queue = generated()
  const stop = new AbortController()
  const health = watchHealth(url, stop.signal)
  const client = async () => {
    for (const [id, request, described] of queue) {
      const answer = await attempt(url, request, described)
      responses.add(answer, () => `${id} ${describeRequest(request)}`)
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, client)).finally(() => stop.abort())
  return { responses, operations: operations.length, health: await health }
}

/** Generates small batches, since generating blocks the probe of `/health` in the same process. */
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
    const { fault } = describeFault(answer.status, text, path)
    return {
      status: answer.status,
      fault: described || (answer.status >= 500 && answer.status !== 501) ? fault : undefined,
    }
  } catch (error) {
    const { cause, message } = error as Error
    return { status: 0, fault: `no response, ${cause ?? message}` }
  }
}

/**
 * Retries when the server has just closed the connection, which it may do between two requests, and which it does after a header
 * that is too long: the close can arrive before the response.
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

const describeRequest = ({ method, path, headers, body }: FuzzRequest) =>
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
