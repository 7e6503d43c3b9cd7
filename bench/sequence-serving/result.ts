import { availableParallelism } from 'node:os'
import type { MeasurementConditions } from '@cairn/platform/statistics/measurement-conditions'
import { currentConditions, recordResult } from '../record.js'
import type { EndpointRow } from './measure-endpoint.js'

/** Milliseconds of one query. */
export interface Latencies {
  readonly p50: number
  readonly p95: number
  readonly least: number
}

export interface Row extends Latencies {
  readonly length: number
  readonly what: string
}

export interface SequenceServing {
  readonly items: number
  readonly rounds: number
  /** In this process, without HTTP. */
  readonly rows: readonly Row[]
  readonly endpoint: readonly (EndpointRow & { readonly length: number })[]
}

export function summaryOf(took: readonly number[]): Latencies {
  const sorted = took.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.floor(share * sorted.length)]!
  return { p50: at(0.5), p95: at(0.95), least: sorted[0]! }
}

export function writeResult(result: SequenceServing): void {
  const conditions = currentConditions('sequence-serving')
  const [plain, batched] = result.endpoint
  recordResult({
    ...conditions,
    name: 'sequence-serving',
    headline:
      `L ${plain!.length} over HTTP: ${plain!.cpu.toFixed(2)} ms of processor time, p50 ${plain!.p50.toFixed(1)} ms; ` +
      `8 clients ${(batched!.requestsPerSecond / plain!.requestsPerSecond).toFixed(1)}× the rate of one`,
    page: render({ ...result, ...conditions }),
    data: result,
  })
}

function render(measured: SequenceServing & MeasurementConditions): string {
  const milliseconds = (value: number) => value.toFixed(value < 10 ? 3 : 0)
  const rows = measured.rows.map(
    ({ length, what, p50, p95, least }) =>
      `| ${length} | ${what} | ${[p50, p95, least].map(milliseconds).join(' | ')} |`,
  )
  const endpoint = measured.endpoint.map(
    ({ length, reasons, clients, cpu, clientCpu, p50, p99, requestsPerSecond }) =>
      `| ${length} | ${reasons ? 'yes' : 'no'} | ${clients} | ${[cpu, clientCpu, p50, p99].map(milliseconds).join(' | ')} | ${requestsPerSecond.toFixed(0)} |`,
  )
  return `# Serving BERT4Rec, ${measured.date}

${measured.machine}, commit ${measured.commit}. \`${measured.command}\`

One thread of onnxruntime; width 64, 2 blocks, 2 heads, ${measured.items} items; histories of the maximum length; k = 10.

## In one process

${measured.rounds} queries per row, one after the other.

| L | what | p50 ms | p95 ms | minimum ms |
|---|---|---|---|---|
${rows.join('\n')}

## An endpoint over HTTP

Of alternating rounds, the one with the least processor time of the server. The server, the thread of the model and the clients share
the machine.

| L | reasons | clients | processor time of a request, ms | of its client, ms | p50 ms | p99 ms | requests/s |
|---|---|---|---|---|---|---|---|
${endpoint.join('\n')}

${gains(measured.endpoint).join('\n')}
`
}

/** Compares the rates, and the highest one that the processors allow: clients and server share them. */
function gains(endpoint: SequenceServing['endpoint']): string[] {
  const processors = availableParallelism()
  return endpoint
    .filter(({ clients }) => clients > 1)
    .map((many) => {
      const one = endpoint.find(
        ({ clients, length, reasons }) => clients === 1 && length === many.length && reasons === many.reasons,
      )!
      const times = (rate: number) => `${(rate / one.requestsPerSecond).toFixed(1)}×`
      const highest = (1000 * processors) / (many.cpu + many.clientCpu)
      return (
        `- L ${many.length}, ${many.reasons ? 'with' : 'without'} reasons: ${many.clients} clients have ` +
        `${times(many.requestsPerSecond)} the rate of one. ${processors} processors without a pause would answer ` +
        `${highest.toFixed(0)} requests/s, ${times(highest)}.`
      )
    })
}
