import { ApiError, type ErrorCode } from '../errors.js'

interface S3Failure {
  readonly name?: string
  readonly code?: string
  readonly $metadata?: { readonly httpStatusCode?: number }
}

const FULL = ['QuotaExceeded', 'InsufficientStorage', 'XMinioStorageFull', 'InsufficientCapacity']
const REFUSED = ['AccessDenied', 'InvalidAccessKeyId', 'SignatureDoesNotMatch', 'CredentialsProviderError']
const UNFIT_PARTS = ['InvalidPart', 'InvalidPartOrder', 'EntityTooSmall', 'MalformedXML']
const NETWORK = /^(E[A-Z]+|TimeoutError|RequestTimeout|SlowDown|Throttling\w*|AbortError)$/

/** The first entry that matches a failure's name or status says what a client hears. */
const MEANINGS: readonly {
  readonly when: (name: string, status: number) => boolean
  readonly code: ErrorCode
  readonly say: (key: string, name: string) => string
}[] = [
  {
    when: (name) => name === 'NoSuchBucket',
    code: 'RESOURCE_DOES_NOT_EXIST',
    say: () => 'The S3 bucket does not exist',
  },
  {
    when: (name, status) => FULL.includes(name) || status === 507,
    code: 'INSUFFICIENT_STORAGE',
    say: (key) => `No space left to store '${key}'`,
  },
  {
    when: (name, status) => REFUSED.includes(name) || status === 401 || status === 403,
    code: 'TEMPORARILY_UNAVAILABLE',
    say: (_, name) => `The S3 store refused the credentials it was given (${name})`,
  },
  {
    when: (name) => name === 'NoSuchUpload',
    code: 'RESOURCE_DOES_NOT_EXIST',
    say: (key) => `No such multipart upload of '${key}': it was completed, aborted, or is too old.`,
  },
  {
    when: (name) => UNFIT_PARTS.includes(name),
    code: 'INVALID_PARAMETER_VALUE',
    say: (_, name) => `Invalid 'parts': the S3 store does not accept them (${name})`,
  },
  {
    when: (_, status) => status === 404,
    code: 'RESOURCE_DOES_NOT_EXIST',
    say: (key) => `No such artifact: '${key}'`,
  },
  {
    when: (name, status) => name === 'KeyTooLongError' || status === 414,
    code: 'INVALID_PARAMETER_VALUE',
    say: (key) => `Invalid path: '${key}' is too long`,
  },
  {
    when: (_, status) => status === 416,
    code: 'INVALID_PARAMETER_VALUE',
    say: (key) => `The range holds no byte of '${key}'`,
  },
  {
    when: (name, status) => name === 'ConditionalRequestConflict' || status === 412,
    code: 'ALREADY_EXISTS',
    say: (key) => `Blob '${key}' already exists`,
  },
  {
    when: (_, status) => status === 409,
    code: 'RESOURCE_CONFLICT',
    say: (key) => `'${key}' cannot be both a blob and a folder`,
  },
  {
    when: (name, status) => status >= 500 || (status === 0 && NETWORK.test(name)),
    code: 'TEMPORARILY_UNAVAILABLE',
    say: (_, name) => `The S3 store cannot be reached (${name})`,
  },
]

/** What the SDK threw, as a client should hear it; a failure that did not come from the store stays as it is. */
export function s3Error(error: unknown, key: string): unknown {
  if (error instanceof ApiError) return error
  const failure = error as S3Failure
  const name = failure.code ?? failure.name ?? ''
  const status = failure.$metadata?.httpStatusCode ?? 0
  const meaning = MEANINGS.find(({ when }) => when(name, status))
  return meaning ? new ApiError(meaning.code, meaning.say(key, name), { cause: error }) : error
}

/** What the work answers; it throws what a client should hear of `key`. */
export async function mapS3Errors<T>(key: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw s3Error(error, key)
  }
}
