import { databases, type TestDatabase } from '@cairn/platform/testing/databases'

interface Backend {
  readonly database: TestDatabase
  readonly redisUrl?: string
}

const redisUrl = process.env.TEST_REDIS_URL

/** For `describe.each`: each database with the embedded queue, and with BullMQ if `TEST_REDIS_URL` is set. */
export const backends: readonly [string, Backend][] = databases.flatMap(([name, database]) => [
  [`${name} and the embedded queue`, { database }] as [string, Backend],
  ...(redisUrl ? [[`${name} and BullMQ`, { database, redisUrl }] as [string, Backend]] : []),
])
