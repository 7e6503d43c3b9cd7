import { type FittedMember, fitMembers } from '../member.js'
import type { FitData, FitOptions, FitStep } from '../recipe.js'
import type { Steps } from './steps.js'

/** Members by the kind of their family. */
export type Families = ReadonlyMap<string, readonly FittedMember[]>

/** What is fitted, and what need not be fitted twice. */
export interface FamilyChoice {
  readonly members: readonly string[]
  readonly member_parameters: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly reuse: readonly string[]
}

export interface FamilyOptions extends FitOptions {
  readonly steps: Steps
  /** Of the fit before; kinds in `reuse` are taken from there. */
  readonly reused?: Families
}

/**
 * A family that was fitted elsewhere: `heldOut` without the held-out events, `whole` on everything, or again the first,
 * for models that take long and lose little by not having learned from each user's last events.
 */
export interface FittedPair {
  readonly heldOut: readonly FittedMember[]
  readonly whole: readonly FittedMember[]
}

/** Fits one family after the other, each a step. */
export async function fitFamilies(
  data: FitData,
  { members: kinds, member_parameters: given, reuse }: FamilyChoice,
  { steps, reused, threads, signal }: FamilyOptions,
): Promise<Families> {
  const families = new Map<string, readonly FittedMember[]>()
  for (const kind of kinds) {
    const before = reuse.includes(kind) ? reused?.get(kind) : undefined
    const onStep = ({ done, total, unit }: FitStep) => steps.within(`${kind}: ${done} of ${total} ${unit}`)
    const running = { onStep, ...(threads !== undefined && { threads }), ...(signal && { signal }) }
    families.set(kind, before ?? (await fitMembers(kind, given[kind] ?? {}, data, running)))
    await steps.next(before ? `${kind} is fitted already` : `${kind} is fitted`)
  }
  return families
}

export const membersOf = (
  families: Families,
  fitted: readonly FittedPair[] = [],
  part: keyof FittedPair,
): readonly FittedMember[] => [...families.values(), ...fitted.map((pair) => pair[part])].flat()
