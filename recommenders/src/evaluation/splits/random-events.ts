import { hashId, scramble, toUnitInterval } from '../../data/hash.js'
import type { Interactions } from '../../data/interactions.js'
import { createFold } from './create-fold.js'
import type { Split, SplitId } from './split.js'

const SEED = 0x2a11d
const VALIDATION_SHARE = 0.1

/**
 * Assigns each event independently by a hash of (user, item): a fifth to the test set, a tenth to validation. Training
 * contains events later than the targets, so only rating prediction is measured on this split.
 */
export const randomFifth = (events: Interactions) => randomEvents(events, 'random.v1', 0.2)

/** Like `randomFifth`, with a tenth in the test set. */
export const randomTenth = (events: Interactions) => randomEvents(events, 'random.tenth.v1', 0.1)

function randomEvents(events: Interactions, id: SplitId, tested: number): Split {
  const { starts, ends } = events
  const parts = partsOf(events, tested)
  const rows = Int32Array.from(parts, (_, event) => event)
  const until = (last: number) =>
    ends.map((end, user) => starts[user]! + parts.subarray(starts[user], end).filter((p) => p <= last).length)
  for (let user = 0; user < starts.length; user++)
    rows.subarray(starts[user], ends[user]).sort((a, b) => parts[a]! - parts[b]! || a - b)
  const sorted: Interactions = {
    ...events,
    itemOf: rows.map((row) => events.itemOf[row]!),
    times: events.times && Float64Array.from(rows, (row) => events.times![row]!),
    values: events.values && Float32Array.from(rows, (row) => events.values![row]!),
  }
  return {
    id,
    order: events.order,
    validation: createFold(sorted, until(TRAIN), until(VALIDATION)),
    test: createFold(sorted, until(VALIDATION), ends),
  }
}

const TRAIN = 0
const VALIDATION = 1
const TEST = 2

function partsOf({ users, items, starts, ends, itemOf }: Interactions, tested: number): Uint8Array {
  const itemHash = Uint32Array.from(items.ids, (id) => scramble(hashId(id)))
  const parts = new Uint8Array(itemOf.length)
  for (let user = 0; user < starts.length; user++) {
    const userHash = scramble(hashId(users.at(user)) ^ SEED)
    for (let event = starts[user]!; event < ends[user]!; event++) {
      const draw = toUnitInterval(scramble(userHash ^ itemHash[itemOf[event]!]!))
      parts[event] = draw < tested ? TEST : draw < tested + VALIDATION_SHARE ? VALIDATION : TRAIN
    }
  }
  return parts
}
