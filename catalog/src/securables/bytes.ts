import type { Blobs } from '@cairn/platform/blobs/blobs'
import type { FastifyBaseLogger } from 'fastify'

/** Deletes bytes that nothing names any more. The deletion was answered for already: a failure is for the log. */
export async function discard(blobs: Blobs, keys: readonly string[], log: FastifyBaseLogger): Promise<void> {
  for (const key of keys)
    await blobs.delete(key).catch((error) => log.error({ err: error, key }, 'managed data not deleted'))
}
