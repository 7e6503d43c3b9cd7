import type { Blobs } from '@cairn/platform/blobs/blobs'
import type { FastifyBaseLogger } from 'fastify'

/** Deletes bytes of securables whose rows are deleted. The deletion has succeeded already, so a failure is only logged. */
export async function deleteBytes(
  blobs: Blobs,
  keys: readonly string[],
  log: FastifyBaseLogger,
): Promise<void> {
  for (const key of keys)
    await blobs.delete(key).catch((error) => log.error({ err: error, key }, 'managed data not deleted'))
}
