import { send } from '../harness/api.js'
import type { Random } from '../harness/random.js'
import { asText, inUrl } from './in-url.js'
import { NAUGHTY } from './naughty-values.js'
import { type Known, type OperationToTry, operationsOf, placesIn, withValue } from './operations.js'

const PATIENCE_MS = 60_000

export interface Sweep {
  readonly requests: number
  readonly operations: number
  /** How often each status was answered. */
  readonly statuses: Readonly<Record<number, number>>
  /** Each request that was not answered as a client can understand it. */
  readonly faults: readonly string[]
}

/** Sends naughty values to every field of every operation whose id matches, about `budget` requests in all. */
export async function sweep(
  url: string,
  knownTo: (operation: OperationToTry) => Known,
  random: Random,
  { budget, only = /./ }: { budget: number; only?: RegExp },
): Promise<Sweep> {
  const all = (await operationsOf(url)).filter(({ id }) => only.test(id))
  const operations = all.toSorted((a, b) => isEnding(a) - isEnding(b))
  const fields = operations.flatMap((operation) =>
    placesIn(operation.schema).map((place) => ({ operation, place })),
  )
  const perField = Math.max(1, Math.floor(budget / fields.length))
  const faults: string[] = []
  const statuses: Record<number, number> = {}
  let requests = 0
  for (const { operation, place } of fields)
    for (const value of sample(random, perField)) {
      const known = knownTo(operation)
      const input = withValue(operation.schema, known, place, value) as Record<string, unknown>
      const { status, fault } = await attempt(url, operation, input, known)
      requests++
      statuses[status] = (statuses[status] ?? 0) + 1
      if (fault) faults.push(`${operation.id} ${place.join('.')} = ${short(value)}: ${fault}`)
    }
  return { requests, operations: operations.length, statuses, faults }
}

/** What ends the things that the others need comes last. */
export const isEnding = ({ method, id }: OperationToTry) =>
  Number(method === 'DELETE' || /delete|rename|reset|update(Catalog|Schema|Table|Volume)/i.test(id))

const sample = (random: Random, count: number) => Array.from({ length: count }, () => random.pick(NAUGHTY))

const short = (value: unknown) => JSON.stringify(value)?.slice(0, 80)

async function attempt(
  url: string,
  { method, path, takesBody }: OperationToTry,
  input: Record<string, unknown>,
  known: Known,
): Promise<{ status: number; fault?: string }> {
  const rest = { ...input }
  const target = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    if (!takesBody) delete rest[name]
    return inUrl(name in input ? input[name] : (known[name] ?? 'x'))
  })
  const sent = takesBody ? { body: rest } : { query: asQuery(rest) }
  const signal = AbortSignal.timeout(PATIENCE_MS)
  const answer = await send(url, method, target, { ...sent, signal }).catch((error: Error) => error)
  if (answer instanceof Error) return { status: 0, fault: `no answer, ${answer.cause ?? answer}` }
  return { status: answer.status, ...faultOf(answer.status, answer.text) }
}

/** What is wrong with an answer, unless nothing is. */
export function faultOf(status: number, text: string): { fault?: string } {
  if (status === 503 && text.includes('is not ready yet')) return {} // an endpoint whose model never loads
  if (status >= 500 && status !== 501) return { fault: `${status} ${text.slice(0, 300)}` }
  if (status >= 400 && !/"error_code":"\w+".*"message":"./s.test(text))
    return { fault: `${status} without a code and a sentence: ${text.slice(0, 200)}` }
  return {}
}

function asQuery(input: Record<string, unknown>) {
  return Object.fromEntries(
    Object.entries(input).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(asText) : asText(value),
    ]),
  )
}
