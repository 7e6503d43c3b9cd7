import { messageOf } from '@cairn/platform/errors'
import { IdMap } from '@cairn/recommenders/data/id-map'
import type { FitStep } from '@cairn/recommenders/models/recipe'
import { type FitResult, type FitTask, fitAndMeasure } from './fit-and-measure.js'

/** Id maps travel as their ids. */
export interface SentTask extends Omit<FitTask, 'interactions'> {
  readonly interactions: Omit<FitTask['interactions'], 'users' | 'items'> & {
    readonly users: IdMap['ids']
    readonly items: IdMap['ids']
  }
}

/** What this process says: how far it is, and in the end what came of it. */
export type FitMessage =
  | { readonly step: FitStep; readonly logged: boolean }
  | { readonly result: FitResult; readonly peakBytes: number; readonly cpuSeconds: number }
  | { readonly error: string }

const say = (message: FitMessage) =>
  new Promise<void>((resolve) => process.send!(message, undefined, {}, () => resolve()))

process.once('disconnect', () => process.exit()) // whom it works for is gone
process.once('message', async (task: SentTask) => {
  try {
    const { users, items, ...columns } = task.interactions
    const interactions = { ...columns, users: new IdMap(users), items: new IdMap(items) }
    const result = await fitAndMeasure(
      { ...task, interactions },
      (step, logged) => void say({ step, logged }),
    )
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
    await say({ result, peakBytes: maxRSS * 1024, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6 })
  } catch (error) {
    await say({ error: messageOf(error) })
  }
  process.exit()
})
