import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { basename } from 'node:path'

/** The circumstances of a run, which every result states. */
export interface Conditions {
  /** `YYYY-MM-DD` */
  readonly date: string
  readonly commit: string
  /** Processor, its cores, the load of the last minute, and the version of Node. */
  readonly machine: string
  /** The command line, without the paths of this machine. */
  readonly command: string
}

export interface BenchmarkResult extends Conditions {
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

/** Call it before measuring: the load is that of the machine before the benchmark adds its own. */
export function currentConditions(benchmark: string): Conditions {
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
    machine: `${cpus()[0]?.model ?? 'unknown'} × ${cpus().length}, load ${loadavg()[0]!.toFixed(1)}, Node ${process.version}`,
    command: ['npm run bench --', benchmark, ...process.argv.slice(2).map(withoutPath)].join(' '),
  }
}

/** Keeps the last part of a path, as in `PATH/ratings.csv` or `VENV/bin/python`, and the scheme of a URL. */
function withoutPath(argument: string): string {
  if (/^\w+:\/\//.test(argument)) return argument.replace(/:.*$/, '://…')
  if (!argument.includes('/')) return argument
  return /\/bin\/[^/]+$/.test(argument) ? `VENV/bin/${basename(argument)}` : `PATH/${basename(argument)}`
}

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
