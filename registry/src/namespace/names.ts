import { posix } from 'node:path'
import { invalid } from '@cairn/platform/errors'
import { checkKey } from '@cairn/platform/mlflow/keys'
import { PROMPT_TEXT } from './prompts.js'

/** @throws INVALID_PARAMETER_VALUE with MLflow's message */
export function checkModelName(name: string) {
  if (name.trim() === '') throw invalid("Missing value for required parameter 'name'.")
  if (/[/:]/.test(name)) throw invalid(`Invalid model name '${name}'. Names cannot contain '/' or ':'.`)
  const resolved = posix.normalize(name)
  if (resolved !== name || name === '.' || name === '..')
    throw invalid(
      `Invalid value "${name}" for parameter 'name' supplied: Names may be treated as files in certain cases, and must not resolve to other names when treated as such. This name would resolve to '${resolved}'`,
    )
}

const MAX_ALIAS = 255

/** Checks an alias that is to be set; lookups use `checkAliasName`. */
export function checkAlias(alias: string) {
  checkAliasName(alias)
  if (alias.toLowerCase() === 'latest') throw invalid("'latest' alias name (case insensitive) is reserved.")
  if (/^v\d+$/i.test(alias)) throw invalid(`Version alias name '${alias}' is reserved.`)
}

export function checkAliasName(alias: string) {
  if (alias.length > MAX_ALIAS)
    throw invalid(`'Registered model alias name' exceeds the maximum length of ${MAX_ALIAS} characters`)
  if (!/^[\p{L}\p{N}_-]*$/u.test(alias))
    throw invalid(
      `Invalid alias name: '${alias}'. Names may only contain alphanumerics, underscores (_), and dashes (-).`,
    )
}

const MAX_TAG_KEY = 250
const MAX_TAG_VALUE = 100_000

export function checkTag(key: string, value: string) {
  checkKey(key, 'key')
  checkTagLength(key, value)
}

/** The only check of an imported tag, whose key another store has accepted. */
export function checkTagLength(key: string, value: string) {
  if (key.length > MAX_TAG_KEY) throw invalid(`'key' exceeds the maximum length of ${MAX_TAG_KEY} characters`)
  if (value.length <= MAX_TAG_VALUE) return
  throw invalid(
    key === PROMPT_TEXT
      ? `Prompt text exceeds max length of ${MAX_TAG_VALUE} characters.`
      : `'value' exceeds the maximum length of ${MAX_TAG_VALUE} characters`,
  )
}

/** @throws INVALID_PARAMETER_VALUE unless it is an integer */
export function parseVersion(version: string): number {
  if (!/^\d{1,15}$/.test(version)) throw invalid(`Parameter 'version' must be an integer, got '${version}'.`)
  return Number(version)
}
