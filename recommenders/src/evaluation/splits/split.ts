import { invalid } from '@cairn/platform/errors'
import { countEvents, type Interactions } from '../../data/interactions.js'
import { createFold } from './create-fold.js'
import { heldOutUsers } from './held-out-users.js'
import { randomFifth, randomTenth } from './random-events.js'

/** Held-out items: those of user users[n] are items[offsets[n] … offsets[n + 1]). */
export interface Targets {
  readonly users: Int32Array
  readonly offsets: Int32Array
  readonly items: Int32Array
  /** Their ratings or counts, if the events have values. */
  readonly values?: Float32Array
}

/** Models are fitted on `train` and evaluated on `targets`, which it does not contain. */
export interface Fold {
  readonly train: Interactions
  /** The evaluated users' events that the model scores, if they differ from `train`. */
  readonly histories?: Interactions
  readonly targets: Targets
}

/** `validation` is for tuning hyper-parameters; for `test` a model is refitted on all events before the test targets. */
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

/** Sizes of the split, which runs log as parameters. */
export function describeSplit({ id, order, validation, test }: Split) {
  const figures = ({ train, targets }: Fold) => ({
    train_events: countEvents(train),
    users: targets.users.length,
    targets: targets.items.length,
  })
  return { split: id, order, validation: figures(validation), test: figures(test) }
}

/** Each user's last event is the test target, the one before it the validation target; users with fewer than 3 only train. */
function leaveOneOut(events: Interactions): Split {
  const { starts, ends } = events
  const without = (last: number) => ends.map((end, user) => (end - starts[user]! >= 3 ? end - last : end))
  return {
    id: 'loo.v1',
    order: events.order,
    validation: createFold(events, without(2), without(1)),
    test: createFold(events, without(1), ends),
  }
}

/**
 * One cut-off time for all users: training before the 90 % quantile of all timestamps, test from it on. Validation uses
 * the 80 % quantile and the events up to the 90 % quantile. Only users with a training event are evaluated.
 */
function globalTemporal(events: Interactions): Split {
  const { times } = events
  if (!times) throw invalid("split 'gts.q90.v1' needs timestamps, but the interactions have none")
  const sorted = collectTimes(events, times).sort()
  const cut = (quantile: number) => endsBefore(events, times, sorted[Math.floor(quantile * sorted.length)]!)
  const [at80, at90] = [cut(0.8), cut(0.9)]
  return {
    id: 'gts.q90.v1',
    order: events.order,
    validation: createFold(events, at80, at90),
    test: createFold(events, at90, events.ends),
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

/** For each user, the end of the events before `moment`. */
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
