import { existsSync, statSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { ApiError, invalid, missing } from '@cairn/platform/errors'
import type { Command } from 'commander'
import { connect } from '../client/connect.js'
import { printRows } from '../client/output.js'

const RECORDS = 'runs.jsonl'
const FILES = 'artifacts'

/** Commands that have examples of their own. */
export const TRANSFERS: ReadonlySet<string> = new Set(['export', 'import'])

export function addTransfer(runs: Command) {
  runs
    .command('export')
    .description('whole runs with their histories, as JSON lines, Parquet or a folder with artifacts')
    .option('-e, --experiment <names...>', 'all runs of these experiments, by name or id')
    .option('--run <ids...>', 'these runs')
    .requiredOption('--out <where>', 'FILE.jsonl, FILE.parquet, or a folder, which takes artifacts too')
    .option('--no-artifacts', 'a folder without artifacts')
    .option('--deleted', 'deleted runs of the experiments too')
    .addHelpText('after', EXPORT_EXAMPLES)
    .action(exportRuns)
  runs
    .command('import <from>')
    .description('runs that were exported, under their ids; again is no error')
    .option('-e, --experiment <name>', 'into this experiment, whatever they were in')
    .option('--no-artifacts', 'leave the artifacts of a folder out')
    .addHelpText('after', IMPORT_EXAMPLES)
    .action(importRuns)
}

interface ExportFlags {
  readonly experiment?: string[]
  readonly run?: string[]
  readonly out: string
  readonly artifacts: boolean
  readonly deleted?: boolean
}

async function exportRuns(flags: ExportFlags, command: Command) {
  const { experiment: experiments = [], run: runs = [], deleted = false } = flags
  if (experiments.length + runs.length === 0) throw invalid('Name what to export: --experiment or --run.')
  const out = resolve(flags.out)
  const isFile = /\.(jsonl|parquet)$/.test(out)
  if (/\.(csv|tsv|json|txt)$/i.test(out))
    throw invalid(`No such format: name ${out.replace(/\.\w+$/, '')}.jsonl or .parquet.`)
  if (existsSync(isFile ? out : join(out, RECORDS)))
    throw new ApiError('RESOURCE_ALREADY_EXISTS', `${out} is there already: name another file.`)
  await mkdir(isFile ? dirname(out) : out, { recursive: true })
  const { readRuns } = await import('../transfer/export-runs.js')
  const { Progress } = await import('../copying/progress.js')
  const progress = new Progress(process.stderr)
  const folder = !isFile && flags.artifacts ? join(out, FILES) : undefined
  const records = readRuns(connect(command), { experiments, runs, deleted, folder }, progress)
  if (out.endsWith('.parquet')) await (await import('../transfer/parquet-file.js')).writeParquet(out, records)
  else
    await (await import('../transfer/jsonl-file.js')).writeLines(isFile ? out : join(out, RECORDS), records)
  printCounts(command, progress)
}

async function importRuns(
  from: string,
  flags: { experiment?: string; artifacts: boolean },
  command: Command,
) {
  const path = resolve(from)
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) throw missing(`There is no ${path}.`)
  const { BringRuns } = await import('../transfer/import-runs.js')
  const { Progress } = await import('../copying/progress.js')
  const { Target } = await import('../copying/target/target.js')
  const progress = new Progress(process.stderr)
  const bring = new BringRuns(new Target(connect(command)), {
    experiment: flags.experiment,
    folder: found.isDirectory() && flags.artifacts ? join(path, FILES) : undefined,
    progress,
    onDifference: (sentence) => process.stderr.write(`${sentence}\n`),
  })
  if (path.endsWith('.parquet'))
    await bring.all((await import('../transfer/parquet-file.js')).readParquet(path))
  else
    await bring.all(
      (await import('../transfer/jsonl-file.js')).readLines(found.isDirectory() ? join(path, RECORDS) : path),
    )
  printCounts(command, progress)
  if (bring.differ > 0)
    throw new ApiError('INVALID_STATE', `FAILED: ${bring.differ} runs are not as they were.`)
}

function printCounts(
  command: Command,
  { counts, files, bytes }: { counts: { runs: number; points: number }; files: number; bytes: number },
) {
  const all = { runs: counts.runs, points: counts.points, artifacts: files, bytes }
  const rows = Object.entries(all).map(([what, count]) => ({ what, count }))
  printRows(command, rows, { what: (one) => one.what, count: (one) => one.count }, '')
}

const EXPORT_EXAMPLES = `
A run is written with parameters, tags, inputs, outputs and every point of its metrics, and a digest of it all.

Examples:
  $ cairn runs export -e /movies --out movies.jsonl
  $ cairn runs export -e /movies --out movies.parquet
  $ cairn runs export --run 7aa2… 91bc… --out two-runs/       with their artifacts
  $ duckdb -c "select run_id, max(value) from 'movies.parquet' where key = 'ndcg_at_10' group by 1"
`
const IMPORT_EXAMPLES = `
A run keeps its id where that is free or its own. Where another run has it, or with --experiment, the id is derived
from the old one, which the tag cairn.import.run_id keeps; the same import again finds the same run.

Examples:
  $ cairn runs import movies.jsonl
  $ cairn runs import two-runs/ --experiment /copies
`
