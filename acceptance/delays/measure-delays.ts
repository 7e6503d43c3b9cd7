import { setTimeout as sleep } from 'node:timers/promises'
import { createObjects } from '../bad-input/create-objects.js'
import { asText, encodeForUrl } from '../bad-input/encode-for-url.js'
import { type OperationToTry, operationsOf } from '../bad-input/operations.js'
import { type ApiResponse, send } from '../harness/api.js'
import type { Random } from '../harness/random.js'
import { slowness } from './calibrate.js'
import type { HealthProbe } from './health-probe.js'
import { type HeavyInput, heavyInputs } from './heavy-inputs.js'

/** The goal is 100 ms on an idle machine. The bound is higher, because other work delays `/health` too. */
export const BOUND_MS = 1_000
const ATTEMPTS = 6
const IDLE_MS = 50

export interface Delay {
  /** The operation and the input. */
  readonly request: string
  readonly status: number
  /** Added delay of `/health`, scaled to the reference machine; the minimum of several attempts if the first was slow. */
  readonly ms: number
}

/**
 * Sends heavy inputs of every operation, one after the other, and measures how long `/health` waits meanwhile.
 *
 * @param budget number of requests, spread over all operations, or over a random part of them
 */
export async function measureDelays(
  url: string,
  probe: HealthProbe,
  random: Random,
  { budget, only = /./ }: { readonly budget: number; readonly only?: RegExp },
): Promise<Delay[]> {
  const knownTo = await createObjects(url)
  const operations = await operationsOf(url, only)
  const chosen = operations.filter(() => random.next() < budget / operations.length)
  const perOperation = Math.max(1, Math.floor(budget / operations.length))
  const delays: Delay[] = []
  for (const operation of chosen) {
    const inputs = [...heavyInputs(operation, knownTo(operation))]
    for (let i = 0; i < perOperation && inputs.length > 0; i++) {
      const [heavy] = inputs.splice(random.int(0, inputs.length - 1), 1)
      const request = toRequest(operation, heavy!, knownTo(operation))
      const measured = await measure(probe, () => send(url, operation.method, request.path, request.sent))
      delays.push({ request: `${operation.id}: ${heavy!.what}`, ...measured })
    }
  }
  return delays
}

/** Measures again if a delay is beyond the bound: other work of the machine delays `/health` too, but rarely every time. */
export async function measure(
  probe: HealthProbe,
  request: () => Promise<ApiResponse>,
): Promise<{ status: number; ms: number }> {
  let best = { status: 0, ms: Number.POSITIVE_INFINITY }
  for (let attempt = 0; attempt < ATTEMPTS && best.ms > BOUND_MS; attempt++) {
    await probe.takeLongest()
    await sleep(IDLE_MS)
    const idle = await probe.takeLongest()
    const { status } = await request()
    const ms = Math.max(0, (await probe.takeLongest()) - idle) / slowness()
    if (ms < best.ms) best = { status, ms }
  }
  return best
}

function toRequest({ path, takesBody }: OperationToTry, { input, text }: HeavyInput, known: object) {
  const rest: Record<string, unknown> = { ...input }
  const target = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = name in known ? (known as Record<string, unknown>)[name] : 'x'
    delete rest[name]
    return encodeForUrl(value)
  })
  if (takesBody) {
    const sent = { body: text ?? JSON.stringify(rest), headers: { 'content-type': 'application/json' } }
    return { path: target, sent }
  }
  const query = Object.entries(rest).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.map(asText) : asText(value),
  ])
  return { path: target, sent: { query: Object.fromEntries(query) } }
}
