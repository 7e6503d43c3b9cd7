import type { Task } from '../engine/task.js'
import { features } from './data/features.js'
import { govern } from './data/govern.js'
import { importData } from './data/import.js'
import { prepare } from './data/prepare.js'
import { deploy } from './promotion/deploy.js'
import { gate } from './promotion/gate.js'
import { promote } from './promotion/promote.js'
import { recommend } from './promotion/recommend.js'
import { register } from './promotion/register.js'
import { trainAlsTask } from './training/train-als.js'
import { trainTask } from './training/train-any.js'
import { trainPopularityTask } from './training/train-popularity.js'

/** All task implementations of a server or worker. */
export const TASKS: readonly Task[] = [
  prepare,
  importData,
  govern,
  features,
  trainPopularityTask,
  trainAlsTask,
  trainTask,
  register,
  gate,
  promote,
  deploy,
  recommend,
]
