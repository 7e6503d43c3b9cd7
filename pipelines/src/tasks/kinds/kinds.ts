import type { Config } from '@cairn/platform/config'
import { allFiles } from '../../files/all-files.js'
import type { ProcessServices } from '../../processes/process-attempt.js'
import { TaskProcesses } from '../../processes/task-processes.js'
import type { Task } from '../../task-kinds/task.js'
import type { TaskKind } from '../../task-kinds/task-kind.js'
import { conditionKind } from './condition.js'
import { forEachKind } from './for-each.js'
import { nodeKind } from './node.js'
import { notebookKind } from './notebook.js'
import { pythonWheelKind } from './python-wheel.js'
import { runJobKind } from './run-job.js'
import { shellKind } from './shell.js'
import { sparkPythonKind } from './spark-python.js'
import { sqlKind } from './sql.js'

/** All kinds of tasks that a server or worker can execute. */
export function taskKinds(
  tasks: readonly Task[],
  config: Config,
  processes = new TaskProcesses(config),
): TaskKind[] {
  const files = allFiles()
  return [
    ...jobCodeKinds({ processes, files }, tasks),
    conditionKind,
    forEachKind,
    runJobKind,
    sqlKind({ processes, files }, config),
  ]
}

/** The kinds whose code runs in processes; all that a worker over HTTP executes (`flow/placement.ts`). */
export const jobCodeKinds = (services: ProcessServices, tasks: readonly Task[] = []): TaskKind[] => [
  nodeKind(tasks, services),
  sparkPythonKind(services),
  pythonWheelKind(services),
  notebookKind(services),
  shellKind(services),
]
