import { existsSync, statSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, extname, join, resolve } from 'node:path'
import { ApiError, invalid, missing } from '@cairn/platform/errors'
import type { Command } from 'commander'
import { connect } from '../client/connect.js'
import { printRows } from '../client/output.js'
import { printNotice } from '../client/terminal-text.js'

const RECORDS = 'runs.jsonl'
const FILES = 'artifacts'

/** Adds `export` and `import` to `cairn runs`. */
export function addTransferCommands(runs: Command) {
  runs
    .command('export')
    .description(
      'Export runs with their metric histories as JSON lines, as Parquet, or as a folder with artifacts',
    )
    .option('-e, --experiment <names...>', 'export all runs of these experiments, by name or id')
    .option('--run <ids...>', 'export these runs')
    .requiredOption('--out <where>', 'FILE.jsonl, FILE.parquet, or a folder (which includes artifacts)')
    .option('--no-artifacts', 'write a folder without artifacts')
    .option('--deleted', 'include deleted runs of the experiments')
    .addHelpText('after', EXPORT_EXAMPLES)
    .action(runExport)
  runs
    .command('import <from>')
    .description('Import exported runs under their original ids; safe to repeat')
    .option('-e, --experiment <name>', 'import into this experiment instead of the original ones')
    .option('--no-artifacts', 'import a folder without its artifacts')
    .addHelpText('after', IMPORT_EXAMPLES)
    .action(runImport)
}

interface ExportFlags {
  readonly experiment?: string[]
  readonly run?: string[]
  readonly out: string
  readonly artifacts: boolean
  readonly deleted?: boolean
}

async function runExport(flags: ExportFlags, command: Command) {
  const { experiment: experiments = [], run: runs = [], deleted = false } = flags
  if (experiments.length + runs.length === 0) throw invalid('Nothing selected: pass --experiment or --run.')
  const out = resolve(flags.out)
  const isFile = /\.(jsonl|parquet)$/.test(out)
  if (/\.(csv|tsv|json|txt)$/i.test(out))
    throw invalid(`Unsupported format '${extname(out)}'; use ${out.replace(/\.\w+$/, '')}.jsonl or .parquet.`)
  if (existsSync(isFile ? out : join(out, RECORDS)))
    throw new ApiError('RESOURCE_ALREADY_EXISTS', `${out} exists already: pass another path with --out.`)
  await mkdir(isFile ? dirname(out) : out, { recursive: true })
  const { exportRuns } = await import('../transfer/export-runs.js')
  const { Progress } = await import('../copying/progress.js')
  const progress = new Progress(process.stderr)
  const folder = !isFile && flags.artifacts ? join(out, FILES) : undefined
  const unverified: string[] = []
  const onUnverified = (runId: string) => void unverified.push(runId)
  const options = { experiments, runs, deleted, folder, progress, onUnverified }
  const records = exportRuns(connect(command), options)
  if (out.endsWith('.parquet')) await (await import('../transfer/parquet-file.js')).writeParquet(out, records)
  else
    await (await import('../transfer/jsonl-file.js')).writeLines(isFile ? out : join(out, RECORDS), records)
  printCounts(command, progress)
  if (unverified.length > 0)
    throw new ApiError(
      'INVALID_STATE',
      `UNVERIFIED: ${out} is written, but the server does not support digests, so ${unverified.length} runs were not compared with it.`,
    )
}

async function runImport(from: string, flags: { experiment?: string; artifacts: boolean }, command: Command) {
  const path = resolve(from)
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) throw missing(`${path} does not exist.`)
  const { RunsImporter } = await import('../transfer/import-runs.js')
  const { Progress } = await import('../copying/progress.js')
  const { Target } = await import('../copying/target/target.js')
  const progress = new Progress(process.stderr)
  const importer = new RunsImporter(new Target(connect(command)), {
    experiment: flags.experiment,
    folder: found.isDirectory() && flags.artifacts ? join(path, FILES) : undefined,
    progress,
    onDifference: printNotice,
  })
  if (path.endsWith('.parquet'))
    await importer.importAll((await import('../transfer/parquet-file.js')).readParquet(path))
  else
    await importer.importAll(
      (await import('../transfer/jsonl-file.js')).readLines(found.isDirectory() ? join(path, RECORDS) : path),
    )
  printCounts(command, progress)
  if (importer.different > 0)
    throw new ApiError('INVALID_STATE', `FAILED: ${importer.different} runs differ from the exported runs.`)
}

function printCounts(
  command: Command,
  { counts, files, bytes }: { counts: { runs: number; points: number }; files: number; bytes: number },
) {
  const totals = { runs: counts.runs, points: counts.points, artifacts: files, bytes }
  const rows = Object.entries(totals).map(([what, count]) => ({ what, count }))
  printRows(command, rows, { what: (row) => row.what, count: (row) => row.count })
}

const EXPORT_EXAMPLES = `
Exports parameters, tags, inputs, outputs and all metric points of each run. Each finished run is compared with a digest
that the server computes; an export that could not be verified exits with 1.

Examples:
  $ cairn runs export -e /movies --out movies.jsonl
  $ cairn runs export -e /movies --out movies.parquet
  $ cairn runs export --run 7aa2… 91bc… --out two-runs/       # with artifacts
  $ duckdb -c "select run_id, max(value) from 'movies.parquet' where key = 'ndcg_at_10' group by 1"
`
const IMPORT_EXAMPLES = `
A run keeps its id. If another run has the id, or with --experiment, a new id is derived from it, and the tag
cairn.import.run_id records the original one. Repeating an import finds the same runs.

Examples:
  $ cairn runs import movies.jsonl
  $ cairn runs import two-runs/ --experiment /copies
`
