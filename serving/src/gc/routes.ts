import { handle } from '@cairn/platform/http/handle'
import type { PythonEnvironments } from '@cairn/platform/processes/python-environments'
import {
  CACHED_MODEL,
  CollectModelCache,
  type GarbageItem,
  PYTHON_ENVIRONMENT,
} from '@cairn/platform/protocol/cairn/garbage'
import type { FastifyPluginAsync } from 'fastify'
import type { ModelCache } from '../runtime/model-cache.js'
import type { ModelPool } from '../runtime/model-pool.js'

interface Options {
  readonly cache: ModelCache
  readonly pool: ModelPool
  /** Undefined when models do not run in Python. */
  readonly environments: PythonEnvironments | undefined
  readonly now: () => number
}

/** Garbage collection by `cairn gc` of models that this process does not serve, and of their Python environments. */
export const garbageRoutes: FastifyPluginAsync<Options> = async (app, options) => {
  handle(app, CollectModelCache, async ({ older_than_seconds, apply = false }) => {
    const before = options.now() - older_than_seconds * 1000
    const models = await collectModels(options, before, apply)
    return { items: [...models, ...(await collectEnvironments(options, before, apply))] }
  })
}

async function collectModels({ cache, pool }: Options, before: number, apply: boolean) {
  const items: GarbageItem[] = []
  for (const { digest, fetchedAt, files, bytes } of await cache.unused(pool.digests)) {
    if (fetchedAt > before || pool.digests.has(digest)) continue // deployed since
    if (apply) await cache.remove(digest)
    items.push({ kind: CACHED_MODEL, id: digest, name: '', files, bytes })
  }
  return items
}

async function collectEnvironments({ environments }: Options, before: number, apply: boolean) {
  const items: GarbageItem[] = []
  for (const { key, usedAt, files, bytes } of (await environments?.unused()) ?? []) {
    if (usedAt > before) continue
    if (apply) await environments!.remove(key)
    items.push({ kind: PYTHON_ENVIRONMENT, id: key, name: '', files, bytes })
  }
  return items
}
