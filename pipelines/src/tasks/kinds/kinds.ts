import type { Task } from '../../engine/task.js'
import type { TaskKind } from '../../engine/task-kind.js'
import { conditionKind } from './condition.js'
import { forEachKind } from './for-each.js'
import { nodeKind } from './node.js'
import { runJobKind } from './run-job.js'
import { sqlKind } from './sql.js'

/** All kinds of tasks that a server or worker can execute. */
export const taskKinds = (tasks: readonly Task[]): TaskKind[] => [
  nodeKind(tasks),
  conditionKind,
  forEachKind,
  runJobKind,
  sqlKind,
]
