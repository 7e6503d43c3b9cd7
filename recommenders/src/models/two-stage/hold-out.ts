import type { Interactions } from '../../data/interactions.js'

/** Queries whose targets a first stage fitted on `rest` has not seen. */
export interface HeldOut {
  /** The training data without the held-out events: the same arrays with smaller `ends`. */
  readonly rest: Interactions
  /** The user and the target event of each query. The user's events before the target are the history. */
  readonly users: Int32Array
  readonly targets: Int32Array
}

/**
 * Holds out the last events of each user, at most `positions` and at most half of them. Each is a query: predict the item
 * from all earlier events. Histories of the later queries end with events that the first stage was not fitted on, like
 * the histories of new users.
 */
export function holdOut(train: Interactions, positions: number): HeldOut {
  const { starts, ends } = train
  const cuts = ends.map((end, user) => end - Math.min(positions, (end - starts[user]!) >> 1))
  const users: number[] = []
  const targets: number[] = []
  for (let user = 0; user < starts.length; user++)
    for (let event = cuts[user]!; event < ends[user]!; event++) {
      users.push(user)
      targets.push(event)
    }
  return { rest: { ...train, ends: cuts }, users: Int32Array.from(users), targets: Int32Array.from(targets) }
}

/** The events before the target; a view. */
export const historyOf = ({ rest, users, targets }: HeldOut, query: number): Int32Array =>
  rest.itemOf.subarray(rest.starts[users[query]!], targets[query])
