import { createHash } from 'node:crypto'
import type { BlobLocation } from '@cairn/platform/blobs/artifact-locations'
import type { Body } from '@cairn/platform/blobs/blobs'
import { limitBody } from '@cairn/platform/blobs/limit-body'
import { ApiError, unlessMissing } from '@cairn/platform/errors'
import type { ModelPath } from './model-path.js'

const ADVICE = 'A version has the files of its source: log the changed model, and register that.'

/**
 * Compares an upload with the file of the version's source, which is also the limit of its size.
 *
 * @param declared the length that the request declares; 0 if unknown
 * @throws RESOURCE_CONFLICT for other bytes, as soon as it is longer than the file, and for a file that the source lacks
 */
export async function requireSameBytes(
  { blobs, key }: BlobLocation,
  body: Body,
  path: ModelPath,
  declared: number,
): Promise<void> {
  const file = `the source of version ${path.version} of '${path.name}'`
  const kept = await blobs.head(key).catch(unlessMissing)
  if (!kept) throw new ApiError('RESOURCE_CONFLICT', `'${path.inside}' is not a file of ${file}. ${ADVICE}`)
  const tooLong = () =>
    new ApiError(
      'RESOURCE_CONFLICT',
      `'${path.inside}' is larger than the file of ${file}, which has ${kept.size} bytes. ${ADVICE}`,
    )
  if (declared > kept.size) throw tooLong()
  const sent = await digestOf(limitBody(body, kept.size, tooLong))
  if (sent !== (await blobs.get(key).then(digestOf)))
    throw new ApiError('RESOURCE_CONFLICT', `'${path.inside}' differs from the file of ${file}. ${ADVICE}`)
}

async function digestOf(body: Body | AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of body instanceof Uint8Array ? [body] : body) hash.update(chunk)
  return hash.digest('hex')
}
