/** The properties by which events are equal. */
export interface EventKey {
  /** The owner of the budget that the event uses: a principal, or the network of an unknown caller. */
  readonly payer: string
  readonly isKnown: boolean
  readonly isSuccess: boolean
  readonly action: string
  /** The caller, its token or session, and its address. */
  readonly proof: string
  readonly objects: string
  /** Status, path and so on. */
  readonly details: string
}

/** The part of an event that a shared row keeps. */
export type RowDetail = 'everything' | 'objects' | 'action' | 'caller' | 'refusals'

/** A row that events share while all of its budgets last. */
export interface Level {
  readonly key: string
  readonly keeps: RowDetail
  /** A name, and the number of rows of a minute. */
  readonly budgets: readonly (readonly [name: string, rows: number])[]
}

/** Successes have a larger limit, because legitimate readers read many objects. */
const SUCCESSES_PER_REFUSAL = 10

export const wholeKey = ({ payer, isSuccess, action, proof, objects, details }: EventKey): string =>
  `${payer} ${isSuccess} ${action} ${proof} ${objects} ${details}`

/**
 * Returns the rows that an event may be counted in, the most detailed first. Nobody can hide an object behind other
 * operations, a token behind other tokens, or a caller behind other unknown callers.
 */
export function levelsOf(event: EventKey, rows: number): readonly Level[] {
  const { payer, isKnown, isSuccess, action, proof, objects } = event
  const many = rows * SUCCESSES_PER_REFUSAL
  const shared = (name: string): Level['budgets'] => (isKnown ? [] : [[`unknown ${name}`, many]])
  const last = isKnown ? payer : 'unknown'
  const whole = { key: wholeKey(event), keeps: 'everything' } as const
  if (!isSuccess)
    return [
      { ...whole, budgets: [[`${payer} refusals`, rows], ...shared('refusals')] },
      {
        key: `${payer} ${proof}`,
        keeps: 'caller',
        budgets: [[`${payer} proofs`, rows], ...shared('proofs')],
      },
      { key: last, keeps: 'refusals', budgets: [] },
    ]
  return [
    { ...whole, budgets: [[`${payer} ${action}`, many], ...shared(action)] },
    {
      ...{ key: `${payer} ${action} ${proof} ${objects}`, keeps: 'objects' },
      budgets: [[`${payer} ${action} objects`, many], ...shared(`${action} objects`)],
    },
    {
      ...{ key: `${payer} ${action} ${proof}`, keeps: 'action' },
      budgets: [[`${payer} ${action} proofs`, rows], ...shared(`${action} proofs`)],
    },
    { key: `${last} ${action}`, keeps: 'action', budgets: [] },
  ]
}
