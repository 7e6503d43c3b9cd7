import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { invalid } from '../errors.js'
import type { Blobs } from './blobs.js'
import { DiskBlobs } from './disk.js'
import type { S3Options } from './s3-client.js'

/** Returns the URI of the configured store. */
export const storeUri = (config: { readonly artifacts_destination: string; readonly data: string }): string =>
  config.artifacts_destination || join(config.data, 'artifacts')

/**
 * Opens the store at a URI: `file:///folder`, a plain path, or `s3://bucket/prefix`.
 *
 * @throws INVALID_PARAMETER_VALUE for any other scheme, TEMPORARILY_UNAVAILABLE if the store cannot be reached
 */
export async function openBlobs(uri: string, s3Options?: S3Options): Promise<Blobs> {
  const folder = localStore(uri)
  return folder === undefined ? openS3(uri, s3Options) : DiskBlobs.open(folder)
}

/**
 * Returns the absolute folder of a store on the disk; undefined for a bucket.
 *
 * @throws INVALID_PARAMETER_VALUE for any other scheme
 */
export function localStore(uri: string): string | undefined {
  if (uri.startsWith('s3://')) return undefined
  if (uri.startsWith('file:')) return localFolder(uri)
  if (/^[a-z][a-z0-9+.-]+:/i.test(uri))
    throw invalid(`Invalid storage URI '${uri}': use file:///… or s3://bucket/…`)
  if (uri === '') throw invalid('Invalid storage URI: it is empty')
  return resolve(uri)
}

function localFolder(uri: string): string {
  try {
    return fileURLToPath(uri)
  } catch (error) {
    throw invalid(`Invalid storage URI '${uri}': a file URI is file:///folder`, { cause: error })
  }
}

/** Opens a store in S3. The SDK is imported on demand, because it takes 250 ms to load. */
async function openS3(uri: string, options?: S3Options): Promise<Blobs> {
  const [, bucket, prefix = ''] = /^s3:\/\/([a-z0-9][a-z0-9._-]{1,62})(?:\/(.*))?$/i.exec(uri) ?? []
  if (!bucket) throw invalid(`Invalid storage URI '${uri}': write s3://bucket/prefix`)
  const { S3Blobs } = await import('./s3.js')
  return S3Blobs.open(bucket, prefix, options)
}
