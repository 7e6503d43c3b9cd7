import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { loadConfig } from '@cairn/platform/config'
import { missing } from '@cairn/platform/errors'
import { Command } from 'commander'
import { printRows } from '../client/output.js'
import { settingsOf } from '../server/flags.js'

type Flags = Record<string, unknown>

export function dbCommand() {
  const db = new Command('db')
    .description('the database of a server: back it up, restore it, bring its schema up to date')
    .addHelpText('afterAll', EXAMPLES)
  located(db.command('backup <out>'))
    .description('a consistent copy, while the server runs')
    .option('--with-artifacts', 'artifacts and governed data too; OUT is a folder then')
    .option('--portable', "a copy that either engine can restore; PostgreSQL's are always")
    .action(backupTo)
  located(db.command('restore <backup>'))
    .description('put a backup in the place of the database; the server is to be stopped')
    .option('--force', 'even where there is a database already')
    .action(restoreFrom)
  located(db.command('migrate'))
    .description('bring the schema up to date, as a server does when it starts')
    .option('--check', 'only list what is to be applied; exit code 1 when there is something')
    .action(migrate)
  return db
}

const located = (command: Command) =>
  command
    .option('--data <folder>', 'the data folder of the server')
    .option('--database-url <url>', 'postgres://… where the server has no SQLite')
    .option('--artifacts-destination <uri>', 'where the server stores artifacts')

async function backupTo(out: string, flags: Flags) {
  const { backup } = await import('../database/backup.js')
  const options = { portable: flags.portable === true, withArtifacts: flags.withArtifacts === true }
  const config = loadConfig(process.env, settingsOf(flags))
  await backup(config, out, options)
  process.stderr.write(
    `${out} holds the ${options.withArtifacts ? 'database and the artifacts' : 'database'}.\n`,
  )
  const { KEY_FILE } = await import('@cairn/registry/webhooks/secrets')
  const key = join(config.data, KEY_FILE)
  if (!config.webhook_secret_key && existsSync(key))
    process.stderr.write(`Keep ${key} too, in another place: it opens the secrets of webhooks.\n`)
}

async function restoreFrom(from: string, flags: Flags) {
  const { restore } = await import('../database/restore.js')
  await restore(loadConfig(process.env, settingsOf(flags)), from, flags.force === true)
  process.stderr.write(`${from} is restored, and its schema is up to date.\n`)
}

async function migrate(flags: Flags, command: Command) {
  const { openDb } = await import('@cairn/platform/db/open')
  const { migrateAll, pendingOf } = await import('../database/schema.js')
  const { database_url } = loadConfig(process.env, settingsOf(flags))
  const { sqliteFile } = await import('../database/backup.js')
  const file = sqliteFile(database_url)
  if (flags.check && file && !existsSync(file))
    throw missing(`There is no database ${file}: name its folder with --data.`)
  const db = openDb<unknown>(database_url)
  try {
    const pending = await pendingOf(db)
    printRows(
      command,
      pending,
      { service: (one) => one.service, migration: (one) => one.migration },
      'The schema is up to date.',
    )
    if (flags.check && pending.length > 0) process.exitCode = 1
    if (!flags.check) await migrateAll(db)
  } finally {
    await db.close()
  }
}

const EXAMPLES = `
Examples:
  $ cairn db backup cairn-2026-11-25.db                   the SQLite file of .cairn, while the server runs
  $ cairn db backup /backups/friday --with-artifacts
  $ cairn db restore cairn-2026-11-25.db --data /srv/cairn
  $ cairn db migrate --check && echo up to date

From SQLite to PostgreSQL:
  $ cairn db backup move.gz --portable
  $ cairn db restore move.gz --database-url postgres://app@db/cairn
`
