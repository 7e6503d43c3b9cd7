import { handle } from '@cairn/platform/http/handle'
import { CACHED_MODEL, CollectModelCache } from '@cairn/platform/protocol/garbage'
import type { FastifyPluginAsync } from 'fastify'
import type { ModelCache } from '../runtime/model-cache.js'
import type { ModelPool } from '../runtime/model-pool.js'

interface Options {
  readonly cache: ModelCache
  readonly pool: ModelPool
  readonly now: () => number
}

/** Garbage collection by `cairn gc` of models that this process does not serve. */
export const garbageRoutes: FastifyPluginAsync<Options> = async (app, { cache, pool, now }) => {
  handle(app, CollectModelCache, async ({ older_than_seconds, apply = false }) => {
    const before = now() - older_than_seconds * 1000
    const unused = (await cache.unused(pool.digests)).filter(({ fetchedAt }) => fetchedAt <= before)
    const items = []
    for (const { digest, files, bytes } of unused) {
      if (pool.digests.has(digest)) continue // deployed meanwhile
      if (apply) await cache.remove(digest)
      items.push({ kind: CACHED_MODEL, id: digest, name: '', files, bytes } as const)
    }
    return { items }
  })
}
