import { posix } from 'node:path'
import { beginning } from '@cairn/platform/beginning'
import { invalid } from '@cairn/platform/errors'

const CHARACTERS = /^[/\p{L}\p{N}_.\- :]*$/u

/**
 * Keys of metrics, parameters and tags, as MLflow allows them.
 *
 * @param field how the message names the key, e.g. `metrics[0].name`
 * @throws INVALID_PARAMETER_VALUE in MLflow's words
 */
export function checkKey(key: string, field: string): void {
  if (!CHARACTERS.test(key))
    throw invalid(
      `Invalid value ${JSON.stringify(key)} for parameter '${field}' supplied: Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).`,
    )
  if (isPlain(key)) return
  const path = asPath(key)
  if (path !== key || path === '.' || path.startsWith('..') || path.startsWith('/'))
    throw invalid(
      `Invalid value ${JSON.stringify(key)} for parameter '${field}' supplied: Names may be treated as files in certain cases, and must not resolve to other names when treated as such. This name would resolve to ${quoted(path)}`,
    )
}

const isPlain = (key: string) => key !== '' && !key.startsWith('.') && !key.includes('/')

/** Python's `posixpath.normpath`: no slash at the end, two at the beginning stay two. */
function asPath(key: string): string {
  const path = posix.normalize(key).replace(/(?<=.)\/$/, '')
  return /^\/\/(?!\/)/.test(key) && !path.startsWith('//') ? `/${path}` : path
}

const MAX_KEY = 250

/** Characters, not UTF-16 units, of which one has two at most: only so much of a long text is looked at. */
export const isLonger = (text: string, limit: number) =>
  text.length > limit && (text.length > 2 * limit || [...text].length > limit)

export function checkKeyLength(key: string, what: string): void {
  if (isLonger(key, MAX_KEY)) throw invalid(`'${what}' exceeds the maximum length of ${MAX_KEY} characters`)
}

/** Long values are cut without a word, as MLflow does by default. */
export const cut = (value: string, limit: number) =>
  isLonger(value, limit) ? beginning(value, limit) : value

/** Text as Python would show it. */
export const quoted = (text: string) =>
  text.includes("'") && !text.includes('"') ? `"${text}"` : `'${text}'`

export const float = (value: number) => (Number.isInteger(value) ? value.toFixed(1) : String(value))
