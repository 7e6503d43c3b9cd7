import { databases, type TestDatabase } from '@cairn/platform/testing/databases'
import { isExhaustive } from '@cairn/platform/testing/effort'

interface Backend {
  readonly database: TestDatabase
  readonly redisUrl?: string
}

const redisUrl = process.env.TEST_REDIS_URL

const all = databases.flatMap(([name, database]) => [
  [`${name} and the embedded queue`, { database }] as [string, Backend],
  ...(redisUrl ? [[`${name} and BullMQ`, { database, redisUrl }] as [string, Backend]] : []),
])

/**
 * For `describe.each`: SQLite with the embedded queue, and PostgreSQL with BullMQ, where `TEST_POSTGRES_URL` and `TEST_REDIS_URL` are
 * set. With `--exhaustive`, each database with each queue.
 */
export const backends = all.filter((_, at) => isExhaustive || at === 0 || at === all.length - 1)
