import { invalid } from '@cairn/platform/errors'
import { countEvents, type Interactions } from '../../data/interactions.js'
import { fold } from './fold.js'
import { heldOutUsers } from './held-out-users.js'
import { randomFifth, randomTenth } from './random-events.js'

/** What the evaluated users did next: user users[n]'s relevant items are items[offsets[n] … offsets[n + 1]). */
export interface Targets {
  readonly users: Int32Array
  readonly offsets: Int32Array
  readonly items: Int32Array
  /** Their ratings or counts, where the events have them. */
  readonly values?: Float32Array
}

/** Fit on `train`, then ask for `targets`, none of which is in it. */
export interface Fold {
  readonly train: Interactions
  /** What the users who are asked about come with, where that is not what was trained on. */
  readonly histories?: Interactions
  readonly targets: Targets
}

/** `validation` chooses hyper-parameters; for `test` a model is refitted on everything before the test targets. */
export interface Split {
  readonly id: SplitId
  readonly order: string
  readonly validation: Fold
  readonly test: Fold
}

export type SplitId = 'gts.q90.v1' | 'loo.v1' | 'strong.v1' | 'random.v1' | 'random.tenth.v1'

export const SPLITS: Readonly<Record<SplitId, (events: Interactions) => Split>> = {
  'gts.q90.v1': globalTemporal,
  'loo.v1': leaveOneOut,
  'strong.v1': heldOutUsers,
  'random.v1': randomFifth,
  'random.tenth.v1': randomTenth,
}

export const split = (id: SplitId, events: Interactions): Split => SPLITS[id](events)

/** Figures for the run's parameters. */
export function describeSplit({ id, order, validation, test }: Split) {
  const figures = ({ train, targets }: Fold) => ({
    train_events: countEvents(train),
    users: targets.users.length,
    targets: targets.items.length,
  })
  return { split: id, order, validation: figures(validation), test: figures(test) }
}

/** Per user: the last event is the test target, the one before it validation; shorter than 3: training only. */
function leaveOneOut(events: Interactions): Split {
  const { starts, ends } = events
  const without = (last: number) => ends.map((end, user) => (end - starts[user]! >= 3 ? end - last : end))
  return {
    id: 'loo.v1',
    order: events.order,
    validation: fold(events, without(2), without(1)),
    test: fold(events, without(1), ends),
  }
}

/**
 * One moment for everybody: train before the 90 % quantile of all timestamps, test from it on; validation is the
 * same with 80 % and the events up to the 90 % moment. Only users with a training event are asked.
 */
function globalTemporal(events: Interactions): Split {
  const { times } = events
  if (!times) throw invalid("split 'gts.q90.v1' needs timestamps, the interactions have none")
  const sorted = collectTimes(events, times).sort()
  const cut = (quantile: number) => endsBefore(events, times, sorted[Math.floor(quantile * sorted.length)]!)
  const [at80, at90] = [cut(0.8), cut(0.9)]
  return {
    id: 'gts.q90.v1',
    order: events.order,
    validation: fold(events, at80, at90),
    test: fold(events, at90, events.ends),
  }
}

function collectTimes({ starts, ends }: Interactions, times: Float64Array): Float64Array {
  const collected: Float64Array[] = []
  for (let user = 0; user < starts.length; user++) collected.push(times.subarray(starts[user]!, ends[user]!))
  const all = new Float64Array(collected.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of collected) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/** For each user the end of the events before `moment`. */
function endsBefore({ starts, ends }: Interactions, times: Float64Array, moment: number): Int32Array {
  return ends.map((end, user) => {
    let low = starts[user]!
    let high = end
    while (low < high) {
      const middle = (low + high) >> 1
      if (times[middle]! < moment) low = middle + 1
      else high = middle
    }
    return low
  })
}
