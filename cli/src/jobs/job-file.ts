import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { invalid, messageOf } from '@cairn/platform/errors'
import type { JobSettings } from '@cairn/platform/protocol/databricks/jobs'
import { parse } from 'yaml'

/**
 * Reads the settings of a job from YAML or JSON; `-` is standard input. The server checks the fields.
 *
 * @throws INVALID_PARAMETER_VALUE for a file that cannot be read or is not an object
 */
export async function readJobFile(path: string): Promise<JobSettings> {
  const source = path === '-' ? 'standard input' : `'${path}'`
  let settings: unknown
  try {
    settings = parse(path === '-' ? await text(process.stdin) : await readFile(path, 'utf8'))
  } catch (cause) {
    throw invalid(`${source} cannot be read as YAML or JSON: ${messageOf(cause)}`, { cause })
  }
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings))
    throw invalid(`${source} does not contain the settings of a job, such as 'tasks:' with a list.`)
  return settings as JobSettings
}

/** Parses `name=value`. @throws INVALID_PARAMETER_VALUE */
export function parseParameter(text: string, before: Record<string, string> = {}): Record<string, string> {
  const at = text.indexOf('=')
  if (at < 1) throw invalid(`'${text}' is not a parameter; use name=value.`)
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) }
}
