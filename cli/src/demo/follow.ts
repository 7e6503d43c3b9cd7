import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@cairn/platform/protocol/client'
import { GetRunProgress, type TaskProgress } from '@cairn/platform/protocol/job-runs'
import { progressTree } from './progress-tree.js'

const REDRAW_MS = 100
const ASK_MS = 400

export interface Ended {
  readonly succeeded: boolean
  readonly tasks: readonly TaskProgress[]
}

/** Shows a run of a job as it goes, on stderr, until it has ended. */
export async function followRun(call: Client, run_id: number): Promise<Ended> {
  const tree = progressTree(process.stderr)
  for (let asked = 0, tasks: readonly TaskProgress[] = []; ; ) {
    if (Date.now() - asked >= ASK_MS) {
      const run = await call(GetRunProgress, { run_id })
      asked = Date.now()
      tasks = run.tasks
      if (run.state === 'TERMINATED' || run.state === 'SKIPPED') {
        tree.update(tasks, asked)
        return { succeeded: run.result === 'SUCCESS', tasks }
      }
    }
    tree.update(tasks, Date.now())
    await sleep(REDRAW_MS)
  }
}
