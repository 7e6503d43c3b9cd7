import type { PerUser } from '@cairn/platform/protocol/mlflow/evaluation'
import { intervalFactor } from '../charts/group-curve.js'

/** The difference of a run to the baseline with its 95 % interval. */
export interface Difference {
  readonly difference: number
  readonly low: number
  readonly high: number
  /** Number of users whose values were paired; undefined if the runs' own intervals were joined. */
  readonly users?: number
}

/** 1 for higher, −1 for lower, 0 for a tie: the interval contains zero. */
export const signOf = ({ low, high }: Difference): 1 | 0 | -1 => (low > 0 ? 1 : high < 0 ? -1 : 0)

/**
 * The mean difference of the values of the same users, with Student's interval, by metric: `ndcg_at_10`.
 *
 * @returns empty unless both were measured on the same users, each once, with the same protocol, data and k
 */
export function pairedTests(base: PerUser, other: PerUser): ReadonlyMap<string, Difference> {
  const order = pairing(base, other)
  if (!order) return new Map()
  const metrics: Readonly<Record<string, readonly number[]>> = base.metrics
  const others: Readonly<Record<string, readonly number[]>> = other.metrics
  return new Map(
    Object.entries(metrics).flatMap(([name, values]) => {
      const own = others[name]
      if (own?.length !== order.length || values.length !== order.length) return []
      const differences = own.map((value, i) => value - values[order[i]!]!)
      return [[`${name}_at_${base.k}`, meanDifference(differences)] as const]
    }),
  )
}

/** The positions of the other's users in the baseline. */
function pairing(base: PerUser, other: PerUser): readonly number[] | undefined {
  const isSame =
    base.k === other.k && base.protocol === other.protocol && base.data_digest === other.data_digest
  if (!isSame || base.users.length !== other.users.length || base.users.length < 2) return undefined
  const positions = new Map(base.users.map((user, at) => [String(user), at]))
  const order = other.users.map((user) => positions.get(String(user)))
  const isWhole = positions.size === base.users.length && new Set(order).size === order.length
  return isWhole && !order.includes(undefined) ? (order as number[]) : undefined
}

function meanDifference(differences: readonly number[]): Difference {
  const users = differences.length
  const difference = differences.reduce((sum, one) => sum + one, 0) / users
  const squares = differences.reduce((sum, one) => sum + (one - difference) ** 2, 0)
  const half = (intervalFactor(users) * Math.sqrt(squares / (users - 1))) / Math.sqrt(users)
  return { difference, low: difference - half, high: difference + half, users }
}

export interface Measured {
  readonly value: number
  readonly interval: { readonly low: number; readonly high: number } | undefined
}

/** Joins the intervals of two runs as if these were independent: half widths add in squares. */
export function joinedDifference(base: Measured, other: Measured): Difference | undefined {
  if (!base.interval || !other.interval) return undefined
  const half = Math.hypot(
    (base.interval.high - base.interval.low) / 2,
    (other.interval.high - other.interval.low) / 2,
  )
  const difference = other.value - base.value
  return { difference, low: difference - half, high: difference + half }
}
