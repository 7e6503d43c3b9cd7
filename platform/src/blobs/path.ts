import { invalid } from '../errors.js'

/** S3's limit, and short enough for every file system below a root of ordinary depth. */
const MAX_KEY_BYTES = 1024

/**
 * The one place where paths from outside become keys. Decodes percent escapes until they stop changing, then refuses
 * what could leave the root: `..`, absolute paths and `file:` URIs, drive letters, backslashes, NUL and other control
 * characters.
 *
 * @returns the key without leading `./`, doubled or trailing slashes; `''` for the root.
 * @throws INVALID_PARAMETER_VALUE `Invalid path`
 */
export function normalizeKey(path: string): string {
  if (Buffer.byteLength(path) > MAX_KEY_BYTES || !isHarmless(decodeFully(path))) throw invalid('Invalid path') // MLflow's whole message, which its clients compare
  // What was decoded was only inspected: a file may well be called "a%20b", and clients name it so.
  return segments(path).join('/')
}

/** In one pass: without the look behind, each slash of a long row would be tried to its end again. */
export const withoutTrailingSlashes = (text: string) => text.replace(/(?<!\/)\/+$/, '')

/** The order of keys in every listing. JavaScript's own differs beyond U+FFFF. */
export const byteOrder = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))

const segments = (path: string) => path.split('/').filter((part) => part !== '' && part !== '.')

/** For texts of some thousand characters. Only ASCII can do harm, so only it is decoded; "100%.txt" and broken escapes stay what they are. */
export function decodeFully(path: string): string {
  const decoded = path.replace(/%([0-7][0-9a-f])/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return decoded === path ? path : decodeFully(decoded)
}

function isHarmless(path: string): boolean {
  if (/[\u0000-\u001f\u007f\\]|\p{Surrogate}/u.test(path) || /^(\/|file:\/|[a-z]:)/i.test(path)) return false
  return segments(path).every((part) => part !== '..' && Buffer.byteLength(part) <= 255)
}

/** The folder of a disk store for what is on its way in: no blob of it is ever one to read. */
export const INCOMING = '.incoming'
