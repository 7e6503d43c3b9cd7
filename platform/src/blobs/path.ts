import { invalid } from '../errors.js'

/** The limit of S3, which also suits every file system below a root of ordinary depth. */
const MAX_KEY_BYTES = 1024

/**
 * Converts an external path to a key. All external paths must pass through this function. It decodes percent escapes until
 * nothing changes, and rejects paths that could leave the root: `..`, absolute paths and `file:` URIs, drive letters,
 * backslashes, NUL and other control characters.
 *
 * @returns the key without leading `./`, doubled or trailing slashes; `''` for the root.
 * @throws INVALID_PARAMETER_VALUE `Invalid path`
 */
export function normalizeKey(path: string): string {
  if (Buffer.byteLength(path) > MAX_KEY_BYTES || !isHarmless(decodeFully(path))) throw invalid('Invalid path') // MLflow's whole message, which its clients compare
  // The decoded path is only checked: a file may be named "a%20b".
  return segments(path).join('/')
}

/** Removes slashes from the end in linear time. Without the lookbehind, many slashes would take quadratic time. */
export const withoutTrailingSlashes = (text: string) => text.replace(/(?<!\/)\/+$/, '')

/** Compares keys by their bytes in UTF-8, as every listing does. JavaScript's order of strings differs beyond U+FFFF. */
export function byteOrder(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at++) {
    const difference = byteRank(a.charCodeAt(at)) - byteRank(b.charCodeAt(at))
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

/** Returns the rank of a code unit. Surrogates rank last, because they are parts of the characters beyond U+FFFF. */
const byteRank = (unit: number) => (unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit)

/** Returns the last segment of a key. */
export const nameOf = (key: string) => key.slice(key.lastIndexOf('/') + 1)

const segments = (path: string) => path.split('/').filter((part) => part !== '' && part !== '.')

/** Decodes escapes of ASCII only, because no others are harmful. Invalid escapes ("100%.txt") stay. Meant for short texts. */
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

/** The folder of temporary files in a disk store; its content is never readable as blobs. */
export const INCOMING = '.incoming'
