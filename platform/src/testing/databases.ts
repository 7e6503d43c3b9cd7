import { randomBytes } from 'node:crypto'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { Db } from '../db/db.js'
import { openDb } from '../db/open.js'
import { isExhaustive } from './effort.js'

export interface TestDatabase {
  readonly engine: 'sqlite' | 'postgres'
  /** Creates a database with the tables of all services, or an empty one for tests of migrations. `close` removes it. */
  open(options?: {
    readonly isEmpty?: boolean
  }): Promise<{ url: string; db: Db<unknown>; close(): Promise<void> }>
}

/** Set by `scripts/migrated-databases.ts`. Without them databases are empty, and `migrate` takes longer. */
const { TEST_MIGRATED_SQLITE, TEST_MIGRATED_POSTGRES } = process.env

const sqlite: TestDatabase = {
  engine: 'sqlite',
  async open({ isEmpty = false } = {}) {
    const folder = mkdtempSync(join(tmpdir(), 'cairn-db-'))
    const file = join(folder, 'test.db')
    if (TEST_MIGRATED_SQLITE && !isEmpty) copyFileSync(TEST_MIGRATED_SQLITE, file)
    const url = `sqlite:${file}`
    const db = openDb<unknown>(url)
    return {
      url,
      db,
      async close() {
        await db.close()
        rmSync(folder, { recursive: true, force: true })
      },
    }
  },
}

const postgres = (server: string): TestDatabase => ({
  engine: 'postgres',
  async open({ isEmpty = false } = {}) {
    const name = `cairn_${randomBytes(6).toString('hex')}`
    const template = isEmpty ? undefined : TEST_MIGRATED_POSTGRES
    // Copying files takes half of the processor time of copying through the write-ahead log, PostgreSQL's default.
    const copy = template ? `template ${template} strategy file_copy` : ''
    await administer(server, `create database ${name} ${copy}`)
    const url = new URL(server)
    url.pathname = `/${name}`
    const db = openDb<unknown>(url.href)
    return {
      url: url.href,
      db,
      async close() {
        await db.close()
        await administer(server, `drop database ${name} with (force)`)
      },
    }
  },
})

async function administer(server: string, statement: string) {
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

const server = process.env.TEST_POSTGRES_URL

/** For `describe.each`: SQLite always, PostgreSQL where `TEST_POSTGRES_URL` names a server. */
export const databases: readonly [string, TestDatabase][] = [
  ['sqlite', sqlite],
  ...(server ? [['postgres', postgres(server)] as [string, TestDatabase]] : []),
]

/** For tests whose statements others run on both engines: PostgreSQL only with `--exhaustive`. */
export const sampledDatabases = isExhaustive ? databases : databases.slice(0, 1)
