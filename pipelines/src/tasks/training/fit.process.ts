import { messageOf } from '@cairn/platform/errors'
import { IdMap } from '@cairn/recommenders/data/id-map'
import type { FitStep } from '@cairn/recommenders/recipe'
import { type FitResult, type FitTask, fitAndMeasure } from './fit-and-measure.js'

/** A task as sent to the process: id maps as lists of ids. */
export interface SerializedTask extends Omit<FitTask, 'interactions'> {
  readonly interactions: Omit<FitTask['interactions'], 'users' | 'items'> & {
    readonly users: IdMap['ids']
    readonly items: IdMap['ids']
  }
}

/** The messages of this process: progress, then the result or an error. */
export type FitMessage =
  | { readonly step: FitStep; readonly logged: boolean }
  | { readonly result: FitResult; readonly peakBytes: number; readonly cpuSeconds: number }
  | { readonly error: string }

const send = (message: FitMessage) =>
  new Promise<void>((resolve) => process.send!(message, undefined, {}, () => resolve()))

process.once('disconnect', () => process.exit()) // The parent is gone.
process.once('message', async (task: SerializedTask) => {
  try {
    const { users, items, ...columns } = task.interactions
    const interactions = { ...columns, users: new IdMap(users), items: new IdMap(items) }
    const result = await fitAndMeasure(
      { ...task, interactions },
      (step, logged) => void send({ step, logged }),
    )
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
    await send({ result, peakBytes: maxRSS * 1024, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6 })
  } catch (error) {
    await send({ error: messageOf(error) })
  }
  process.exit()
})
