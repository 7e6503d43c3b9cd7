import type { GateCheck } from '@cairn/platform/protocol/cairn/promotions'
import { EVALUATION_TAGS, PER_USER_PATH, type PerUser } from '@cairn/platform/protocol/mlflow/evaluation'
import { pairedBootstrap } from '@cairn/platform/statistics/bootstrap'

/** The evaluation of a model version, read from the tags of its run and its per-user metrics. */
export interface VersionEvidence {
  readonly version: number
  readonly protocol: string | undefined
  readonly dataDigest: string | undefined
  readonly leakFlags: readonly string[]
  readonly perUser: PerUser | undefined
}

/** Runs the checks before an alias moves. Without another champion the comparisons are skipped. */
export function checkChallenger(
  challenger: VersionEvidence,
  champion: VersionEvidence | undefined,
): GateCheck[] {
  const own = [checkEvaluated(challenger), checkLeaks(challenger)]
  if (!champion) return [...own, noComparison('No champion yet, so there is nothing to compare with.')]
  if (champion.version === challenger.version)
    return [...own, noComparison('This version is already the champion.')]
  return [
    ...own,
    checkSame('protocol', 'evaluation protocol', challenger.protocol, champion.protocol),
    checkSame('data', 'data digest', challenger.dataDigest, champion.dataDigest),
    checkBetter(challenger, champion),
  ]
}

const noComparison = (detail: string): GateCheck => ({ name: 'champion', passed: true, detail })

function checkEvaluated({ protocol, perUser }: VersionEvidence): GateCheck {
  const passed = protocol !== undefined && perUser !== undefined
  const detail = passed
    ? `Evaluated under ${protocol} on ${perUser.users.length} users.`
    : `Its run has no evaluation: the tag ${EVALUATION_TAGS.protocol} and the artifact ${PER_USER_PATH} are required.`
  return { name: 'evaluated', passed, detail }
}

function checkLeaks({ leakFlags }: VersionEvidence): GateCheck {
  const passed = leakFlags.length === 0
  return {
    name: 'no_leak',
    passed,
    detail: passed
      ? 'No sign that test data leaked into training.'
      : `Leak checks raised: ${leakFlags.join('; ')}.`,
  }
}

function checkSame(
  name: string,
  label: string,
  challenger: string | undefined,
  champion: string | undefined,
): GateCheck {
  const passed = challenger !== undefined && challenger === champion
  const detail = passed
    ? `Both have the same ${label}.`
    : `The ${label} differs: ${challenger ?? 'none'}, the champion has ${champion ?? 'none'}. Evaluate both in the same way.`
  return { name, passed, detail, figures: { challenger: challenger ?? null, champion: champion ?? null } }
}

/** Compares NDCG@k by a paired bootstrap over users: the 95 % interval of the difference must be above zero. */
function checkBetter(
  { perUser: challenger }: VersionEvidence,
  { perUser: champion }: VersionEvidence,
): GateCheck {
  const name = 'better'
  const paired = challenger && champion && pair(challenger, champion)
  if (!paired)
    return {
      name,
      passed: false,
      detail:
        'The two versions were not evaluated on the same users with the same k, so they cannot be compared.',
    }
  const { difference, interval, p_value } = pairedBootstrap(paired.champion, paired.challenger)
  const passed = interval.low > 0
  const range = `${signed(difference)} (95 % interval ${signed(interval.low)} to ${signed(interval.high)})`
  const detail = `NDCG@${challenger.k} differs by ${range} over ${paired.challenger.length} users: ${passed ? 'significantly better' : 'not significantly better'}.`
  return {
    name,
    passed,
    detail,
    figures: {
      metric: `ndcg_at_${challenger.k}`,
      difference,
      low: interval.low,
      high: interval.high,
      p_value,
      n_users: paired.challenger.length,
    },
  }
}

/** @returns undefined unless both have the same users, each once, and the same k */
function pair(challenger: PerUser, champion: PerUser) {
  if (challenger.k !== champion.k || challenger.users.length !== champion.users.length) return undefined
  const position = new Map(champion.users.map((user, at) => [String(user), at]))
  const order = challenger.users.map((user) => position.get(String(user)))
  if (order.includes(undefined) || new Set(order).size < champion.users.length) return undefined
  return {
    challenger: Float64Array.from(challenger.metrics.ndcg),
    champion: Float64Array.from(order, (at) => champion.metrics.ndcg[at!]!),
  }
}

const signed = (value: number) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`
