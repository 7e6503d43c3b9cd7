import type { MeasurementConditions } from '@cairn/platform/statistics/measurement-conditions'
import { currentConditions, recordResult } from '../record.js'

/** Milliseconds of one query. */
export interface Latencies {
  readonly p50: number
  readonly p95: number
  readonly least: number
  /** Queries per second. */
  readonly rate?: number
}

export interface Row extends Latencies {
  readonly length: number
  readonly what: string
}

export interface SequenceServing {
  readonly items: number
  readonly rounds: number
  readonly rows: readonly Row[]
}

export function summaryOf(took: readonly number[]): Latencies {
  const sorted = took.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.floor(share * sorted.length)]!
  return { p50: at(0.5), p95: at(0.95), least: sorted[0]! }
}

export function writeResult(result: SequenceServing): void {
  const conditions = currentConditions('sequence-serving')
  const headline = result.rows
    .filter(({ what }) => what.includes('over HTTP, 1 client'))
    .map(({ length, p50 }) => `L ${length}, HTTP, 1 client: p50 ${p50.toFixed(1)} ms`)
  recordResult({
    ...conditions,
    name: 'sequence-serving',
    headline: headline.join('; '),
    page: render({ ...result, ...conditions }),
    data: result,
  })
}

function render(measured: SequenceServing & MeasurementConditions): string {
  const milliseconds = (value: number) => value.toFixed(value < 10 ? 3 : 0)
  const rows = measured.rows.map(
    ({ length, what, p50, p95, least, rate }) =>
      `| ${length} | ${what} | ${[p50, p95, least].map(milliseconds).join(' | ')} | ${rate?.toFixed(0) ?? ''} |`,
  )
  return `# Serving BERT4Rec, ${measured.date}

${measured.machine}, commit ${measured.commit}. \`${measured.command}\`

One thread of onnxruntime; width 64, 2 blocks, 2 heads, ${measured.items} items; histories of the maximum length; ${measured.rounds} queries
per row, k = 10. The server, the thread of the model and the clients share the machine.

| L | what | p50 ms | p95 ms | minimum ms | per second |
|---|---|---|---|---|---|
${rows.join('\n')}
`
}
