import { invalid } from '@cairn/platform/errors'
import { bootstrapIntervals, type Interval, mean } from '@cairn/platform/statistics/bootstrap'
import type { FactorModel } from '../scoring/factor-model.js'
import { asScorer } from '../scoring/factor-scorer.js'
import type { Scorer } from '../scoring/scorer.js'
import { type LeakFlag, leakFlags } from './leaks.js'
import { coverage, novelty, USER_METRICS, type UserMetric, userMetrics } from './metrics.js'
import type { Protocol, Standing } from './protocol.js'
import { protocolQueries } from './queries.js'
import { type Rankings, rank } from './ranking/rank.js'
import { type RatingErrors, ratingErrors } from './rating-errors.js'
import type { Split, Targets } from './splits/split.js'

/** The result that a run logs: metrics at k, as means over users, and how they were measured. */
export interface EvaluationSummary {
  protocol: string
  standing: Standing
  split: string
  /** The order of events with equal timestamps. */
  order: string
  fold: 'validation' | 'test'
  k: number
  n_users: number
  n_targets: number
  /** Targets that are not candidates, such as items without a training event; they count as misses. */
  n_cold_targets: number
  catalogue_size: number
  mean_targets: number
  /** The precision of a perfect model: the mean of min(k, targets) / k. */
  max_precision: number
  metrics: Record<UserMetric | 'coverage' | 'novelty', number>
  /** The user metrics if targets lose every tie; far below `metrics` when a model scores many items equally. */
  pessimistic: Record<UserMetric, number>
  /** 95 % confidence intervals by bootstrap over users. */
  intervals: Record<UserMetric, Interval>
  /** Only for models that predict ratings, under protocols with held-out ratings. */
  ratings?: RatingErrors
  flags: LeakFlag[]
}

/** Metrics per user in the order of `users`; paired tests compare them. */
export interface UserValues {
  /** Dense indices of the users. */
  users: Int32Array
  values: Record<UserMetric, Float64Array>
}

export interface Evaluation {
  summary: EvaluationSummary
  perUser: UserValues
  rankings: Rankings
  /** The held-out items, in the order of `rankings` and `perUser`. */
  targets: Targets
}

export interface EvaluateOptions {
  /** Default 10. */
  k?: number
  /** Default `test`; `validation` is for tuning hyper-parameters. */
  fold?: 'validation' | 'test'
  threads?: number
  signal?: AbortSignal
  /** Reports the number of users ranked so far. */
  onRanked?: (done: number, total: number) => void
  /** The popularity baseline under the same protocol; a model below it is flagged. */
  popularity?: EvaluationSummary
}

/** Evaluates a model that was fitted on `split[fold].train`. Throws INVALID_PARAMETER_VALUE if the split is not the protocol's. */
export async function evaluate(
  model: Scorer | FactorModel,
  split: Split,
  protocol: Protocol,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  const { k = 10, fold: name = 'test', popularity, onRanked, ...running } = options
  checkComparable(split, protocol, popularity)
  const scorer = asScorer(model)
  const { queries, catalogueSize, counts } = protocolQueries(split[name], protocol)
  const { targets } = queries
  if (targets.users.length === 0) throw invalid(`split '${split.id}' contains no user to evaluate`)
  const rankings = await rank(scorer, queries, {
    k,
    ...running,
    ...(onRanked && { onRanked: (done) => onRanked(done, targets.users.length) }),
  })
  const metrics = (ranks: Float64Array) => metricsByUser(ranks, targets, k, protocol)
  const values = metrics(rankings.meanRanks)
  const errors =
    protocol.standing === 'ratings' && scorer.predictsRatings
      ? await ratingErrors(scorer, queries.histories, split[name].targets, options.signal)
      : undefined
  const summary: EvaluationSummary = {
    protocol: protocol.id,
    standing: protocol.standing,
    split: split.id,
    order: split.order,
    fold: name,
    k,
    ...figures(targets, rankings, k),
    catalogue_size: catalogueSize,
    metrics: {
      ...means(values),
      coverage: coverage(rankings.lists, catalogueSize),
      novelty: novelty(rankings.lists, counts),
    },
    pessimistic: means(metrics(rankings.pessimisticRanks)),
    intervals: bootstrapIntervals(values),
    ...(errors && { ratings: errors }),
    flags: [],
  }
  summary.flags = leakFlags(summary, { ...split[name], targets }, popularity)
  return { summary, perUser: { users: targets.users, values }, rankings, targets }
}

function checkComparable(split: Split, protocol: Protocol, popularity?: EvaluationSummary): void {
  if (split.id !== protocol.split)
    throw invalid(`protocol '${protocol.id}' is measured on split '${protocol.split}', not '${split.id}'`)
  if (popularity && popularity.protocol !== protocol.id)
    throw invalid(`the popularity baseline was measured under '${popularity.protocol}', not '${protocol.id}'`)
}

function figures(targets: Targets, { meanRanks }: Rankings, k: number) {
  const users = targets.users.length
  let reachable = 0
  for (let n = 0; n < users; n++) reachable += Math.min(k, targets.offsets[n + 1]! - targets.offsets[n]!)
  return {
    n_users: users,
    n_targets: targets.items.length,
    n_cold_targets: meanRanks.filter((rank) => rank === Number.POSITIVE_INFINITY).length,
    mean_targets: targets.items.length / users,
    max_precision: reachable / (users * k),
  }
}

function metricsByUser(
  ranks: Float64Array,
  { users, offsets }: Targets,
  k: number,
  { precision }: Protocol,
): UserValues['values'] {
  const columns = Object.fromEntries(
    USER_METRICS.map((metric) => [metric, new Float64Array(users.length)]),
  ) as UserValues['values']
  for (let n = 0; n < users.length; n++) {
    const metrics = userMetrics(ranks.subarray(offsets[n]!, offsets[n + 1]!), k)
    for (const metric of USER_METRICS) columns[metric][n] = metrics[metric]
  }
  return precision === 'hits / targets' ? { ...columns, precision: columns.recall } : columns
}

const means = (values: UserValues['values']) =>
  Object.fromEntries(USER_METRICS.map((metric) => [metric, mean(values[metric])])) as Record<
    UserMetric,
    number
  >
