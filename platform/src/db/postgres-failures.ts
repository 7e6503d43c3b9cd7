import { ApiError, type ErrorCode } from '../errors.js'
import { maskedUrl } from '../text/masked-url.js'
import { databaseFull, hasCode } from './dialect.js'

/** Maps failures of the database or the network; returns undefined for errors of a statement. */
export function toOutage(error: unknown): ApiError | undefined {
  if (isUnreachable(error))
    return unavailable('The database cannot be reached at the moment. Try again.', error)
  if (isTimeout(error)) return unavailable('The database did not respond in time. Try again.', error)
  return isFull(error) ? databaseFull(error) : undefined
}

/** Explains why a server cannot connect at its start, and what to do; undefined for other failures. */
export function connectionError(error: unknown, url: string): ApiError | undefined {
  const { message = '', code = '' } = error as NodeJS.ErrnoException
  const where = maskedUrl(url).replace(/\?.*/, '')
  const setting = `CAIRN_DATABASE_URL or --database-url (${where})`
  const failure = (kind: ErrorCode, sentence: string) => new ApiError(kind, sentence, { cause: error })
  if (hasCode(error, '3D000'))
    return failure(
      'RESOURCE_DOES_NOT_EXIST',
      `PostgreSQL has no such database. Create it, or correct ${setting}.`,
    )
  if (/^28/.test(code))
    return failure('UNAUTHENTICATED', `PostgreSQL rejected the connection (${message}). Correct ${setting}.`)
  if (hasCode(error, 'ERR_INVALID_URL'))
    return failure('INVALID_PARAMETER_VALUE', `Invalid database URL in ${setting}.`)
  if (isUnreachable(error))
    return failure(
      'TEMPORARILY_UNAVAILABLE',
      `PostgreSQL cannot be reached (${code || message}). Start it, or correct ${setting}.`,
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
    '25P03', // idle in a transaction for too long
    '57P01',
    '57P02',
    '57P03',
    '08000',
    '08001',
    '08003',
    '08004',
    '08006',
    '25006', // a standby during failover, or a read-only server
    '53200',
    '53300',
    '58030',
  ) ||
  (error instanceof Error && BROKEN.test(error.message))

/** Matches errors of the driver that have no code. */
const BROKEN =
  /Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect/

/** Canceled by the server, or timed out in the driver. */
const isTimeout = (error: unknown) =>
  hasCode(error, '57014') || (error instanceof Error && error.message === 'Query read timeout')

const isFull = (error: unknown) => hasCode(error, '53100')

/** Returns whether PostgreSQL cannot store a value: a number out of range, half a surrogate pair, NUL, a key that is too long. */
export const isUnstorable = (error: unknown) => hasCode(error, '22003', '22021', '22P02', '22P05', '54000')
