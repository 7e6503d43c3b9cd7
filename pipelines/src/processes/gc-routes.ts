import { handle } from '@cairn/platform/http/handle'
import type { PythonEnvironments } from '@cairn/platform/processes/python-environments'
import { CollectTaskCache, type GarbageItem, TASK_ENVIRONMENT } from '@cairn/platform/protocol/cairn/garbage'
import type { FastifyPluginAsync } from 'fastify'

interface Options {
  readonly environments: PythonEnvironments
  readonly now: () => number
}

/** Other processes of the machine touch the environments that they use every minute. */
const LEAST_MS = 5 * 60_000

/** Garbage collection by `cairn gc` of Python environments of tasks on this machine. */
export const taskGarbageRoutes: FastifyPluginAsync<Options> = async (app, { environments, now }) => {
  handle(app, CollectTaskCache, async ({ older_than_seconds, apply = false }) => {
    const before = now() - Math.max(older_than_seconds * 1000, LEAST_MS)
    const items: GarbageItem[] = []
    for (const { key, usedAt, files, bytes } of await environments.unused()) {
      if (usedAt > before) continue
      if (apply) await environments.remove(key)
      items.push({ kind: TASK_ENVIRONMENT, id: key, name: '', files, bytes })
    }
    return { items }
  })
}
