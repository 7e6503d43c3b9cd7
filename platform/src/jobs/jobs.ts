import type { Static, TSchema } from 'typebox'

/** A named queue. Old payloads may be in flight, so the schema may only grow. */
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
  /** Aborted when the consumer closes, or when the lease was lost and another consumer may have the job. */
  readonly signal: AbortSignal
}

export type Processor<Q extends Queue> = (delivery: Delivery<Payload<Q>>) => Promise<void>

export interface AddOptions {
  /** Letters, digits, `_`, `.`, `-`; at most 200. */
  readonly id: string
  /** Delivers it before the jobs that wait already. */
  readonly first?: boolean
}

export interface WorkOptions {
  /** Concurrent jobs of this consumer. Default 1. */
  readonly concurrency?: number
}

export interface Consumer {
  /** Takes no further job, aborts the running ones and resolves when they have ended. */
  close(): Promise<void>
}

/**
 * Queues of small messages. They contain no state worth keeping: producers can add a message again, and processors read
 * from the database what is still to be done.
 *
 * Guarantees of every backend, checked by `testing/jobs.ts`:
 * - At-least-once: a job whose `add` resolved is delivered at least once, to one consumer at a time while its lease is
 *   renewed. A job of a process that died is delivered again: at once if its end is detected, else when the lease expires.
 * - An id is reserved from `add` until its processor has resolved; meanwhile another `add` with it does nothing.
 * - A job whose processor throws is retried with back-off, ten deliveries in all; then it is dropped and logged.
 * - Jobs are delivered approximately in the order of `add`.
 * - Payloads are parsed on both ends: `add` throws INVALID_PARAMETER_VALUE, a stored payload that does not parse is
 *   dropped and logged.
 * - While the backend is unreachable, `add` throws TEMPORARILY_UNAVAILABLE and consumers wait.
 */
export interface Jobs {
  add<Q extends Queue>(queue: Q, payload: Payload<Q>, options: AddOptions): Promise<void>
  work<Q extends Queue>(queue: Q, processor: Processor<Q>, options?: WorkOptions): Consumer
  /** Closes all consumers. Queued jobs stay queued. */
  close(): Promise<void>
}

/** Deliveries of a job that keeps failing before it is dropped. */
export const MAX_DELIVERIES = 10
