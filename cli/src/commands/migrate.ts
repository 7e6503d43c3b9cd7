import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import { ApiError } from '@cairn/platform/errors'
import { Command } from 'commander'
import { connect } from '../client/connect.js'
import { printRows } from '../client/output.js'

interface Flags {
  readonly from: string
  readonly fromToken?: string
  readonly artifactsFrom?: string
  readonly artifacts: boolean
  readonly traces: boolean
  readonly experiment?: string[]
  readonly state?: string
  readonly dryRun?: boolean
}

export function migrateCommand() {
  const migrate = new Command('migrate')
    .description('bring everything over from another store')
    .addHelpText('afterAll', EXAMPLES)
  migrate
    .command('mlflow')
    .description(
      'experiments, runs, logged models, artifacts, traces and registered models of an MLflow server or store',
    )
    .requiredOption('--from <where>', "a server's URL, a folder mlruns, or sqlite:///FILE")
    .option(
      '--from-token <token>',
      'access token of that server (else MLFLOW_TRACKING_USERNAME and _PASSWORD)',
    )
    .option('--artifacts-from <where>', "the artifacts destination of the store's server: a folder or s3://…")
    .option('--no-artifacts', 'leave artifacts where they are, and keep their locations')
    .option('--no-traces', 'leave traces out')
    .option('--experiment <names...>', 'only these experiments, by name or id, and no registered models')
    .option('--state <file>', 'where to note what is done (default: .cairn-migrate-….jsonl here)')
    .option('--dry-run', 'read everything, bring nothing, and say how much it is')
    .action((flags: Flags, command: Command) => (flags.dryRun ? look(flags, command) : bring(flags, command)))
  return migrate
}

async function look(flags: Flags, command: Command) {
  const { openSource } = await import('../copying/sources/open-source.js')
  const { Progress } = await import('../copying/progress.js')
  const { survey } = await import('../migration/dry-run.js')
  const source = openSource(flags.from, { artifacts: flags.artifactsFrom, token: flags.fromToken })
  const progress = new Progress(process.stderr)
  await survey(source, progress, chosenBy(flags))
  source.close()
  const rows = [...Object.entries(progress.counts), ['artifacts', progress.files], ['bytes', progress.bytes]]
  printRows(
    command,
    rows.map(([what, count]) => ({ what: String(what), count: Number(count) })),
    { what: (one) => one.what, count: (one) => one.count },
    '',
  )
}

async function bring(flags: Flags, command: Command) {
  const { openSource } = await import('../copying/sources/open-source.js')
  const { Ledger } = await import('../migration/ledger.js')
  const { migrate } = await import('../migration/migrate.js')
  const { Progress } = await import('../copying/progress.js')
  const { Target } = await import('../copying/target/target.js')
  const { leftOut, verify, withoutSpans } = await import('../migration/verify.js')
  const connection = connect(command)
  // Another migration is one that leaves artifacts where they are: this one must not take its word.
  const what = {
    from: flags.from,
    server: connection.server,
    ...(!flags.artifacts && { artifacts: false as const }),
  }
  const state = resolve(flags.state ?? stateFile(what))
  const source = openSource(flags.from, { artifacts: flags.artifactsFrom, token: flags.fromToken })
  const migration = {
    source,
    target: new Target(connection),
    ledger: new Ledger(state, what),
    progress: new Progress(process.stderr),
    ...chosenBy(flags),
  }
  try {
    await migrate(migration)
  } catch (error) {
    process.stderr.write(
      `\nNot done. The same command goes on from here; what is done is noted in ${state}.\n`,
    )
    throw error
  }
  const checks = await verify(migration, (sentence) => process.stderr.write(`${sentence}\n`))
  source.close()
  printRows(
    command,
    checks,
    {
      what: (one) => one.what,
      source: (one) => one.source,
      here: (one) => one.here,
      differ: (one) => one.differ,
      result: (one) => (one.differ === 0 && one.source === one.here ? 'same' : 'DIFFERENT'),
    },
    '',
  )
  if (checks.some((one) => one.differ > 0 || one.source !== one.here))
    throw new ApiError(
      'INVALID_STATE',
      `FAILED: not everything is here as it was. The same command brings again what differs; what is done is noted in ${state}.`,
    )
  process.stderr.write(passed(leftOut(migration.ledger)) + bare(withoutSpans(migration.ledger)))
}

function passed(left: readonly string[]): string {
  if (left.length === 0) return 'PASSED: everything is here as it was.\n'
  const links = left.map((sentence) => `  ${sentence}\n`).join('')
  return `PASSED: everything is here as it was, but for links that were left out:\n${links}Where they lead can be read with --artifacts-from.\n`
}

function bare(traces: readonly string[]): string {
  if (traces.length === 0) return ''
  return `Without spans, since the source has none that can be read, came these traces:\n${traces.map((id) => `  ${id}\n`).join('')}`
}

const chosenBy = ({ artifacts, traces, experiment = [] }: Flags) => ({
  withArtifacts: artifacts,
  withTraces: traces,
  experiments: experiment,
})

const stateFile = (what: object) =>
  `.cairn-migrate-${createHash('sha256').update(JSON.stringify(what)).digest('hex').slice(0, 12)}.jsonl`

const EXAMPLES = `
Ids of runs and traces, version numbers, times, users, stages and aliases are kept. Kill it at any moment and run it again: it
goes on.

What a second run brings: what is new or changed, and what is not here any more. What it knows to be the same it does not read
again: of a run that has ended, the history when its metrics hold as many points, or end in the same one, and the files when
their paths, sizes and times are the same; of a trace that has ended, the spans when all else of it is the same. From a
server it therefore does not see points older than the latest one of their metric, a file with other bytes and the same size,
nor spans that come to a trace late: servers do not tell. Without the file of --state all is read again.
What was taken away there stays here: a tag, alias or assessment is named as a difference, a file is not.

Traces come with their spans, assessments, and links to runs and prompts; those of which the source has no spans that can be
read come without, and are named: of a store on this machine they may be where --artifacts-from leads. Of links to prompts a
server tells only what a tag of the trace names, and one before MLflow 3 tells of no traces.

Not brought: attachments of traces, evaluation data sets, users and their passwords. Links among the artifacts of a store on
this machine are followed within it, and within the folder of --artifacts-from; those that lead elsewhere are left out, and
said.

Examples:
  $ cairn migrate mlflow --from ./mlruns --dry-run
  $ cairn migrate mlflow --from sqlite:///mlflow.db --artifacts-from ./mlartifacts
  $ cairn migrate mlflow --from http://mlflow.internal:5000
  $ cairn migrate mlflow --from http://mlflow.internal:5000 --no-artifacts     artifacts stay, e.g. in S3
`
