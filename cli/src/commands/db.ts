import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '@cairn/platform/config'
import { missing } from '@cairn/platform/errors'
import { Command } from 'commander'
import { examples } from '../client/examples.js'
import { printRows } from '../client/output.js'
import { loadSettings } from '../server/flags.js'
import { keepFilesPrivate } from '../server/private-files.js'

type Flags = Record<string, unknown>

/** `cairn db`: backup, restore and schema migrations, on the database itself and not through a server. */
export function dbCommand() {
  const db = new Command('db')
    .description('Back up, restore and migrate the database of a server')
    .addHelpText('after', MOVE_EXAMPLES)
  addLocationOptions(db.command('backup <out>'))
    .description('Back up the database while the server runs')
    .option('--with-artifacts', 'include artifacts and governed data; OUT is then a folder')
    .option('--portable', 'write a backup for both engines (always the case for PostgreSQL)')
    .addHelpText(
      'after',
      examples(
        'cairn db backup cairn-2026-11-25.db   # the SQLite file in .cairn, while the server runs',
        'cairn db backup /backups/friday --with-artifacts',
      ),
    )
    .action(backupTo)
  addLocationOptions(db.command('restore <backup>'))
    .description('Replace the database by a backup; stop the server first')
    .option('--force', 'replace an existing database')
    .addHelpText('after', examples('cairn db restore cairn-2026-11-25.db --data /srv/cairn'))
    .action(restoreFrom)
  addLocationOptions(db.command('migrate'))
    .description('Apply pending schema migrations, as a server does on start')
    .option('--check', 'only list pending migrations; exits with 1 if there are any')
    .addHelpText('after', examples('cairn db migrate --check && echo up to date'))
    .action(migrate)
  return db
}

const addLocationOptions = (command: Command) =>
  command
    .option('--data <folder>', 'the data folder of the server')
    .option('--database-url <url>', 'postgres://… of a server without SQLite')
    .option('--artifacts-destination <uri>', 'artifact store of the server: a folder or s3://…')

async function backupTo(out: string, flags: Flags) {
  keepFilesPrivate()
  const { backup } = await import('../database/backup.js')
  const options = { portable: flags.portable === true, withArtifacts: flags.withArtifacts === true }
  const config = loadSettings(flags)
  await backup(config, out, options)
  process.stderr.write(
    `Backed up the ${options.withArtifacts ? 'database and the artifacts' : 'database'} to ${out}.\n`,
  )
  await nameKeys(config)
}

/** A backup without the keys reveals no secrets. */
async function nameKeys(config: Config) {
  const { WEBHOOK_KEY_FILE } = await import('@cairn/platform/webhooks/webhook-secrets')
  const { SECRETS_KEY_FILE } = await import('@cairn/workspace/secrets/keys')
  const keys = [
    { name: WEBHOOK_KEY_FILE, configured: config.webhook_secret_key, of: 'webhooks' },
    { name: SECRETS_KEY_FILE, configured: config.secrets_key, of: 'tasks and endpoints' },
  ]
  for (const { name, configured, of } of keys) {
    const file = join(config.data, name)
    if (!configured && existsSync(file))
      process.stderr.write(`Back up ${file} separately: it decrypts the secrets of ${of}.\n`)
  }
}

async function restoreFrom(from: string, flags: Flags) {
  keepFilesPrivate()
  const { restore } = await import('../database/restore.js')
  await restore(loadSettings(flags), from, flags.force === true)
  process.stderr.write(`Restored ${from}; its schema is up to date.\n`)
}

async function migrate(flags: Flags, command: Command) {
  keepFilesPrivate()
  const { openDb } = await import('@cairn/platform/db/open')
  const { migrateAll, pendingMigrationsOf } = await import('../database/schema.js')
  const { database_url } = loadSettings(flags)
  const { sqliteFile } = await import('../database/backup.js')
  const file = sqliteFile(database_url)
  if (flags.check && file && !existsSync(file))
    throw missing(`The database ${file} does not exist: pass its folder with --data.`)
  const db = openDb<unknown>(database_url)
  try {
    const pending = await pendingMigrationsOf(db)
    printRows(
      command,
      pending,
      { service: (row) => row.service, migration: (row) => row.migration },
      'The schema is up to date.',
    )
    if (flags.check && pending.length > 0) process.exitCode = 1
    if (!flags.check) await migrateAll(db)
  } finally {
    await db.close()
  }
}

const MOVE_EXAMPLES = `
Examples:
  $ cairn db backup move.gz --portable    # from SQLite to PostgreSQL
  $ cairn db restore move.gz --database-url postgres://app@db/cairn
`
