import { handle } from '@cairn/platform/http/handle'
import { ListTaskValues, SetTaskValue } from '@cairn/platform/protocol/cairn/task-values'
import type { FastifyPluginAsync } from 'fastify'
import type { TaskValueStore } from './store.js'

/** Sets and lists the values of tasks, for the processes of running attempts. */
export const taskValueRoutes: FastifyPluginAsync<{ values: TaskValueStore }> = async (app, { values }) => {
  handle(app, SetTaskValue, async ({ key, value = null }, request) => {
    await values.set(request.principal.token, key, value)
    return {}
  })
  handle(app, ListTaskValues, async ({ task_key, key }, request) => ({
    values: await values.list(request.principal.token, task_key, key),
  }))
}
