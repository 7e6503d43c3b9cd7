import type { FastifyRequest } from 'fastify'
import { S3Error } from './errors.js'

/** JavaScript's and Go's SDKs name the operation of each request; it has no effect. */
const NAME_OF_OPERATION = 'x-id'

/** Query parameters of the supported operations, by method, of objects and of the bucket. */
const OBJECT: Readonly<Record<string, readonly string[]>> = {
  GET: [],
  HEAD: [],
  PUT: ['partNumber', 'uploadId'],
  POST: ['uploads', 'uploadId'],
  DELETE: ['uploadId'],
}
const LIST = [
  ...['list-type', 'prefix', 'delimiter', 'max-keys', 'continuation-token', 'start-after'],
  ...['marker', 'encoding-type', 'fetch-owner'],
]

/**
 * Rejects unknown parameters. S3 selects operations and versions by parameters (`?tagging`, `?versionId=…`), so that an ignored
 * one would read or change the object itself.
 *
 * @throws S3Error
 */
export function rejectUnknownParameters(
  { method, query }: FastifyRequest,
  target: 'object' | 'bucket',
): void {
  const known = target === 'bucket' ? LIST : (OBJECT[method] ?? [])
  const unknown = Object.keys(query as object).find(
    (name) => name !== NAME_OF_OPERATION && !known.includes(name),
  )
  if (unknown !== undefined)
    throw new S3Error(
      'NotImplemented',
      501,
      `The parameter '${unknown.slice(0, 100)}' is not supported by a ${method} of ${target === 'bucket' ? 'a bucket' : 'an object'}.`,
    )
  const repeated =
    target === 'bucket' && Object.entries(query as object).find(([, value]) => Array.isArray(value))
  if (repeated) throw new S3Error('InvalidArgument', 400, `${repeated[0]}: pass one value.`)
}
