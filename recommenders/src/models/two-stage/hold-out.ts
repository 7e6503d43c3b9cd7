import type { Interactions } from '../../data/interactions.js'

/** Questions that a first stage fitted on `rest` has not seen the answers of. */
export interface HeldOut {
  /** The training part without what is held out; the same arrays with smaller `ends`. */
  readonly rest: Interactions
  /** Of each question: whose it is, and the place of the event that answers it. What lies before it is the history. */
  readonly users: Int32Array
  readonly answers: Int32Array
}

/**
 * Holds out the last events of each user, at most `positions` and at most half of them. Each asks a question of its
 * own: given all before it, which item is it? The later ones have histories that end in events which the first stage
 * was not fitted on, as the histories of new users do.
 */
export function holdOut(train: Interactions, positions: number): HeldOut {
  const { starts, ends } = train
  const cuts = ends.map((end, user) => end - Math.min(positions, (end - starts[user]!) >> 1))
  const users: number[] = []
  const answers: number[] = []
  for (let user = 0; user < starts.length; user++)
    for (let event = cuts[user]!; event < ends[user]!; event++) {
      users.push(user)
      answers.push(event)
    }
  return { rest: { ...train, ends: cuts }, users: Int32Array.from(users), answers: Int32Array.from(answers) }
}

/** The events of the question's user before its answer. A view. */
export const historyOf = ({ rest, users, answers }: HeldOut, question: number): Int32Array =>
  rest.itemOf.subarray(rest.starts[users[question]!], answers[question])
