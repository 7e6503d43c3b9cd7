import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import { ApiError } from '@cairn/platform/errors'
import { Command } from 'commander'
import { connect } from '../client/connect.js'
import { examples } from '../client/examples.js'
import { printRows } from '../client/output.js'
import { escapeControls, printNotice } from '../client/terminal-text.js'
import type { Source } from '../copying/sources/source.js'
import type { SourcePeople } from '../migration/auth/read-auth.js'
import { notMigrated } from '../migration/not-migrated.js'
import type { Check } from '../migration/verify.js'

interface Flags {
  readonly from: string
  readonly fromToken?: string
  readonly artifactsFrom?: string
  readonly artifacts: boolean
  readonly traces: boolean
  readonly experiment?: string[]
  readonly state?: string
  readonly dryRun?: boolean
  readonly authDatabase?: string
}

/** `cairn migrate mlflow`: copies an MLflow store to a server. Schema migrations are `cairn db migrate`. */
export function migrateCommand() {
  const migrate = new Command('migrate')
    .description('Migrate data from another store')
    .addHelpText('after', examples('cairn migrate mlflow --from ./mlruns --dry-run'))
  migrate
    .command('mlflow')
    .description(
      'Migrate experiments, runs, logged models, artifacts, traces, registered models and users from MLflow',
    )
    .requiredOption('--from <where>', 'the URL of a server, a folder mlruns, or sqlite:///FILE')
    .option(
      '--from-token <token>',
      'access token of the source (default: MLFLOW_TRACKING_USERNAME and _PASSWORD)',
    )
    .option('--artifacts-from <where>', "the artifacts destination of the store's server: a folder or s3://…")
    .option('--no-artifacts', 'do not copy artifacts; keep their URIs')
    .option('--no-traces', 'do not migrate traces')
    .option(
      '--experiment <names...>',
      'migrate only these experiments, by name or id, and no registered models',
    )
    .option(
      '--auth-database <url>',
      'migrate users, password hashes, roles and permissions of basic-auth, too: sqlite:///FILE or postgresql://…',
    )
    .option('--state <file>', 'file for the progress (default: .cairn-migrate-….jsonl in this folder)')
    .option('--dry-run', 'read everything and print the counts without writing anything')
    .addHelpText('after', EXAMPLES)
    .action((flags: Flags, command: Command) => (flags.dryRun ? count(flags, command) : run(flags, command)))
  return migrate
}

async function count(flags: Flags, command: Command) {
  const { openSource } = await import('../copying/sources/open-source.js')
  const { Progress } = await import('../copying/progress.js')
  const { dryRun } = await import('../migration/dry-run.js')
  const source = openSource(flags.from, { artifacts: flags.artifactsFrom, token: flags.fromToken })
  const progress = new Progress(process.stderr)
  const unreadable = await dryRun(source, progress, selection(flags))
  for (const sentence of unreadable) printNotice(sentence)
  if (unreadable.length > 0) process.exitCode = 1
  process.stderr.write(escapeControls(await omitted(source, flags), '\n'))
  source.close()
  const people = await peopleOf(flags)
  const counted = people
    ? [['users', people.users.length] as const, ['roles', people.roles.length] as const]
    : []
  const rows = [
    ...Object.entries(progress.counts),
    ...[['artifacts', progress.files], ['bytes', progress.bytes], ...counted],
  ]
  for (const sentence of people?.leftOut ?? []) printNotice(`Not migrated: ${sentence}`)
  printRows(
    command,
    rows.map(([what, count]) => ({ what: String(what), count: Number(count) })),
    { what: (row) => row.what, count: (row) => row.count },
  )
}

/** The users and roles of the basic-auth database. */
async function peopleOf({ authDatabase }: Flags): Promise<SourcePeople | undefined> {
  if (!authDatabase) return undefined
  const { openAuthDatabase } = await import('../migration/auth/auth-database.js')
  const { readPeople } = await import('../migration/auth/read-auth.js')
  const database = await openAuthDatabase(authDatabase)
  try {
    return await readPeople(database)
  } finally {
    await database.close()
  }
}

async function run(flags: Flags, command: Command) {
  const { openSource } = await import('../copying/sources/open-source.js')
  const { Ledger } = await import('../migration/ledger.js')
  const { migrate } = await import('../migration/migrate.js')
  const { Progress } = await import('../copying/progress.js')
  const { Target } = await import('../copying/target/target.js')
  const { migrateAuth } = await import('../migration/auth/migrate-auth.js')
  const { skippedLinks, tracesWithoutSpans, verify } = await import('../migration/verify.js')
  const connection = connect(command)
  // Migrations with and without artifacts must not share a ledger.
  const key = {
    from: flags.from,
    server: connection.server,
    ...(!flags.artifacts && { artifacts: false as const }),
  }
  const state = resolve(flags.state ?? stateFile(key))
  const people = await peopleOf(flags)
  const source = openSource(flags.from, { artifacts: flags.artifactsFrom, token: flags.fromToken })
  const migration = {
    source,
    target: new Target(connection),
    ledger: new Ledger(state, key),
    progress: new Progress(process.stderr),
    ...selection(flags),
  }
  let refused: readonly string[]
  try {
    refused = await migrate(migration)
  } catch (error) {
    process.stderr.write(
      `\nThe migration is incomplete. Run the same command again to resume; its progress is in ${state}.\n`,
    )
    throw error
  }
  const verified = await verify(migration, printNotice)
  const notHere = await omitted(source, flags)
  source.close()
  const auth = people && (await migrateAuth({ ...migration, people }))
  const checks = [...verified, ...(auth?.checks ?? [])]
  process.stderr.write(escapeControls(leftOutOf(auth?.leftOut ?? []) + notHere, '\n'))
  for (const sentence of refused) printNotice(sentence)
  printRows(command, checks, {
    what: (check) => check.what,
    source: (check) => check.source,
    here: (check) => check.here,
    differ: (check) => check.differ,
    result: (check) => (isSame(check) ? 'same' : 'DIFFERENT'),
  })
  if (!checks.every(isSame))
    throw new ApiError(
      'INVALID_STATE',
      `FAILED: some items differ from the source. Run the same command again to copy them; its progress is in ${state}.`,
    )
  if (refused.length > 0)
    throw new ApiError(
      'INVALID_STATE',
      'FAILED: the target refused some items, listed above. Correct or delete them in the source, and run the same command again.',
    )
  const end =
    passed(skippedLinks(migration.ledger), notHere ? 'everything else' : 'everything') +
    missingSpans(tracesWithoutSpans(migration.ledger))
  process.stderr.write(escapeControls(end, '\n'))
}

const isSame = ({ source, here, differ }: Check) => differ === 0 && source === here

/** Lists what is not migrated; a migration of some experiments copies nothing else anyway. */
async function omitted(source: Source, { experiment = [] }: Flags): Promise<string> {
  return experiment.length > 0 ? '' : notMigrated(await source.notCopied())
}

function passed(skipped: readonly string[], what: string): string {
  if (skipped.length === 0) return `PASSED: ${what} was migrated.\n`
  const links = skipped.map((sentence) => `  ${sentence}\n`).join('')
  return `PASSED: ${what} was migrated, except for skipped links and files:\n${links}Pass --artifacts-from to allow reading the targets of links.\n`
}

function missingSpans(traces: readonly string[]): string {
  if (traces.length === 0) return ''
  return `These traces were migrated without spans, because the source has no readable ones:\n${traces.map((id) => `  ${id}\n`).join('')}`
}

function leftOutOf(sentences: readonly string[]): string {
  if (sentences.length === 0) return ''
  return `These users, roles and permissions were not migrated, or not completely:\n${sentences.map((one) => `  ${one}\n`).join('')}`
}

const selection = ({ artifacts, traces, experiment = [] }: Flags) => ({
  withArtifacts: artifacts,
  withTraces: traces,
  experiments: experiment,
})

const stateFile = (key: object) =>
  `.cairn-migrate-${createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 12)}.jsonl`

const EXAMPLES = `
Keeps the ids of runs and traces, version numbers, times, users, stages and aliases. The command may be killed at any time;
run it again to resume.

Running again copies new and changed items, and restores items that were deleted here. Unchanged items are skipped: the
history of a finished run if each metric has as many points as before (or the same latest point), its files if paths, sizes
and times are the same, and the spans of a finished trace if everything else is the same. A server does not reveal points
older than the latest one of a metric, a file with new content of the same size, or late spans, so these are missed. Without
the file of --state, everything is read again. Items deleted in the source are kept here: tags, aliases and assessments are
reported as differences, files are not.

Traces are migrated with spans, assessments, and links to runs and prompts. Traces with unreadable spans are migrated without
them and listed; the spans of a local store may be in the folder of --artifacts-from. A server reveals links to prompts only
in a tag of the trace. Servers before MLflow 3 have no traces.

With --auth-database, users keep their passwords, and permissions on experiments and models become grants. An account that
exists here keeps its password; one that changed in the source since the last run is copied. Permissions are added, and not
taken away. Those on other objects are listed.

Not migrated: attachments of traces, and evaluation data sets, scorers and webhooks, which the report counts. Links among the
artifacts of a local store are followed within the store and the folder of --artifacts-from; links pointing elsewhere are
skipped and reported, and so are files whose names this server refuses, such as names with a backslash.

A run or model whose artifacts the source cannot read is migrated without them. One with values that this server refuses, such
as times beyond 2^53, is skipped. Both are reported, and the command fails.

Examples:
  $ cairn migrate mlflow --from ./mlruns --dry-run
  $ cairn migrate mlflow --from sqlite:///mlflow.db --artifacts-from ./mlartifacts
  $ cairn migrate mlflow --from http://mlflow.internal:5000
  $ cairn migrate mlflow --from http://mlflow.internal:5000 --no-artifacts     # e.g. they are in S3
  $ cairn migrate mlflow --from http://mlflow.internal:5000 --auth-database sqlite:///basic_auth.db
`
