import { ApiError } from '@cairn/platform/errors'

const ABSENT = new Set([
  'NOT_FOUND',
  'RESOURCE_DOES_NOT_EXIST',
  'CATALOG_NOT_FOUND',
  'SCHEMA_NOT_FOUND',
  'TABLE_NOT_FOUND',
])
const TAKEN = new Set([
  'ALREADY_EXISTS',
  'RESOURCE_ALREADY_EXISTS',
  'CATALOG_ALREADY_EXISTS',
  'SCHEMA_ALREADY_EXISTS',
])

/** The answer, or undefined where the thing does not exist. */
export const orAbsent = <T>(call: Promise<T>): Promise<T | undefined> =>
  call.catch((error: unknown) => {
    if (error instanceof ApiError && ABSENT.has(error.code)) return undefined
    throw error
  })

/** Creates unless it is there; a race that another won counts as there. */
export const unlessTaken = async (call: Promise<unknown>): Promise<void> => {
  await call.catch((error: unknown) => {
    if (!(error instanceof ApiError) || !TAKEN.has(error.code)) throw error
  })
}
