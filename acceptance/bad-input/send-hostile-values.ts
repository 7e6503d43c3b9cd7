import { send } from '../harness/api.js'
import type { Random } from '../harness/random.js'
import { asText, encodeForUrl } from './encode-for-url.js'
import { HOSTILE_VALUES } from './hostile-values.js'
import { fieldPathsOf, inputWith, type KnownValues, type OperationToTry, operationsOf } from './operations.js'
import { describeFault, Responses } from './responses.js'

const PATIENCE_MS = 60_000

export interface HostileValuesResult {
  readonly responses: Responses
  readonly operations: number
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
  const operations = await operationsOf(url, only)
  const fields = operations.flatMap((operation) =>
    fieldPathsOf(operation.schema).map((path) => ({ operation, path })),
  )
  const perField = Math.max(1, Math.floor(budget / fields.length))
  const distance = Math.max(1, Math.floor(fields.length / budget))
  const first = random.int(0, distance - 1)
  const responses = new Responses()
  for (const { operation, path } of fields.filter((_, at) => at % distance === first))
    for (const value of sample(random, perField)) {
      const known = knownTo(operation)
      const input = inputWith(operation.schema, known, path, value) as Record<string, unknown>
      const answer = await attempt(url, operation, input, known)
      responses.add(answer, () => `${operation.id} ${path.join('.')} = ${short(value)}`)
    }
  return { responses, operations: operations.length }
}

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

function asQuery(input: Record<string, unknown>) {
  return Object.fromEntries(
    Object.entries(input).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(asText) : asText(value),
    ]),
  )
}
