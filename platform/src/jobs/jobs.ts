import type { Static, TSchema } from 'typebox'

/** A named queue. Its schema may only grow, because old payloads may be in the queue. */
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
  /** The number of the delivery of this id, from 1. */
  readonly attempt: number
  /** Aborted when the consumer closes, or when the lease was lost and another consumer may have the job. */
  readonly signal: AbortSignal
}

export type Processor<Q extends Queue> = (delivery: Delivery<Payload<Q>>) => Promise<void>

export interface AddOptions {
  /** At most 200 letters, digits, `_`, `.` and `-`. */
  readonly id: string
  /** True to deliver the job before those that wait already. */
  readonly first?: boolean
}

export interface WorkOptions {
  /** The number of concurrent jobs of this consumer. Default 1. */
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
 *   renewed. A job of a process that died is delivered again: at once if its end is detected, otherwise when the lease expires.
 * - An id is reserved from `add` until its processor has resolved; meanwhile another `add` with it does nothing.
 * - A job whose processor throws is retried with back-off. After ten deliveries it is dropped and logged.
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

/** The number of deliveries after which a job that keeps failing is dropped. */
export const MAX_DELIVERIES = 10
