import { hashId, scramble, share } from '../../data/hash.js'
import type { Interactions } from '../../data/interactions.js'
import { fold } from './fold.js'
import type { Fold, Split } from './split.js'

const SEED = 0x57a06
const HELD_OUT = 0.1
const FOLDED_IN = 0.8

/**
 * Strong generalization (Liang et al. 2018): a tenth of the users, by a hash of their id, is tested and another tenth
 * validates. Nothing of them is trained on; they come with the first 80 % of their events and are asked for the rest.
 */
export function heldOutUsers(events: Interactions): Split {
  const place = Float64Array.from(events.users.ids, (id) => share(scramble(hashId(id) ^ SEED)))
  const tested = (user: number) => place[user]! < HELD_OUT
  const validates = (user: number) => place[user]! >= HELD_OUT && place[user]! < 2 * HELD_OUT
  return {
    id: 'strong.v1',
    order: events.order,
    validation: foldIn(events, validates, (user) => tested(user) || validates(user)),
    test: foldIn(events, tested, tested),
  }
}

function foldIn(
  events: Interactions,
  asked: (user: number) => boolean,
  untrained: (user: number) => boolean,
): Fold {
  const { starts, ends } = events
  const folded = (user: number) => starts[user]! + Math.floor(FOLDED_IN * (ends[user]! - starts[user]!))
  const cut = ends.map((end, user) => (asked(user) ? folded(user) : end))
  const { train: histories, targets } = fold(events, cut, ends)
  const train = { ...events, ends: ends.map((end, user) => (untrained(user) ? starts[user]! : end)) }
  return { train, histories, targets }
}
