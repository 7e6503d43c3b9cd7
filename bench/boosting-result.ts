import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { cpus, loadavg } from 'node:os'

/** Seconds of each tree. */
export interface Trees {
  readonly wall: number[]
  /** Of the processor, all threads together. */
  readonly processor: number[]
}

export interface BoostingResult {
  readonly task: string
  readonly threads: number
  readonly metric: string
  readonly cairn: Trees & { readonly score: number }
  readonly xgboost: Trees & { readonly score: number; readonly version: string }
}

/** Writes `results/<date>-boosting.{md,json}` and prints the table. */
export async function writeResult(results: readonly BoostingResult[]): Promise<void> {
  const conditions = {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus()[0]?.model} × ${cpus().length}, load ${loadavg()[0]!.toFixed(1)}, Node ${process.version}`,
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
    command: `npm run bench -- boosting ${process.argv.slice(2).map(withoutPath).join(' ')}`.trim(),
  }
  const file = new URL(`./results/${conditions.date}-boosting`, import.meta.url).pathname
  const page = render(results, conditions)
  await writeFile(`${file}.json`, `${JSON.stringify({ ...conditions, results }, null, 2)}\n`)
  await writeFile(`${file}.md`, page)
  console.log(page)
}

const withoutPath = (argument: string) =>
  argument.includes('/') ? `VENV/bin/${argument.split('/').at(-1)}` : argument

const sorted = (values: readonly number[]) => values.toSorted((a, b) => a - b)
const least = (values: readonly number[]) => sorted(values)[0] ?? Number.NaN
const median = (values: readonly number[]) => sorted(values)[Math.floor(values.length / 2)] ?? Number.NaN
/** The first tree cuts the features too. */
const later = (values: readonly number[]) => values.slice(1)
const ms = (seconds: number) => (seconds * 1000).toFixed(seconds < 0.1 ? 1 : 0)
const MEASURES: readonly [string, (trees: Trees) => number][] = [
  ['wall, least', ({ wall }) => least(later(wall))],
  ['wall, median', ({ wall }) => median(later(wall))],
  ['processor, least', ({ processor }) => least(later(processor))],
  ['processor, median', ({ processor }) => median(later(processor))],
  ['first tree, wall', ({ wall }) => wall[0]!],
]

function render(
  results: readonly BoostingResult[],
  { date, machine, commit, command }: Record<'date' | 'machine' | 'commit' | 'command', string>,
): string {
  const rows = results.flatMap(({ task, threads, cairn, xgboost }) =>
    MEASURES.map(([name, of]) => {
      const [ours, theirs] = [of(cairn), of(xgboost)]
      return `| ${task} | ${threads} | ${name} | ${ms(ours)} | ${ms(theirs)} | **${(ours / theirs).toFixed(2)}×** |`
    }),
  )
  const scores = results.map(({ task, threads, metric, cairn, xgboost }) => {
    const apart = Math.abs(cairn.score / xgboost.score - 1) * 100
    return `| ${task} | ${threads} | ${metric} | ${cairn.score.toFixed(6)} | ${xgboost.score.toFixed(6)} | ${apart.toFixed(3)} % |`
  })
  return `# Boosting against XGBoost ${results[0]?.xgboost.version}, ${date}

${machine}, commit ${commit}

\`\`\`
OMP_WAIT_POLICY=passive (for XGBoost)
${command}
\`\`\`

Both grow their trees in turn, one of ours and one of theirs, on the same rows in memory: a busy moment of the machine
meets both. Processor time is what a busy machine leaves comparable. The first tree includes cutting the features into bins.

| task | threads | ms a tree | Cairn | XGBoost | Cairn / XGBoost |
|---|---|---|---|---|---|
${rows.join('\n')}

On rows that neither was trained on:

| task | threads | metric | Cairn | XGBoost | apart |
|---|---|---|---|---|---|
${scores.join('\n')}
`
}
