import type { Interactions } from '../data/interactions.js'
import type { EvaluationSummary } from './evaluate.js'
import type { Fold } from './splits/split.js'

export interface LeakFlag {
  code:
    | 'precision_equals_recall'
    | 'impossible_precision'
    | 'below_popularity'
    | 'test_in_training'
    /** A property of the model kind, independent of the metrics. */
    | 'poor_ranker'
  message: string
}

const same = (a: number, b: number) => a.toFixed(4) === b.toFixed(4)

/**
 * Flags evaluations that probably did not measure what they claim. `popularity` is the baseline's summary under the same
 * protocol; `fold` is the fold that the model was fitted and evaluated on.
 */
export function leakFlags(
  summary: EvaluationSummary,
  fold: Fold,
  popularity?: EvaluationSummary,
): LeakFlag[] {
  const { metrics, k } = summary
  const flags: LeakFlag[] = []
  const add = (code: LeakFlag['code'], message: string) => flags.push({ code, message })
  if (metrics.precision > 0 && same(metrics.precision, metrics.recall) && !same(summary.mean_targets, k))
    add(
      'precision_equals_recall',
      `precision and recall at ${k} are both ${metrics.precision.toFixed(4)}, which needs ${k} targets a user on ` +
        `average; there are ${summary.mean_targets.toFixed(2)}`,
    )
  if (metrics.precision > summary.max_precision + 1e-9)
    add(
      'impossible_precision',
      `precision at ${k} is ${metrics.precision.toFixed(4)}; a perfect model reaches ${summary.max_precision.toFixed(4)}`,
    )
  if (popularity && metrics.ndcg < popularity.metrics.ndcg)
    add(
      'below_popularity',
      `NDCG at ${k} is ${metrics.ndcg.toFixed(4)}, below ${popularity.metrics.ndcg.toFixed(4)} of popularity`,
    )
  const leaked = countLeaked(fold)
  if (leaked > 0)
    add('test_in_training', `${leaked} of ${summary.n_targets} test events are in the training data`)
  return flags
}

/** Counts targets whose (user, item) pair is in the training data or in the history that the model scores. */
export function countLeaked({ train, histories = train, targets }: Fold): number {
  let leaked = 0
  const eventsOf = ({ itemOf, starts, ends }: Interactions, user: number) =>
    itemOf.subarray(starts[user], ends[user])
  for (let n = 0; n < targets.users.length; n++) {
    const user = targets.users[n]!
    const seen = new Set(eventsOf(train, user))
    if (histories !== train) for (const item of eventsOf(histories, user)) seen.add(item)
    for (let at = targets.offsets[n]!; at < targets.offsets[n + 1]!; at++)
      if (seen.has(targets.items[at]!)) leaked++
  }
  return leaked
}
