import Type from 'typebox'
import { defineTask } from '../task-kinds/task.js'

/** A task that returns as whom it runs, and who wrote its parameters. */
export const noop = defineTask({
  entry: 'noop',
  parameters: Type.Object({ n: Type.Optional(Type.Integer()) }),
  run: async ({ principal, writer }) => ({ actor: principal.name, writer }),
})

export const noopTask = (task_key: string, ...upstream: string[]) => ({
  task_key,
  depends_on: upstream.map((key) => ({ task_key: key })),
  node_task: { entry: 'noop', parameters: {} },
})
