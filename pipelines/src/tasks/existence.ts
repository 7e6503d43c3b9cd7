import { ApiError } from '@cairn/platform/errors'

const MISSING_CODES = new Set([
  'NOT_FOUND',
  'RESOURCE_DOES_NOT_EXIST',
  'CATALOG_NOT_FOUND',
  'SCHEMA_NOT_FOUND',
  'TABLE_NOT_FOUND',
])
const EXISTING_CODES = new Set([
  'ALREADY_EXISTS',
  'RESOURCE_ALREADY_EXISTS',
  'CATALOG_ALREADY_EXISTS',
  'SCHEMA_ALREADY_EXISTS',
])

/** The response, or undefined if the object does not exist. */
export const undefinedIfMissing = <T>(call: Promise<T>): Promise<T | undefined> =>
  call.catch((error: unknown) => {
    if (error instanceof ApiError && MISSING_CODES.has(error.code)) return undefined
    throw error
  })

/** Ignores that the object exists already, which may be the result of a race. */
export const ignoreExisting = async (call: Promise<unknown>): Promise<void> => {
  await call.catch((error: unknown) => {
    if (!(error instanceof ApiError) || !EXISTING_CODES.has(error.code)) throw error
  })
}
