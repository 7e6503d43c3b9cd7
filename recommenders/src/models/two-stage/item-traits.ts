import type { Traits } from '@cairn/flavors/two-stage/traits'
import { countByItem, type Interactions } from '../../data/interactions.js'
import type { ItemFacts } from '../../data/item-facts.js'

/** The latest events of each user that count as recent. */
const TAIL = 10
/** Added to the denominator of shares, so that rare items do not have high shares by chance. */
const SMOOTHING = 5

/** Item features of the second stage: from the events that the first stage was fitted on, and from the item facts. */
export function itemTraits(train: Interactions, facts: ItemFacts = {}): Traits {
  const { genres, tags, years, imdbRatings, imdbVotes } = facts
  const numbers: Record<string, Float32Array> = { ...popularityOf(train), place: placesOf(train) }
  if (train.times) numbers.age = agesOf(train, train.times)
  if (train.values) numbers.rating = ratingsOf(train, train.values)
  if (years) numbers.year = Float32Array.from(years)
  if (imdbRatings) numbers.imdb_rating = Float32Array.from(imdbRatings)
  if (imdbVotes) numbers.log_imdb_votes = Float32Array.from(imdbVotes, Math.log1p)
  return { numbers, labels: { ...(genres && { genres }), ...(tags && { tags }) } }
}

function popularityOf(train: Interactions) {
  const all = countByItem(train)
  const tail = countByItem({
    ...train,
    starts: train.starts.map((start, user) => Math.max(start, train.ends[user]! - TAIL)),
  })
  return {
    log_popularity: Float32Array.from(all, Math.log1p),
    tail_log_popularity: Float32Array.from(tail, Math.log1p),
    tail_share: Float32Array.from(tail, (count, item) => count / (all[item]! + SMOOTHING)),
  }
}

/** The item's mean relative position in its users' events, from 0 (first) to 1. */
const placesOf = (train: Interactions) =>
  meansByItem(train, (event, user) => {
    const [start, end] = [train.starts[user]!, train.ends[user]!]
    return (event - start + 0.5) / (end - start)
  })

/** The mean age of the item's events relative to the latest event, divided by the time span of all events. */
function agesOf(train: Interactions, times: Float64Array): Float32Array {
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  for (const [user, end] of train.ends.entries()) {
    if (end === train.starts[user]!) continue
    first = Math.min(first, times[train.starts[user]!]!)
    last = Math.max(last, times[end - 1]!)
  }
  const span = last - first || 1
  return meansByItem(train, (event) => (last - times[event]!) / span)
}

const ratingsOf = (train: Interactions, values: Float32Array) => meansByItem(train, (event) => values[event]!)

/** NaN for items without events. */
function meansByItem(train: Interactions, value: (event: number, user: number) => number): Float32Array {
  const { starts, ends, itemOf } = train
  const sums = new Float64Array(train.items.size)
  for (let user = 0; user < starts.length; user++)
    for (let event = starts[user]!; event < ends[user]!; event++) sums[itemOf[event]!]! += value(event, user)
  const counts = countByItem(train)
  return Float32Array.from(sums, (sum, item) => sum / counts[item]!)
}
