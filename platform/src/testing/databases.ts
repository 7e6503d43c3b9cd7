import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { Db } from '../db/db.js'
import { openDb } from '../db/open.js'

export interface TestDatabase {
  readonly engine: 'sqlite' | 'postgres'
  /** Creates an empty database; `close` removes it. */
  open(): Promise<{ url: string; db: Db<unknown>; close(): Promise<void> }>
}

const sqlite: TestDatabase = {
  engine: 'sqlite',
  async open() {
    const folder = mkdtempSync(join(tmpdir(), 'cairn-db-'))
    const url = `sqlite:${join(folder, 'test.db')}`
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
  async open() {
    const name = `cairn_${randomBytes(6).toString('hex')}`
    await administer(server, `create database ${name}`)
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
