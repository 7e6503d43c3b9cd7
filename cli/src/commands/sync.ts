import { existsSync } from 'node:fs'
import { ApiError, type ErrorCode, invalid } from '@cairn/platform/errors'
import { CairnError } from '@cairn/sdk/cairn-error'
import { HttpTransport } from '@cairn/sdk/http'
import { listOffline, type OfflineRun, removeOffline } from '@cairn/sdk/offline/list'
import { type SyncReport, syncRun } from '@cairn/sdk/offline/sync'
import { TrackingClient } from '@cairn/sdk/tracking'
import { Command } from 'commander'
import { type Connection, connect } from '../client/connect.js'
import { formatOf, printRows } from '../client/output.js'
import { noAnswerAt } from '../client/reaching.js'
import { ByteBar } from '../sync/byte-bar.js'
import { bytesOf, COLUMNS, damageOf, describeRun } from '../sync/described.js'

interface Flags {
  readonly dryRun?: boolean
  readonly again?: boolean
  readonly delete?: boolean
}

export function syncCommand() {
  return new Command('sync')
    .argument('[folder]', 'where offline runs are (default: CAIRN_OFFLINE_FOLDER, then cairn-offline)')
    .description('send runs that were logged offline to the server')
    .option('--dry-run', 'send nothing, and say what there is to send')
    .option('--again', 'also send runs that were sent before; what the server has, it keeps once')
    .option('--delete', 'remove the local copy of every run that the server has in full')
    .addHelpText('after', EXAMPLES)
    .action(sync)
}

async function sync(folderGiven: string | undefined, flags: Flags, command: Command) {
  const folder = existing(folderGiven ?? (process.env.CAIRN_OFFLINE_FOLDER || 'cairn-offline'))
  if (flags.dryRun && flags.delete)
    throw invalid('--dry-run changes nothing, so it does not go with --delete.')
  const connection = connect(command)
  const runs = await listOffline(folder, connection.server, (unbegun) =>
    say(`${unbegun}: its process ended before the run had begun; there is nothing to send`),
  )
  for (const sentence of runs.flatMap(damageOf)) say(sentence)
  if (flags.dryRun) return printDry(command, runs, folder)

  const reports = await sendAll(connection, flags.again ? runs.map(anew) : runs)
  printSent(command, runs, reports, folder)
  const whole = runs.filter((run) => isWhole(run, reports.get(run.folder)))
  if (flags.delete) await Promise.all(whole.map(removeOffline))
  if (formatOf(command) === 'table')
    sayNext(connection.server, [...reports.values()], flags.delete ? [] : whole, folder)
}

function existing(folder: string): string {
  if (existsSync(folder)) return folder
  throw new ApiError(
    'RESOURCE_DOES_NOT_EXIST',
    `There is no folder ${folder}: runs of the SDK's mode 'offline' make one, or name another: \`cairn sync FOLDER\`.`,
  )
}

const anew = (run: OfflineRun): OfflineRun => ({ ...run, done: false })

const isWhole = (run: OfflineRun, report: SyncReport | undefined): boolean =>
  report ? report.outcome === 'synced' && report.problems.length === 0 : run.done

/** @returns a report for every run that was not on the server yet, by folder */
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
      bar.show(run.survey.start.name ?? run.survey.start.id)
      reports.set(run.folder, await syncRun(client, run, { server, onBytes: (bytes) => bar.add(bytes) }))
    }
  } catch (error) {
    bar.clear()
    say(`${reports.size} of ${open.length} runs are sent. The same command goes on from here.`)
    throw error instanceof CairnError ? asApiError(error, server) : error
  }
  bar.clear()
  return reports
}

function asApiError(error: CairnError, server: string): ApiError {
  if (error.status === 0) return new ApiError('TEMPORARILY_UNAVAILABLE', noAnswerAt(server), { cause: error })
  const codes: Partial<Record<number, ErrorCode>> = { 401: 'UNAUTHENTICATED', 403: 'PERMISSION_DENIED' }
  return new ApiError(codes[error.status] ?? 'INTERNAL_ERROR', error.message, { cause: error })
}

type Reports = ReadonlyMap<string, SyncReport>

function printSent(command: Command, runs: readonly OfflineRun[], reports: Reports, folder: string) {
  const rows = runs.map((run) => describeRun(run, reports.get(run.folder)))
  printRows(command, rows, COLUMNS, `No runs in ${folder}.`)
  const problems = rows.flatMap((row) =>
    row.problems.map((problem) => `${row.name || row.offline_id}: ${problem}`),
  )
  for (const problem of problems) say(problem)
  if (problems.length > 0) process.exitCode = 1
}

function printDry(command: Command, runs: readonly OfflineRun[], folder: string) {
  const rows = runs.map((run) => describeRun(run))
  printRows(command, rows, COLUMNS, `No runs in ${folder}.`)
  const open = runs.filter((run) => !run.done).length
  if (open > 0 && formatOf(command) === 'table') say(`${open} to send: \`cairn sync ${folder}\`.`)
}

function sayNext(
  server: string,
  reports: readonly SyncReport[],
  kept: readonly OfflineRun[],
  folder: string,
) {
  const experiments = new Set(reports.flatMap((report) => report.experiment_id ?? []))
  for (const id of experiments)
    say(`See them at ${server}/#/experiments/${id}, or with \`cairn runs list -e ${id}\`.`)
  if (reports.some((report) => report.outcome === 'live'))
    say('Runs that still log are sent in full by a later sync.')
  if (kept.length > 0) say(`Their local copies can go: \`cairn sync ${folder} --delete\`.`)
}

const say = (line: string) => void process.stderr.write(`${line}\n`)

const EXAMPLES = `
A sync may be stopped and started at any time, and run from several machines: the server has every run, point and file once.

Examples:
  $ CAIRN_MODE=offline node train.js   # logs to ./cairn-offline
  $ cairn sync --dry-run
  $ cairn sync --server https://cairn.example.org --delete
`
