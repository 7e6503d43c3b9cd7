import { statfs } from 'node:fs/promises'
import type { Blobs } from '@cairn/platform/blobs/blobs'
import type { Config } from '@cairn/platform/config'
import type { Db } from '@cairn/platform/db/db'
import { requireSpace } from '@cairn/platform/db/full-disk'
import { ApiError } from '@cairn/platform/errors'
import type { ReadinessCheck } from '@cairn/platform/http/plugins/health'
import { RedisCheck } from '@cairn/platform/jobs/redis-check'
import { sql } from 'kysely'

const MB = 1024 * 1024
const MIN_FREE_MB = 50

export interface Readiness {
  readonly checks: readonly ReadinessCheck[]
  close(): void
}

/** The checks behind `/ready`: everything that a write needs. */
export function readiness(config: Config, db: Db<unknown>, blobs: Blobs): Readiness {
  const redis = config.redis_url ? new RedisCheck(config.redis_url) : undefined
  return {
    checks: [
      { name: 'database', check: () => checkDatabase(db) },
      { name: 'artifact store', check: () => blobs.list('.ready') },
      { name: 'data folder', check: () => checkDisk(config.data) },
      ...(redis ? [{ name: 'Redis', check: () => redis.check() }] : []),
    ],
    close: () => redis?.close(),
  }
}

/** @throws INSUFFICIENT_STORAGE while writes fail because its disk is full */
async function checkDatabase(db: Db<unknown>): Promise<void> {
  await sql`select 1`.execute(db.read)
  requireSpace(db)
}

/** @throws TEMPORARILY_UNAVAILABLE when the disk is almost full */
export async function checkDisk(folder: string, minFreeMb = MIN_FREE_MB): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  const freeMb = Math.floor((bavail * bsize) / MB)
  if (freeMb < minFreeMb)
    throw new ApiError(
      'TEMPORARILY_UNAVAILABLE',
      `The disk of the data folder has ${freeMb} MB left; ${minFreeMb} MB are needed.`,
    )
}
