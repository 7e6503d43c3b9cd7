import { createHash } from 'node:crypto'
import type { BlobLocation } from '@cairn/platform/blobs/artifact-locations'
import type { Body } from '@cairn/platform/blobs/blobs'
import { ApiError } from '@cairn/platform/errors'
import type { ModelPath } from './model-path.js'

/**
 * Reads an upload to its end, and compares it with the file of the version's source.
 *
 * @throws RESOURCE_CONFLICT for other bytes, and for a file that the source lacks
 */
export async function requireSameBytes(
  { blobs, key }: BlobLocation,
  body: Body,
  path: ModelPath,
): Promise<void> {
  const sent = await digestOf(body)
  const kept = await blobs.get(key).then(digestOf, (error: unknown) => {
    if (error instanceof ApiError && error.code === 'RESOURCE_DOES_NOT_EXIST') return undefined
    throw error
  })
  if (sent === kept) return
  throw new ApiError(
    'RESOURCE_CONFLICT',
    `'${path.inside}' ${kept === undefined ? 'is not a file of' : 'differs from the file of'} the source of version ${path.version} of '${path.name}'. A version has the files of its source: log the changed model, and register that.`,
  )
}

async function digestOf(body: Body): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of body instanceof Uint8Array ? [body] : body) hash.update(chunk)
  return hash.digest('hex')
}
