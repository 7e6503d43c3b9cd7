import type { FitInput, FitOptions, FitStep } from '../../recipe.js'
import type { FitProgress } from '../fit-progress.js'
import { type FittedMember, fitMembers } from '../member.js'

/** Fitted members by kind. */
export type MembersByKind = ReadonlyMap<string, readonly FittedMember[]>

/** The kinds to fit, their parameters, and the kinds that are not fitted twice. */
export interface MemberSelection {
  readonly members: readonly string[]
  readonly member_parameters: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly reuse: readonly string[]
}

export interface MemberFitOptions extends FitOptions {
  readonly progress: FitProgress
  /** The members of an earlier fit, from which kinds in `reuse` are taken. */
  readonly reused?: MembersByKind
}

/**
 * Members that were fitted elsewhere: `heldOut` without the held-out events, `whole` on all events. Models that are slow to
 * fit may use the former for both; they lose little by not training on each user's last events.
 */
export interface PrefittedMembers {
  readonly heldOut: readonly FittedMember[]
  readonly whole: readonly FittedMember[]
}

/** Fits one kind after the other; each is a step. */
export async function fitMembersByKind(
  data: FitInput,
  { members: kinds, member_parameters: parameters, reuse }: MemberSelection,
  { progress, reused, threads, signal }: MemberFitOptions,
): Promise<MembersByKind> {
  const membersByKind = new Map<string, readonly FittedMember[]>()
  for (const kind of kinds) {
    const fitted = reuse.includes(kind) ? reused?.get(kind) : undefined
    const onStep = ({ done, total, unit }: FitStep) => progress.report(`${kind}: ${done} of ${total} ${unit}`)
    const options = { onStep, ...(threads !== undefined && { threads }), ...(signal && { signal }) }
    membersByKind.set(kind, fitted ?? (await fitMembers(kind, parameters[kind] ?? {}, data, options)))
    await progress.complete(fitted ? `${kind}: reused` : `${kind}: fitted`)
  }
  return membersByKind
}

export const allMembers = (
  membersByKind: MembersByKind,
  fitted: readonly PrefittedMembers[] = [],
  part: keyof PrefittedMembers,
): readonly FittedMember[] => [...membersByKind.values(), ...fitted.map((pair) => pair[part])].flat()
