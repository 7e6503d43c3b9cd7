import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { cpus, loadavg } from 'node:os'

/** Milliseconds of one question. */
export interface Measured {
  readonly p50: number
  readonly p95: number
  readonly least: number
  /** Questions a second. */
  readonly rate?: number
}

export interface Row extends Measured {
  readonly length: number
  readonly what: string
}

export interface SequenceServing {
  readonly items: number
  readonly rounds: number
  readonly rows: readonly Row[]
}

export function summaryOf(took: readonly number[]): Measured {
  const sorted = took.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.floor(share * sorted.length)]!
  return { p50: at(0.5), p95: at(0.95), least: sorted[0]! }
}

/** Writes `results/<date>-sequence-serving.{md,json}` and prints the table. */
export async function writeResult(result: SequenceServing): Promise<void> {
  const date = new Date().toISOString().slice(0, 10)
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
  const machine = `${cpus()[0]?.model ?? 'unknown'} × ${cpus().length}, load ${loadavg()[0]!.toFixed(1)}, Node ${process.version}`
  const command = ['npm run bench -- sequence-serving', ...process.argv.slice(2)].join(' ')
  const measured = { ...result, date, machine, commit, command }
  const file = new URL(`../results/${date}-sequence-serving`, import.meta.url).pathname
  const page = render(measured)
  await writeFile(`${file}.json`, `${JSON.stringify(measured, null, 2)}\n`)
  await writeFile(`${file}.md`, page)
  console.log(page)
}

function render(
  measured: SequenceServing & { date: string; machine: string; commit: string; command: string },
): string {
  const milliseconds = (value: number) => value.toFixed(value < 10 ? 3 : 0)
  const rows = measured.rows.map(
    ({ length, what, p50, p95, least, rate }) =>
      `| ${length} | ${what} | ${[p50, p95, least].map(milliseconds).join(' | ')} | ${rate?.toFixed(0) ?? ''} |`,
  )
  return `# Serving BERT4Rec, ${measured.date}

${measured.machine}, commit ${measured.commit}. \`${measured.command}\`

One thread of onnxruntime; width 64, 2 blocks, 2 heads, ${measured.items} items; every history as long as the model
takes; ${measured.rounds} questions a row, k = 10. The server, its model's thread and the clients share the machine.

| L | what | p50 ms | p95 ms | least ms | a second |
|---|---|---|---|---|---|
${rows.join('\n')}
`
}
