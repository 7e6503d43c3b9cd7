import { posix } from 'node:path'
import { invalid } from '../errors.js'
import { isLonger } from '../text/length.js'
import { pythonRepr } from './python.js'

const CHARACTERS = /^[/\p{L}\p{N}_.\- :]*$/u

/**
 * Checks a key of a metric, parameter or tag by MLflow's rules.
 *
 * @param field name of the key in the message, such as `metrics[0].name`
 * @throws INVALID_PARAMETER_VALUE in MLflow's words
 */
export function checkKey(key: string, field: string): void {
  if (!CHARACTERS.test(key))
    throw invalid(
      `Invalid value ${JSON.stringify(key)} for parameter '${field}' supplied: Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).`,
    )
  if (isPlain(key)) return
  const path = normalizePath(key)
  if (path !== key || path === '.' || path.startsWith('..') || path.startsWith('/'))
    throw invalid(
      `Invalid value ${JSON.stringify(key)} for parameter '${field}' supplied: Names may be treated as files in certain cases, and must not resolve to other names when treated as such. This name would resolve to ${pythonRepr(path)}`,
    )
}

const isPlain = (key: string) => key !== '' && !key.startsWith('.') && !key.includes('/')

/** Does what Python's `posixpath.normpath` does: removes a trailing slash, and keeps two leading ones. */
function normalizePath(key: string): string {
  const path = posix.normalize(key).replace(/(?<=.)\/$/, '')
  return /^\/\/(?!\/)/.test(key) && !path.startsWith('//') ? `/${path}` : path
}

const MAX_KEY = 250

/** @param what name of the key in the message */
export function checkKeyLength(key: string, what: string): void {
  if (isLonger(key, MAX_KEY)) throw invalid(`'${what}' exceeds the maximum length of ${MAX_KEY} characters`)
}
