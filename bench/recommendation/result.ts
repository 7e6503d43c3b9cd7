import type { MeasurementConditions } from '@cairn/platform/statistics/measurement-conditions'
import { currentConditions, recordResult } from '../record.js'

/** Milliseconds of one query. */
export interface Cost {
  readonly wall: number
  readonly cpu: number
}

export interface HybridRow extends Cost {
  /** Events of the request; undefined for whole histories of users. */
  readonly length: number | undefined
  readonly reasons: boolean
}

export interface SequenceRow extends Cost {
  /** Requests in each call. */
  readonly batch: number
}

interface Result {
  readonly rounds: number
  readonly blocks: number
  readonly k: number
  readonly hybrid: readonly HybridRow[]
  readonly sequence: readonly SequenceRow[]
}

export function writeResult(result: Result): void {
  const conditions = currentConditions('recommendation')
  const [plain, explained] = result.hybrid.filter(({ length }) => length === 10)
  const [single, eight] = result.sequence
  recordResult({
    ...conditions,
    name: 'recommendation',
    headline:
      `Hybrid ${plain!.cpu.toFixed(1)} ms, with reasons ${explained!.cpu.toFixed(1)} ms; ` +
      `BERT4Rec ${single!.cpu.toFixed(2)} ms, in batches of 8 ${(single!.cpu / eight!.cpu).toFixed(1)}×`,
    page: render({ ...result, ...conditions }),
    data: result,
  })
}

const milliseconds = ({ cpu, wall }: Cost) => `${cpu.toFixed(2)} (${wall.toFixed(2)})`

function render(result: Result & MeasurementConditions): string {
  const { hybrid, sequence } = result
  const hybridLines = hybrid
    .filter(({ reasons }) => !reasons)
    .map((plain) => {
      const explained = hybrid.find(({ length, reasons }) => reasons && length === plain.length)!
      return `| ${plain.length ?? 'all'} | ${milliseconds(plain)} | ${milliseconds(explained)} |`
    })
  const sequenceLines = sequence.map(
    (row) =>
      `| ${row.batch} | ${milliseconds(row)} | ${(1000 / row.wall).toFixed(0)} | ${(sequence[0]!.wall / row.wall).toFixed(2)}× |`,
  )
  return `# Recommendations, ${result.date}

${result.machine}, commit ${result.commit}. \`${result.command}\`

Processor time in ms (wall time in brackets) of one query with k = ${result.k} to the loaded model, without HTTP: the minimum
of ${result.blocks} blocks of ${result.rounds} calls.

A Hybrid of the size of the demo's: six members, five views, boosted trees. Histories are those of its users.

| events | without reasons | with reasons |
|---|---|---|
${hybridLines.join('\n')}

BERT4Rec of the same items, width 64, 2 blocks, 50 positions, one thread:

| queries a call | ms a query | queries a second | rate |
|---|---|---|---|
${sequenceLines.join('\n')}
`
}
