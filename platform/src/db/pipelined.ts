import { hasCode } from './dialect.js'

/** What PostgreSQL says to statements of a transaction in which another has failed. */
const AFTER_A_FAILURE = '25P02'

/**
 * Statements of one transaction that do not need each other's answers: PostgreSQL gets them in one go, in this order. None is
 * under way any more when the transaction commits or rolls back.
 *
 * @throws what the first of those that failed has thrown
 */
export async function pipelined<const Parts extends readonly unknown[]>(
  ...parts: Parts
): Promise<{ readonly [Part in keyof Parts]: Awaited<Parts[Part]> }> {
  const failures = (await Promise.allSettled(parts)).flatMap((part) =>
    part.status === 'rejected' ? [part.reason as unknown] : [],
  )
  if (failures.length > 0) throw failures.find((one) => !hasCode(one, AFTER_A_FAILURE)) ?? failures[0]
  return Promise.all(parts)
}
