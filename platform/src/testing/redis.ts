import { Redis } from 'ioredis'

/** Deletes what matches, as a Redis without persistence does when it restarts. @returns how many keys there were */
export async function forget(url: string, pattern: string): Promise<number> {
  const redis = new Redis(url)
  try {
    const keys = await redis.keys(pattern)
    return keys.length > 0 ? await redis.del(keys) : 0
  } finally {
    redis.disconnect()
  }
}
