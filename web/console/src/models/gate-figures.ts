import type { GateCheck } from '../api/models.js'

export interface Difference {
  readonly value: number
  readonly low: number
  readonly high: number
}

/** The paired difference of a check and its interval; undefined for checks without one. */
export function differenceOf({ figures }: GateCheck): Difference | undefined {
  const { difference, low, high } = figures ?? {}
  return typeof difference === 'number' && typeof low === 'number' && typeof high === 'number'
    ? { value: difference, low, high }
    : undefined
}

/** A range centred on zero that contains the interval with a 15% margin. */
export function rangeAroundZero({ low, high }: Difference) {
  const reach = Math.max(Math.abs(low), Math.abs(high)) * 1.15 || 1
  return { low: -reach, high: reach }
}
