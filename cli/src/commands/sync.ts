import { existsSync } from 'node:fs'
import { ApiError, type ErrorCode, invalid } from '@cairn/platform/errors'
import { CairnError } from '@cairn/sdk/cairn-error'
import { HttpTransport } from '@cairn/sdk/http'
import { listOfflineRuns, type OfflineRun, removeOfflineRun } from '@cairn/sdk/offline/offline-runs'
import { type SyncReport, syncRun } from '@cairn/sdk/offline/sync'
import { TrackingClient } from '@cairn/sdk/tracking'
import { Command } from 'commander'
import { type Connection, connect } from '../client/connect.js'
import { formatOf, printRows } from '../client/output.js'
import { unreachableMessage } from '../client/unreachable.js'
import { ByteBar } from '../sync/byte-bar.js'
import { bytesOf, COLUMNS, describeDamage, describeRun } from '../sync/sync-rows.js'

interface Flags {
  readonly dryRun?: boolean
  readonly again?: boolean
  readonly delete?: boolean
}

/** `cairn sync`: uploads the runs that the SDK logged to a folder in mode `offline` or `auto`. */
export function syncCommand() {
  return new Command('sync')
    .argument('[folder]', 'folder of the offline runs (default: CAIRN_OFFLINE_FOLDER, else cairn-offline)')
    .description('Upload runs that were logged offline')
    .option('--dry-run', 'list the runs without uploading them')
    .option('--again', 'upload again runs that were uploaded before; creates no duplicates')
    .option('--delete', 'delete the local copy of each completely uploaded run')
    .addHelpText('after', EXAMPLES)
    .action(sync)
}

async function sync(folderArgument: string | undefined, flags: Flags, command: Command) {
  const folder = requireFolder(folderArgument ?? (process.env.CAIRN_OFFLINE_FOLDER || 'cairn-offline'))
  if (flags.dryRun && flags.delete) throw invalid('--dry-run and --delete cannot be combined.')
  const connection = connect(command)
  const runs = await listOfflineRuns(folder, connection.server, (emptyFolder) =>
    warn(`Skipped ${emptyFolder}: its process ended before the run started.`),
  )
  for (const sentence of runs.flatMap(describeDamage)) warn(sentence)
  if (flags.dryRun) return printDryRun(command, runs, folder)

  const reports = await sendAll(connection, flags.again ? runs.map(markUnsent) : runs)
  printReports(command, runs, reports, folder)
  const complete = runs.filter((run) => isComplete(run, reports.get(run.folder)))
  if (flags.delete) await Promise.all(complete.map(removeOfflineRun))
  if (formatOf(command) === 'table')
    suggestNext(connection.server, [...reports.values()], flags.delete ? [] : complete, folder)
}

function requireFolder(folder: string): string {
  if (existsSync(folder)) return folder
  throw new ApiError(
    'RESOURCE_DOES_NOT_EXIST',
    `The folder ${folder} does not exist. Pass the folder of the offline runs: \`cairn sync FOLDER\`.`,
  )
}

const markUnsent = (run: OfflineRun): OfflineRun => ({ ...run, done: false })

const isComplete = (run: OfflineRun, report: SyncReport | undefined): boolean =>
  report ? report.outcome === 'synced' && report.problems.length === 0 : run.done

/** @returns a report for each uploaded run, by its folder */
async function sendAll({ server, token }: Connection, runs: readonly OfflineRun[]) {
  const client = new TrackingClient(new HttpTransport({ baseUrl: server, ...(token && { token }) }))
  const open = runs.filter((run) => !run.done)
  const bar = new ByteBar(
    process.stderr,
    open.reduce((sum, run) => sum + bytesOf(run), 0),
  )
  const reports = new Map<string, SyncReport>()
  try {
    for (const run of open) {
      bar.show(run.summary.start.name ?? run.summary.start.id)
      reports.set(run.folder, await syncRun(client, run, { server, onBytes: (bytes) => bar.add(bytes) }))
    }
  } catch (error) {
    bar.clear()
    warn(`Uploaded ${reports.size} of ${open.length} runs. Run the same command again to resume.`)
    throw error instanceof CairnError ? asApiError(error, server) : error
  }
  bar.clear()
  return reports
}

function asApiError(error: CairnError, server: string): ApiError {
  if (error.status === 0)
    return new ApiError('TEMPORARILY_UNAVAILABLE', unreachableMessage(server), { cause: error })
  const codes: Partial<Record<number, ErrorCode>> = { 401: 'UNAUTHENTICATED', 403: 'PERMISSION_DENIED' }
  return new ApiError(codes[error.status] ?? 'INTERNAL_ERROR', error.message, { cause: error })
}

type Reports = ReadonlyMap<string, SyncReport>

function printReports(command: Command, runs: readonly OfflineRun[], reports: Reports, folder: string) {
  const rows = runs.map((run) => describeRun(run, reports.get(run.folder)))
  printRows(command, rows, COLUMNS, `No runs in ${folder}.`)
  const problems = rows.flatMap((row) =>
    row.problems.map((problem) => `${row.name || row.offline_id}: ${problem}`),
  )
  for (const problem of problems) warn(problem)
  if (problems.length > 0) process.exitCode = 1
}

function printDryRun(command: Command, runs: readonly OfflineRun[], folder: string) {
  const rows = runs.map((run) => describeRun(run))
  printRows(command, rows, COLUMNS, `No runs in ${folder}.`)
  const open = runs.filter((run) => !run.done).length
  if (open > 0 && formatOf(command) === 'table') warn(`${open} runs to upload: \`cairn sync ${folder}\`.`)
}

function suggestNext(
  server: string,
  reports: readonly SyncReport[],
  kept: readonly OfflineRun[],
  folder: string,
) {
  const experiments = new Set(reports.flatMap((report) => report.experiment_id ?? []))
  for (const id of experiments)
    warn(`View the runs at ${server}/#/experiments/${id} or with \`cairn runs list -e ${id}\`.`)
  if (reports.some((report) => report.outcome === 'live'))
    warn('Some runs are still logging: sync again when they have ended.')
  if (kept.length > 0) warn(`Delete the local copies with \`cairn sync ${folder} --delete\`.`)
}

const warn = (line: string) => void process.stderr.write(`${line}\n`)

const EXAMPLES = `
A sync may be stopped and repeated at any time, and run on several machines: it creates no duplicates on the server.

Examples:
  $ CAIRN_MODE=offline node train.js   # logs to ./cairn-offline
  $ cairn sync --dry-run
  $ cairn sync --server https://cairn.example.org --delete
`
