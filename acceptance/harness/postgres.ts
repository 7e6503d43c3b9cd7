import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { onTestFinished } from 'vitest'

/** URL of a server on which tests may create databases. */
export const postgres = process.env.TEST_POSTGRES_URL || undefined

/** Creates an empty database and returns its URL. It is dropped when the test has finished. */
export async function freshPostgres(): Promise<string> {
  if (!postgres) throw new Error('TEST_POSTGRES_URL is not set: guard the suite with test.skipIf(!postgres)')
  const name = `cairn_acceptance_${randomBytes(6).toString('hex')}`
  await administer(`create database ${name}`)
  onTestFinished(() => administer(`drop database ${name} with (force)`))
  return new URL(`/${name}`, postgres).href
}

async function administer(statement: string) {
  const client = new pg.Client({ connectionString: postgres })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
