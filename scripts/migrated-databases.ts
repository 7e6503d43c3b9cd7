import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { root } from './workspaces.mjs'

const { TEST_POSTGRES_URL } = process.env
const run = promisify(execFile)

/**
 * Vitest's global setup: migrates one database of each engine, which `platform/src/testing/databases.ts` copies for each test. A
 * copy takes a third of the processor time of the migrations. If they fail, tests migrate their databases themselves, and fail
 * with the reason.
 */
export const setup = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-migrated-'))
  const postgres = `cairn_migrated_${process.pid}`
  try {
    await Promise.all([
      migrate(['--data', folder]),
      TEST_POSTGRES_URL && migratePostgres(TEST_POSTGRES_URL, folder, postgres),
    ])
    process.env.TEST_MIGRATED_SQLITE = join(folder, 'cairn.db')
    if (TEST_POSTGRES_URL) process.env.TEST_MIGRATED_POSTGRES = postgres
  } catch (error) {
    console.warn('Each test migrates its own database:', error)
  }
  return async () => {
    rmSync(folder, { recursive: true, force: true })
    if (TEST_POSTGRES_URL) await administer(TEST_POSTGRES_URL, `drop database if exists ${postgres}`)
  }
}

/** The command that the setup before this one has built. */
const migrate = (location: readonly string[]) =>
  run(process.execPath, [join(root, 'cli/bin/cairn.mjs'), 'db', 'migrate', ...location])

async function migratePostgres(server: string, folder: string, name: string): Promise<void> {
  await administer(server, `create database ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  await migrate(['--data', folder, '--database-url', url.href])
}

async function administer(server: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
