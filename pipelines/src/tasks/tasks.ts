import type { Task } from '../task-kinds/task.js'
import { applyTask } from './data/apply.js'
import { featuresTask } from './data/features.js'
import { importDataTask } from './data/import.js'
import { deployTask } from './promotion/deploy.js'
import { gateTask } from './promotion/gate.js'
import { promoteTask } from './promotion/promote.js'
import { recommendTask } from './promotion/recommend.js'
import { registerTask } from './promotion/register.js'
import { trainAlsTask } from './training/train-als.js'
import { trainTask } from './training/train-any.js'
import { trainPopularityTask } from './training/train-popularity.js'

/** All tasks that a server or worker can execute. A job names one by its `entry`. */
export const TASKS: readonly Task[] = [
  applyTask,
  importDataTask,
  featuresTask,
  trainPopularityTask,
  trainAlsTask,
  trainTask,
  registerTask,
  gateTask,
  promoteTask,
  deployTask,
  recommendTask,
]
