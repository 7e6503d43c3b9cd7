import type { FastifyBaseLogger } from 'fastify'
import { invalid } from '../errors.js'
import { compileParser } from '../protocol/validate.js'
import { type Delivery, MAX_DELIVERIES, type Payload, type Processor, type Queue } from './jobs.js'

export type Log = Pick<FastifyBaseLogger, 'info' | 'warn' | 'error'>

const parsers = new WeakMap<Queue, (value: unknown) => unknown>()

/** Parses the payload of a job. @throws INVALID_PARAMETER_VALUE naming the field */
export function parsePayload<Q extends Queue>(queue: Q, value: unknown): Payload<Q> {
  const parse = parsers.get(queue) ?? compileParser<Payload<Q>>(queue.payload)
  parsers.set(queue, parse)
  return parse(value) as Payload<Q>
}

export function checkJobId(id: string) {
  if (!/^[\w.-]{1,200}$/.test(id))
    throw invalid(`Invalid job id '${id}': letters, digits, '_', '.' and '-' only, at most 200.`)
}

/**
 * Wraps every processor: parses the payload, runs it and logs failures.
 *
 * @throws what the processor throws, so that the backend redelivers
 */
export async function deliver<Q extends Queue>(
  queue: Q,
  processor: Processor<Q>,
  raw: Delivery<unknown>,
  log: Log,
): Promise<void> {
  const facts = { queue: queue.name, job_id: raw.id, delivery: raw.attempt }
  let payload: Payload<Q>
  try {
    payload = parsePayload(queue, raw.payload)
  } catch (error) {
    log.error({ ...facts, err: error }, 'job dropped: its payload does not parse')
    return
  }
  try {
    await processor({ ...raw, payload })
  } catch (error) {
    const last = raw.attempt >= MAX_DELIVERIES
    log[last ? 'error' : 'warn'](
      { ...facts, err: error },
      last ? 'job given up' : 'job failed, will be delivered again',
    )
    throw error
  }
}

/** Returns the pause before delivery `attempt + 1`, in milliseconds. */
export const redeliveryDelayMs = (attempt: number) => Math.min(200 * 2 ** (attempt - 1), 30_000)
