import { hasCode } from './dialect.js'

/** The code of PostgreSQL's error for statements after a failed one in the same transaction. */
const IN_FAILED_TRANSACTION = '25P02'

/**
 * Awaits independent statements of one transaction, which PostgreSQL receives pipelined in this order. All of them have
 * settled before the transaction commits or rolls back.
 *
 * @throws the error of the first statement that failed
 */
export async function pipelined<const Parts extends readonly unknown[]>(
  ...parts: Parts
): Promise<{ readonly [Part in keyof Parts]: Awaited<Parts[Part]> }> {
  const failures = (await Promise.allSettled(parts)).flatMap((part) =>
    part.status === 'rejected' ? [part.reason as unknown] : [],
  )
  if (failures.length > 0) throw failures.find((one) => !hasCode(one, IN_FAILED_TRANSACTION)) ?? failures[0]
  return Promise.all(parts)
}
