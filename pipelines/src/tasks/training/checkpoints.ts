import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { TaskContext } from '../../engine/task.js'

/**
 * A folder of this task run's own, for one of its fits. It is kept only when the work was interrupted, for the attempt
 * that goes on.
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
