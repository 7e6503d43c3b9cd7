import { type Api, send } from '../harness/api.js'
import type { Random } from '../harness/random.js'
import { Client } from './client.js'
import type { CrashingServer } from './crashing-server.js'

const hex = (random: Random, digits: number) =>
  Array.from({ length: digits }, () => random.int(1, 15).toString(16)).join('')

/** Sends traces over OTLP for one writer, and records the number of spans and whether they were acknowledged. */
export class Tracer {
  readonly #client: Client
  readonly #random: Random
  readonly #experiment: string
  readonly traces = new Map<string, { readonly spans: number; acknowledged: boolean }>()

  constructor(server: CrashingServer, random: Random, experiment: string) {
    this.#client = new Client(server)
    this.#random = random
    this.#experiment = experiment
  }

  get refusals(): readonly string[] {
    return this.#client.refusals
  }

  async send(): Promise<void> {
    const traceId = hex(this.#random, 32)
    const trace = { spans: this.#random.int(1, 5), acknowledged: false }
    const root = hex(this.#random, 16)
    const spans = Array.from({ length: trace.spans }, (_, index) => ({
      traceId,
      spanId: index === 0 ? root : hex(this.#random, 16),
      ...(index > 0 && { parentSpanId: root }),
      name: `step ${index}`,
      startTimeUnixNano: `${1_700_000_000_000 + index}000000`,
      endTimeUnixNano: `${1_700_000_000_900 + index}000000`,
    }))
    this.traces.set(`tr-${traceId}`, trace)
    const headers = { 'x-mlflow-experiment-id': this.#experiment }
    const body = { resourceSpans: [{ scopeSpans: [{ spans }] }] }
    if (await this.#client.ask('POST', '/v1/traces', { body, headers })) trace.acknowledged = true
  }
}

/** Differences between the stored traces and the acknowledged ones, one sentence each. */
export async function traceDifferences(
  url: string,
  { get }: Api,
  tracers: readonly Tracer[],
): Promise<string[]> {
  const differences: string[] = []
  for (const [id, { spans, acknowledged }] of tracers.flatMap(({ traces }) => [...traces])) {
    const query = { trace_id: id }
    const { status } = await send(url, 'GET', '/api/3.0/mlflow/traces/get', { query })
    if (status === 404 && !acknowledged) continue
    if (status !== 200) {
      differences.push(`trace ${id} was acknowledged and is lost (${status})`)
      continue
    }
    const { trace } = await get<{ trace: { spans?: unknown[] } }>('/api/3.0/mlflow/traces/get', query)
    if (trace.spans?.length !== spans)
      differences.push(`trace ${id} has ${trace.spans?.length ?? 0} of ${spans} spans`)
  }
  return differences
}
