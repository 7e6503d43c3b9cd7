import { invalid } from '@cairn/platform/errors'
import type { PerUser } from '@cairn/platform/protocol/mlflow/evaluation'
import type { Interactions } from '@cairn/recommenders/data/interactions'
import { type EvaluateOptions, type Evaluation, evaluate } from '@cairn/recommenders/evaluation/evaluate'
import type { LeakFlag } from '@cairn/recommenders/evaluation/leaks'
import type { UserMetric } from '@cairn/recommenders/evaluation/metrics'
import { getProtocol } from '@cairn/recommenders/evaluation/protocol'
import { split as splitBy } from '@cairn/recommenders/evaluation/splits/split'
import { trainPopularity } from '@cairn/recommenders/models/popularity/train'
import type { Scorer } from '@cairn/recommenders/scoring/scorer'

export interface ProtocolUse {
  readonly id: string
  /** The prefix of its metrics; empty for the primary protocol. */
  readonly prefix: string
}

const TEMPORAL: ProtocolUse = { id: 'gts.q90.full.seenfiltered.v1', prefix: 'gts_' }
const LEAVE_ONE_OUT: ProtocolUse = { id: 'loo.full.seenfiltered.v1', prefix: 'loo_' }

/** With fewer users, intervals are wider than the differences between models, and a gate would decide by chance. */
const MIN_USERS = 100

export interface Protocols {
  /** The gate's protocol, whose metrics have no prefix. */
  readonly primary: ProtocolUse
  /** Absent if it has no user to evaluate. */
  readonly secondary?: ProtocolUse
}

/**
 * Chooses the gate's protocol. The split by time is more realistic, but small data sets have too few users on both sides
 * of a date to distinguish two models, and use leave-one-out. The other protocol is measured as well.
 *
 * @throws INVALID_PARAMETER_VALUE for events without a user to evaluate
 */
export function protocolsFor(events: Interactions): Protocols {
  const later = splitBy(getProtocol(TEMPORAL.id).split, events).test.targets.users.length
  const canLeaveOneOut = hasNewLastItem(events)
  if (later >= MIN_USERS)
    return { primary: { ...TEMPORAL, prefix: '' }, ...(canLeaveOneOut && { secondary: LEAVE_ONE_OUT }) }
  if (!canLeaveOneOut)
    throw invalid(
      'No user can be evaluated: at least one user needs three events, the last of them of an item that they had not before. Add events.',
    )
  return { primary: { ...LEAVE_ONE_OUT, prefix: '' }, ...(later > 0 && { secondary: TEMPORAL }) }
}

/** Returns whether leave-one-out has a user to evaluate. */
const hasNewLastItem = ({ starts, ends, itemOf }: Interactions) =>
  starts.some((start, user) => {
    const last = ends[user]! - 1
    return last - start >= 2 && !itemOf.subarray(start, last).includes(itemOf[last]!)
  })

const NAMES: Record<UserMetric, string> = {
  precision: 'precision',
  recall: 'recall',
  recall_capped: 'recall_capped',
  ndcg: 'ndcg',
  hit_rate: 'hr',
  mrr: 'mrr',
  map: 'map',
}

export interface ProtocolMeasurement extends Pick<Evaluation, 'summary' | 'perUser'> {
  readonly protocol: string
  readonly prefix: string
}

export interface FittedMeasurement<Model> extends ProtocolMeasurement {
  readonly model: Model
}

/** Trains on the training split of the protocol, and measures. */
export async function measure<Model extends Scorer>(
  events: Interactions,
  fit: (train: Interactions) => Promise<Model>,
  { id, prefix }: ProtocolUse,
  options: Pick<EvaluateOptions, 'threads' | 'signal'> = {},
): Promise<FittedMeasurement<Model>> {
  const protocol = getProtocol(id)
  const split = splitBy(protocol.split, events)
  const baseline = await evaluate(trainPopularity(split.test.train), split, protocol, options)
  const model = await fit(split.test.train)
  const popularity = baseline.summary
  const { summary, perUser } = await evaluate(model, split, protocol, { ...options, popularity })
  return { protocol: id, prefix, summary, perUser, model }
}

/** The metrics of a run: means, intervals, coverage, novelty, and the numbers of users and targets. */
export function metricsOf({ summary, prefix }: ProtocolMeasurement): Record<string, number> {
  const { k, intervals, metrics } = summary
  const users = (Object.keys(NAMES) as UserMetric[]).flatMap((metric) => {
    const name = `${prefix}${NAMES[metric]}_at_${k}`
    return [
      [name, metrics[metric]],
      [`${name}_ci_low`, intervals[metric].low],
      [`${name}_ci_high`, intervals[metric].high],
    ] as const
  })
  return {
    ...Object.fromEntries(users),
    [`${prefix}coverage_at_${k}`]: metrics.coverage,
    [`${prefix}novelty_at_${k}`]: metrics.novelty,
    [`${prefix}n_users`]: summary.n_users,
    [`${prefix}n_targets`]: summary.n_targets,
  }
}

/** Values per user, for paired tests of the registry's gate. */
export function perUserOf(
  { summary, perUser, protocol }: ProtocolMeasurement,
  events: Interactions,
  dataDigest: string,
): PerUser & { metrics: Record<'precision' | 'recall', number[]> } {
  const { ndcg, precision, recall } = perUser.values
  return {
    protocol,
    k: summary.k,
    data_digest: dataDigest,
    users: Array.from(perUser.users, (user) => events.users.at(user)),
    metrics: { ndcg: [...ndcg], precision: [...precision], recall: [...recall] },
  }
}

export const flagsOf = (measured: readonly ProtocolMeasurement[]): LeakFlag[] =>
  measured.flatMap((one) =>
    one.summary.flags
      .filter((flag) => !isByChance(flag, one))
      .map((flag) => ({ ...flag, message: `${one.protocol}: ${flag.message}` })),
  )

/** The few users of a secondary protocol rank models by chance (ADR 9). */
const isByChance = ({ code }: LeakFlag, { prefix, summary }: ProtocolMeasurement) =>
  code === 'below_popularity' && prefix !== '' && summary.n_users < MIN_USERS
