import type { GateCheck } from '../api/models.js'

export interface Difference {
  readonly value: number
  readonly low: number
  readonly high: number
}

/** The paired difference in a check's figures, where it has one. */
export function differenceOf({ figures }: GateCheck): Difference | undefined {
  const { difference, low, high } = figures ?? {}
  return typeof difference === 'number' && typeof low === 'number' && typeof high === 'number'
    ? { value: difference, low, high }
    : undefined
}

/** A range that holds the interval and zero, with some air, zero always in sight. */
export function rangeAroundZero({ low, high }: Difference) {
  const reach = Math.max(Math.abs(low), Math.abs(high)) * 1.15 || 1
  return { low: -reach, high: reach }
}
