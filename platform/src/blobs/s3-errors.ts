import { ApiError, type ErrorCode } from '../errors.js'

interface S3Failure {
  readonly name?: string
  readonly code?: string
  readonly $metadata?: { readonly httpStatusCode?: number }
}

const FULL = ['QuotaExceeded', 'InsufficientStorage', 'XMinioStorageFull', 'InsufficientCapacity']
const DENIED = ['AccessDenied', 'InvalidAccessKeyId', 'SignatureDoesNotMatch', 'CredentialsProviderError']
const INVALID_PARTS = ['InvalidPart', 'InvalidPartOrder', 'EntityTooSmall', 'MalformedXML']
const NETWORK = /^(E[A-Z]+|TimeoutError|RequestTimeout|SlowDown|Throttling\w*|AbortError)$/

/** The first entry that matches the failure's name and status is used. */
const MAPPINGS: readonly {
  readonly when: (name: string, status: number) => boolean
  readonly code: ErrorCode
  readonly message: (key: string, name: string) => string
}[] = [
  {
    when: (name) => name === 'NoSuchBucket',
    code: 'RESOURCE_DOES_NOT_EXIST',
    message: () => 'The S3 bucket does not exist',
  },
  {
    when: (name, status) => FULL.includes(name) || status === 507,
    code: 'INSUFFICIENT_STORAGE',
    message: (key) => `No space left to store '${key}'`,
  },
  {
    when: (name, status) => DENIED.includes(name) || status === 401 || status === 403,
    code: 'TEMPORARILY_UNAVAILABLE',
    message: (_, name) => `The S3 store rejected the configured credentials (${name})`,
  },
  {
    when: (name) => name === 'NoSuchUpload',
    code: 'RESOURCE_DOES_NOT_EXIST',
    message: (key) => `No such multipart upload of '${key}': it was completed, aborted, or is too old.`,
  },
  {
    when: (name) => INVALID_PARTS.includes(name),
    code: 'INVALID_PARAMETER_VALUE',
    message: (_, name) => `Invalid 'parts': the S3 store does not accept them (${name})`,
  },
  {
    when: (_, status) => status === 404,
    code: 'RESOURCE_DOES_NOT_EXIST',
    message: (key) => `No such artifact: '${key}'`,
  },
  {
    when: (name, status) => name === 'KeyTooLongError' || status === 414,
    code: 'INVALID_PARAMETER_VALUE',
    message: (key) => `Invalid path: '${key}' is too long`,
  },
  {
    when: (_, status) => status === 416,
    code: 'INVALID_PARAMETER_VALUE',
    message: (key) => `The range contains no byte of '${key}'`,
  },
  {
    when: (name, status) => name === 'ConditionalRequestConflict' || status === 412,
    code: 'ALREADY_EXISTS',
    message: (key) => `Blob '${key}' already exists`,
  },
  {
    when: (_, status) => status === 409,
    code: 'RESOURCE_CONFLICT',
    message: (key) => `'${key}' cannot be both a blob and a folder`,
  },
  {
    when: (name, status) => status >= 500 || (status === 0 && NETWORK.test(name)),
    code: 'TEMPORARILY_UNAVAILABLE',
    message: (_, name) => `The S3 store cannot be reached (${name})`,
  },
]

/** Maps errors of the SDK to API errors; errors that are not from the store are returned unchanged. */
export function s3Error(error: unknown, key: string): unknown {
  if (error instanceof ApiError) return error
  const failure = error as S3Failure
  const name = failure.code ?? failure.name ?? ''
  const status = failure.$metadata?.httpStatusCode ?? 0
  const mapping = MAPPINGS.find(({ when }) => when(name, status))
  return mapping ? new ApiError(mapping.code, mapping.message(key, name), { cause: error }) : error
}

/** Runs work on `key` and maps its errors by `s3Error`. */
export async function mapS3Errors<T>(key: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw s3Error(error, key)
  }
}
