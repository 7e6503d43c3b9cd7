import { createReadStream, lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { invalid } from '@cairn/platform/errors'
import { parse, type ScalarTag } from 'yaml'

/** Longer than any value that MLflow takes. */
const MAX_FILE_BYTES = 20 * 1024 * 1024
const MAX_META_BYTES = 20 * 1024 * 1024
const MAX_DEPTH = 64

export type Meta = Readonly<Record<string, unknown>>

/**
 * A YAML file, every scalar as text: YAML 1.2 reads some run ids as numbers, which Python's YAML does not.
 *
 * @returns undefined where there is none. @throws INVALID_PARAMETER_VALUE for what is no mapping
 */
export function readYaml(file: string, customTags: ScalarTag[] = []): Meta | undefined {
  const text = readSmall(file, MAX_META_BYTES)
  if (text === undefined) return undefined
  try {
    const meta: unknown = parse(text, { schema: 'failsafe', customTags, maxAliasCount: 0 })
    if (typeof meta === 'object' && meta !== null && !Array.isArray(meta)) return meta as Meta
  } catch (cause) {
    throw invalid(`${file} is no YAML: mend it, or move its folder away.`, { cause })
  }
  throw invalid(`${file} is no YAML mapping: mend it, or move its folder away.`)
}

export const readMeta = (folder: string) => readYaml(join(folder, 'meta.yaml'))

const scalar = (type: string, test: RegExp, resolve: (text: string) => unknown): ScalarTag => ({
  ...{ tag: `tag:yaml.org,2002:${type}`, default: true, test, resolve },
})
/** What Python writes without quotes and is no text. */
const PYTHON = [
  scalar('null', /^null$/, () => null),
  scalar('bool', /^(?:true|false)$/, (text) => text === 'true'),
  scalar('float', /^[-+]?(?:(?:0|[1-9]\d*)|\d+\.\d*(?:e[-+]\d+)?)$/, Number),
]

/** The same with numbers, booleans and null as Python tells them from text. */
export const readTyped = (file: string) => readYaml(file, PYTHON)

/** A field's text; null and absent are undefined. */
export function field(meta: Meta, name: string): string | undefined {
  const value = meta[name]
  return typeof value !== 'string' || value === 'null' || value === '~' || value === '' ? undefined : value
}

export const numberField = (meta: Meta, name: string) => {
  const value = Number(field(meta, name) ?? Number.NaN)
  return Number.isSafeInteger(value) ? value : undefined
}

/** An optional field, left out where there is no value. */
export const present = <Name extends string, T>(name: Name, value: T | undefined) =>
  (value === undefined ? {} : { [name]: value }) as { [key in Name]?: T }

/** Names of folders, without links, in order. */
export function folders(path: string): string[] {
  return entries(path)
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
}

/** Files at any depth below a folder: keys with slashes are folders. */
export function files(path: string, below = '', depth = 0): string[] {
  if (depth > MAX_DEPTH) throw invalid(`${path} is nested deeper than keys are.`)
  return entries(join(path, below)).flatMap((entry) => {
    const key = below ? `${below}/${entry.name}` : entry.name
    if (entry.isDirectory()) return files(path, key, depth + 1)
    return entry.isFile() ? [key] : []
  })
}

/** Each file of a folder as an entry. */
export const readPairs = (path: string) =>
  files(path).map((key) => ({ key, value: readSmall(join(path, key), MAX_FILE_BYTES) ?? '' }))

/** The lines of a file that may be large, each short. */
export async function* readLines(file: string): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of createReadStream(file, { encoding: 'utf8' })) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > MAX_META_BYTES) throw invalid(`${file} has a line that is no metric.`)
    for (const line of lines) if (line.trim()) yield line
  }
  if (rest.trim()) yield rest
}

function entries(path: string) {
  try {
    return readdirSync(path, { withFileTypes: true })
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return []
    throw error
  }
}

function readSmall(file: string, maxBytes: number): string | undefined {
  try {
    const found = lstatSync(file)
    if (!found.isFile()) throw invalid(`${file} is no regular file.`)
    if (found.size > maxBytes)
      throw invalid(`${file} has ${found.size} bytes, more than any value that MLflow takes.`)
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
