import type { Task } from '../../engine/task.js'
import type { TaskKind } from '../../engine/task-kind.js'
import { nodeKind } from './node.js'

/** All kinds of tasks that a server or worker can execute. */
export const taskKinds = (tasks: readonly Task[]): TaskKind[] => [nodeKind(tasks)]
