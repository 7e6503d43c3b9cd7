import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { TaskContext } from '../../task-kinds/task.js'

/**
 * Provides a folder for the checkpoints of one fit of this task run. It is kept only after an interruption, for the next
 * attempt.
 */
export async function withCheckpoints<T>(
  { services, taskRunId, signal }: TaskContext,
  fit: string,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = join(services.config.data, 'checkpoints', String(taskRunId), fit)
  await mkdir(folder, { recursive: true })
  try {
    return await work(folder)
  } finally {
    if (!signal.aborted) await rm(folder, { recursive: true, force: true })
  }
}
