import { invalid } from '@cairn/platform/errors'

const MAX_LENGTH = 1000
const MAX_DEPTH = 50
const MAX_NAME = 255

export const ROOT = '/'
export const USERS = '/Users'
export const SHARED = '/Shared'

/**
 * Normalises a path of a request: removes the prefix `/Workspace`, and doubled and trailing slashes.
 *
 * @throws INVALID_PARAMETER_VALUE for a relative path, `.` and `..`, control characters and names that are too long
 */
export function normalizePath(path: string): string {
  const wrong = (why: string) => invalid(`Path (${path.slice(0, 200)}) ${why}`)
  if (!path.startsWith('/')) throw wrong("doesn't start with '/'")
  if (path.length > MAX_LENGTH) throw wrong(`is longer than ${MAX_LENGTH} characters`)
  if (/[\u0000-\u001f\u007f]|\p{Surrogate}/u.test(path)) throw wrong('contains control characters')
  const all = path.split('/').filter(Boolean)
  const names = all[0] === 'Workspace' ? all.slice(1) : all
  if (names.some((name) => name === '.' || name === '..')) throw wrong("must not contain '.' or '..'")
  if (names.some((name) => Buffer.byteLength(name) > MAX_NAME))
    throw wrong(`has a name of more than ${MAX_NAME} bytes`)
  if (names.length > MAX_DEPTH) throw wrong(`is deeper than ${MAX_DEPTH} folders`)
  return `/${names.join('/')}`
}

/** The folder that contains an object; the root contains itself. */
export const parentOf = (path: string) => path.slice(0, path.lastIndexOf('/')) || ROOT

export const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1)

/** The path and the folders that contain it, the root first. */
export function withFolders(path: string): string[] {
  const names = path.split('/').filter(Boolean)
  return [ROOT, ...names.map((_, i) => `/${names.slice(0, i + 1).join('/')}`)]
}

/** The folder of a principal below `/Users`. */
export const homeOf = (principal: { readonly name: string }) => `${USERS}/${principal.name}`

/** Returns whether a folder must not be deleted: the server created it, or it is the home of the principal. */
export const isFixed = (path: string, principal: { readonly name: string }) =>
  [ROOT, USERS, SHARED, homeOf(principal)].includes(path)
