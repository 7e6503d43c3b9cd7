import type { Static, TSchema } from 'typebox'

/** A named stream of work, written once as a value; old payloads may be in flight, so its schema only grows. */
export interface Queue<Payload extends TSchema = TSchema> {
  readonly name: string
  readonly payload: Payload
}

export type Payload<Q extends Queue> = Static<Q['payload']>

export function queue<Payload extends TSchema>(definition: Queue<Payload>) {
  if (!/^[a-z][a-z0-9-]{0,63}$/.test(definition.name))
    throw new TypeError(`Not a queue name: ${definition.name}`)
  return definition
}

export interface Delivery<P> {
  readonly id: string
  readonly payload: P
  /** 1 for the first delivery of this id. */
  readonly attempt: number
  /** Fires when the consumer closes, or when the job may have been given to another because its lease was lost. */
  readonly signal: AbortSignal
}

export type Processor<Q extends Queue> = (delivery: Delivery<Payload<Q>>) => Promise<void>

export interface WorkOptions {
  /** Jobs processed at once by this consumer. Default 1. */
  readonly concurrency?: number
}

export interface Consumer {
  /** Takes no further job, fires the signals of those that run and resolves when they have ended. */
  close(): Promise<void>
}

/**
 * A queue that carries small messages to whoever has time for them. It owns no state worth keeping: whoever adds can
 * add again, and whoever processes looks up what is still to be done.
 *
 * Promises of every backend, checked by `testing/jobs.ts`:
 * - A job whose `add` resolved is delivered at least once, to one consumer at a time while leases are renewed. One that
 *   was taken by a process that died is delivered again: at once where the process is seen to be gone, else when its
 *   lease runs out.
 * - An id is taken from `add` until its processor has resolved; a second `add` under it meanwhile changes nothing.
 * - A processor that throws gets the job again after a growing pause, ten deliveries in all; then it is dropped and logged.
 * - Jobs are delivered about in the order they were added.
 * - Payloads are parsed on both ends: `add` throws INVALID_PARAMETER_VALUE, a stored one that no longer parses is
 *   dropped and logged.
 * - A backend that is away makes `add` throw TEMPORARILY_UNAVAILABLE; consumers wait for it to return.
 */
export interface Jobs {
  /** `id`: letters, digits, `_`, `.`, `-`; at most 200. */
  add<Q extends Queue>(queue: Q, payload: Payload<Q>, options: { readonly id: string }): Promise<void>
  work<Q extends Queue>(queue: Q, processor: Processor<Q>, options?: WorkOptions): Consumer
  /** Closes every consumer. What is queued stays queued. */
  close(): Promise<void>
}

/** Deliveries before a job that always throws is given up. */
export const MAX_DELIVERIES = 10
