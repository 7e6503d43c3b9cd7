import { readFileSync } from 'node:fs'
import { invalid, messageOf } from '@cairn/platform/errors'

/**
 * Reads each `CAIRN_X_FILE` of the environment: the file's content is the value of `CAIRN_X`, without its last line break.
 * Container platforms mount secrets as files, so that they appear in no process list and no image.
 *
 * @throws INVALID_PARAMETER_VALUE naming the variable, when the file cannot be read or `CAIRN_X` is set as well
 */
export function secretsFromFiles(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const variables = Object.keys(env).filter((name) => /^CAIRN_\w+_FILE$/.test(name) && env[name])
  return Object.fromEntries(variables.map((name) => [name.replace(/_FILE$/, ''), readSecret(env, name)]))
}

function readSecret(env: Readonly<Record<string, string | undefined>>, name: string): string {
  const target = name.replace(/_FILE$/, '')
  if (env[target]) throw invalid(`Both ${target} and ${name} are set: unset one of them.`)
  try {
    return readFileSync(env[name]!, 'utf8').replace(/\r?\n$/, '')
  } catch (cause) {
    throw invalid(`The file that ${name} names cannot be read: ${messageOf(cause)}`, { cause })
  }
}
