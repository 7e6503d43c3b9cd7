import { hashId, scramble, toUnitInterval } from '../../data/hash.js'
import type { Interactions } from '../../data/interactions.js'
import { createFold } from './create-fold.js'
import type { Fold, Split } from './split.js'

const SEED = 0x57a06
const HELD_OUT_SHARE = 0.1
const HISTORY_SHARE = 0.8

/**
 * Strong generalization (Liang et al. 2018): a tenth of the users, by a hash of their id, is the test set and another tenth
 * the validation set. None of their events are trained on; the first 80 % are their history and the rest the targets.
 */
export function heldOutUsers(events: Interactions): Split {
  const draw = Float64Array.from(events.users.ids, (id) => toUnitInterval(scramble(hashId(id) ^ SEED)))
  const tested = (user: number) => draw[user]! < HELD_OUT_SHARE
  const validates = (user: number) => draw[user]! >= HELD_OUT_SHARE && draw[user]! < 2 * HELD_OUT_SHARE
  return {
    id: 'strong.v1',
    order: events.order,
    validation: foldIn(events, validates, (user) => tested(user) || validates(user)),
    test: foldIn(events, tested, tested),
  }
}

function foldIn(
  events: Interactions,
  evaluated: (user: number) => boolean,
  untrained: (user: number) => boolean,
): Fold {
  const { starts, ends } = events
  const folded = (user: number) => starts[user]! + Math.floor(HISTORY_SHARE * (ends[user]! - starts[user]!))
  const cut = ends.map((end, user) => (evaluated(user) ? folded(user) : end))
  const { train: histories, targets } = createFold(events, cut, ends)
  const train = { ...events, ends: ends.map((end, user) => (untrained(user) ? starts[user]! : end)) }
  return { train, histories, targets }
}
