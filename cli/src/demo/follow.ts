import { setTimeout as sleep } from 'node:timers/promises'
import { GetRunProgress, type TaskProgress } from '@cairn/platform/protocol/cairn/run-progress'
import type { Client } from '@cairn/platform/protocol/client'
import { progressTree } from './progress-tree.js'

const REDRAW_MS = 100
const POLL_MS = 400

export interface RunOutcome {
  readonly succeeded: boolean
  readonly tasks: readonly TaskProgress[]
}

/** Returns text to print on stdout above the progress, if there is any. */
export type FindNews = (tasks: readonly TaskProgress[]) => Promise<string | undefined>

interface FollowOptions {
  readonly findNews?: FindNews
  readonly signal?: AbortSignal
}

/** Shows the progress of a job run on stderr until it has ended. @throws the reason of the signal when it aborts */
export async function followRun(
  call: Client,
  run_id: number,
  { findNews, signal }: FollowOptions = {},
): Promise<RunOutcome> {
  const tree = progressTree(process.stderr)
  for (let polledAt = 0, tasks: readonly TaskProgress[] = []; ; ) {
    if (Date.now() - polledAt >= POLL_MS) {
      const run = await call(GetRunProgress, { run_id })
      const news = await findNews?.(run.tasks)
      polledAt = Date.now()
      tasks = run.tasks
      if (news) {
        tree.erase()
        process.stdout.write(news)
      }
      if (run.state === 'TERMINATED' || run.state === 'SKIPPED') {
        tree.update(tasks, polledAt)
        return { succeeded: run.result === 'SUCCESS', tasks }
      }
    }
    tree.update(tasks, Date.now())
    await sleep(REDRAW_MS)
    signal?.throwIfAborted()
  }
}
