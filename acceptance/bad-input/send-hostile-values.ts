import { send } from '../harness/api.js'
import type { Random } from '../harness/random.js'
import { asText, encodeForUrl } from './encode-for-url.js'
import { HOSTILE_VALUES } from './hostile-values.js'
import { fieldPathsOf, inputWith, type KnownValues, type OperationToTry, operationsOf } from './operations.js'

const PATIENCE_MS = 60_000

export interface HostileValuesResult {
  readonly requests: number
  readonly operations: number
  /** Number of responses by status. */
  readonly statuses: Readonly<Record<number, number>>
  /** Requests without a well-formed response, one line each. */
  readonly faults: readonly string[]
}

/**
 * Sends hostile values to every field of every operation whose id matches, about `budget` requests in total. A budget smaller
 * than the number of fields is spent on fields at equal distances.
 */
export async function sendHostileValues(
  url: string,
  knownTo: (operation: OperationToTry) => KnownValues,
  random: Random,
  { budget, only = /./ }: { budget: number; only?: RegExp },
): Promise<HostileValuesResult> {
  const all = (await operationsOf(url)).filter(({ id }) => only.test(id))
  const operations = all.toSorted((a, b) => isDestructive(a) - isDestructive(b))
  const fields = operations.flatMap((operation) =>
    fieldPathsOf(operation.schema).map((path) => ({ operation, path })),
  )
  const perField = Math.max(1, Math.floor(budget / fields.length))
  const distance = Math.max(1, Math.floor(fields.length / budget))
  const first = random.int(0, distance - 1)
  const faults: string[] = []
  const statuses: Record<number, number> = {}
  let requests = 0
  for (const { operation, path } of fields.filter((_, at) => at % distance === first))
    for (const value of sample(random, perField)) {
      const known = knownTo(operation)
      const input = inputWith(operation.schema, known, path, value) as Record<string, unknown>
      const { status, fault } = await attempt(url, operation, input, known)
      requests++
      statuses[status] = (statuses[status] ?? 0) + 1
      if (fault) faults.push(`${operation.id} ${path.join('.')} = ${short(value)}: ${fault}`)
    }
  return { requests, operations: operations.length, statuses, faults }
}

/** Destructive operations run last, since the others need the objects. */
export const isDestructive = ({ method, id }: OperationToTry) =>
  Number(method === 'DELETE' || /delete|rename|reset|update(Catalog|Schema|Table|Volume)/i.test(id))

const sample = (random: Random, count: number) =>
  Array.from({ length: count }, () => random.pick(HOSTILE_VALUES))

const short = (value: unknown) => JSON.stringify(value)?.slice(0, 80)

async function attempt(
  url: string,
  { method, path, takesBody }: OperationToTry,
  input: Record<string, unknown>,
  known: KnownValues,
): Promise<{ status: number; fault?: string }> {
  const rest = { ...input }
  const target = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    if (!takesBody) delete rest[name]
    return encodeForUrl(name in input ? input[name] : (known[name] ?? 'x'))
  })
  const sent = takesBody ? { body: rest } : { query: asQuery(rest) }
  const signal = AbortSignal.timeout(PATIENCE_MS)
  const answer = await send(url, method, target, { ...sent, signal }).catch((error: Error) => error)
  if (answer instanceof Error) return { status: 0, fault: `no response, ${answer.cause ?? answer}` }
  return { status: answer.status, ...describeFault(answer.status, answer.text, path) }
}

const ERROR = /"error_code":"\w+".*"message":"./s
const OPEN_INFERENCE_ERROR = /^\{"error":".+"/s

/** The fault of a response, if it has one. */
export function describeFault(status: number, text: string, path: string): { fault?: string } {
  if (status === 503 && text.includes('is not ready yet')) return {} // the endpoint's model never loads
  if (status >= 500 && status !== 501) return { fault: `${status} ${text.slice(0, 300)}` }
  const hasReason = ERROR.test(text) || (path.startsWith('/v2/') && OPEN_INFERENCE_ERROR.test(text))
  if (status >= 400 && !hasReason)
    return { fault: `${status} without an error code and message: ${text.slice(0, 200)}` }
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
