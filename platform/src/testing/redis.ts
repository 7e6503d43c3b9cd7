import { Redis } from 'ioredis'

/** Deletes the matching keys, which simulates the restart of a Redis without persistence. Returns their number. */
export async function deleteKeys(url: string, pattern: string): Promise<number> {
  const redis = new Redis(url)
  try {
    const keys = await redis.keys(pattern)
    return keys.length > 0 ? await redis.del(keys) : 0
  } finally {
    redis.disconnect()
  }
}
