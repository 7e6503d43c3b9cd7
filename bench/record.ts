import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import {
  commitIn,
  type MeasurementConditions,
  measurementConditions,
} from '@cairn/platform/statistics/measurement-conditions'

export interface BenchmarkResult extends MeasurementConditions {
  /** Name of the files in `results/`, without an extension. */
  readonly name: string
  /** One phrase with the figure that matters, for the table of history. */
  readonly headline: string
  /** The result as Markdown. */
  readonly page: string
  /** The figures, for programs. */
  readonly data: object
}

const RESULTS = new URL('./results/', import.meta.url)
const HISTORY_HEAD = `# History

One row for each recorded run, oldest first. The latest result of each benchmark is in the file that it names.

| date | commit | machine | benchmark | headline |
|---|---|---|---|---|
`

/** The conditions of this run of a benchmark. Call it before measuring. */
export const currentConditions = (benchmark: string): MeasurementConditions =>
  measurementConditions(
    `npm run bench -- ${benchmark}`,
    commitIn(fileURLToPath(new URL('.', import.meta.url))) ?? 'unknown',
  )

/** Overwrites the latest result of the benchmark, appends a row to the history, and prints the page. */
export function recordResult(result: BenchmarkResult, results = RESULTS): void {
  const { name, headline, page, data, ...conditions } = result
  writeFileSync(new URL(`${name}.md`, results), page)
  writeFileSync(new URL(`${name}.json`, results), `${JSON.stringify({ ...conditions, ...data }, null, 2)}\n`)
  const history = new URL('history.md', results)
  const rows = existsSync(history) ? readFileSync(history, 'utf8') : HISTORY_HEAD
  writeFileSync(history, `${rows}${historyRow(result)}\n`)
  console.log(page)
}

function historyRow({ date, commit, machine, name, headline }: BenchmarkResult): string {
  const processor = machine.replace(/, Node .*$/, '')
  return `| ${date} | ${commit} | ${processor} | [${name}](${name}.md) | ${headline} |`
}
