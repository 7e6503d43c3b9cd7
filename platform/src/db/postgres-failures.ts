import { ApiError, type ErrorCode } from '../errors.js'
import { maskedUrl } from '../text/masked-url.js'
import { databaseFull, hasCode } from './dialect.js'

/** What is answered for a failure that is the database's or the network's; undefined for those of a statement. */
export function toOutage(error: unknown): ApiError | undefined {
  if (isUnreachable(error))
    return unavailable('The database cannot be reached at the moment. Try again.', error)
  if (isLate(error)) return unavailable('The database has not answered in time. Try again.', error)
  return isFull(error) ? databaseFull(error) : undefined
}

/** What somebody can do who starts a server on a database that does not let it in; undefined for other failures. */
export function connectionError(error: unknown, url: string): ApiError | undefined {
  const { message = '', code = '' } = error as NodeJS.ErrnoException
  const where = maskedUrl(url).replace(/\?.*/, '')
  const asked = `what CAIRN_DATABASE_URL or --database-url says, ${where}`
  const failure = (kind: ErrorCode, sentence: string) => new ApiError(kind, sentence, { cause: error })
  if (hasCode(error, '3D000'))
    return failure(
      'RESOURCE_DOES_NOT_EXIST',
      `PostgreSQL has no such database: make it, or correct ${asked}.`,
    )
  if (/^28/.test(code))
    return failure('UNAUTHENTICATED', `PostgreSQL refuses (${message}): correct ${asked}.`)
  if (hasCode(error, 'ERR_INVALID_URL')) return failure('INVALID_PARAMETER_VALUE', `No URL is ${asked}.`)
  if (isUnreachable(error))
    return failure(
      'TEMPORARILY_UNAVAILABLE',
      `PostgreSQL cannot be reached (${code || message}): start it, or correct ${asked}.`,
    )
  return undefined
}

const unavailable = (message: string, cause: unknown) =>
  new ApiError('TEMPORARILY_UNAVAILABLE', message, { cause })

const isUnreachable = (error: unknown) =>
  hasCode(
    error,
    'ECONNREFUSED',
    'ECONNRESET',
    'EPIPE',
    'ENOTFOUND',
    'ETIMEDOUT',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'EAI_AGAIN',
    '25P03', // a transaction that waited too long for its next statement
    '57P01',
    '57P02',
    '57P03',
    '08000',
    '08001',
    '08003',
    '08004',
    '08006',
    '25006', // a standby that takes over, or a server that was made read-only
    '53200',
    '53300',
    '58030',
  ) ||
  (error instanceof Error && BROKEN.test(error.message))

/** What the driver says in words only. */
const BROKEN =
  /Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect/

/** Ended by the server, or given up by the driver. */
const isLate = (error: unknown) =>
  hasCode(error, '57014') || (error instanceof Error && error.message === 'Query read timeout')

const isFull = (error: unknown) => hasCode(error, '53100')

/** Values that PostgreSQL has no room for: numbers out of range, half a surrogate pair, NUL, a key beyond its index. */
export const isUnstorable = (error: unknown) => hasCode(error, '22003', '22021', '22P02', '22P05', '54000')
