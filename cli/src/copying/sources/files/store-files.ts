import { createReadStream, lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { invalid } from '@cairn/platform/errors'
import { parse, type ScalarTag } from 'yaml'

/** More than the longest value that MLflow accepts. */
const MAX_FILE_BYTES = 20 * 1024 * 1024
const MAX_META_BYTES = 20 * 1024 * 1024
const MAX_DEPTH = 64

export type Meta = Readonly<Record<string, unknown>>

/**
 * Reads a YAML file with every scalar as text: YAML 1.2 takes some run ids for numbers, Python's YAML 1.1 does not.
 *
 * @returns undefined for a missing file. @throws INVALID_PARAMETER_VALUE for anything but a mapping
 */
export function readYaml(file: string, customTags: ScalarTag[] = []): Meta | undefined {
  const text = readSmall(file, MAX_META_BYTES)
  if (text === undefined) return undefined
  try {
    const meta: unknown = parse(text, { schema: 'failsafe', customTags, maxAliasCount: 0 })
    if (typeof meta === 'object' && meta !== null && !Array.isArray(meta)) return meta as Meta
  } catch (cause) {
    throw invalid(`${file} is not valid YAML: correct it, or move its folder out of the store.`, { cause })
  }
  throw invalid(`${file} is not a YAML mapping: correct it, or move its folder out of the store.`)
}

export const readMeta = (folder: string) => readYaml(join(folder, 'meta.yaml'))

const scalar = (type: string, test: RegExp, resolve: (text: string) => unknown): ScalarTag => ({
  ...{ tag: `tag:yaml.org,2002:${type}`, default: true, test, resolve },
})
/** The unquoted scalars that Python's YAML does not read as text. */
const PYTHON = [
  scalar('null', /^null$/, () => null),
  scalar('bool', /^(?:true|false)$/, (text) => text === 'true'),
  scalar('float', /^[-+]?(?:(?:0|[1-9]\d*)|\d+\.\d*(?:e[-+]\d+)?)$/, Number),
]

/** Reads a YAML file with numbers, booleans and null as Python's YAML does. */
export const readTyped = (file: string) => readYaml(file, PYTHON)

/** A field's text; null and absent are undefined. */
export function textField(meta: Meta, name: string): string | undefined {
  const value = meta[name]
  return typeof value !== 'string' || value === 'null' || value === '~' || value === '' ? undefined : value
}

export const numberField = (meta: Meta, name: string) => {
  const value = Number(textField(meta, name) ?? Number.NaN)
  return Number.isSafeInteger(value) ? value : undefined
}

/** An object with this field, or an empty one if the value is undefined. */
export const optionalField = <Name extends string, T>(name: Name, value: T | undefined) =>
  (value === undefined ? {} : { [name]: value }) as { [key in Name]?: T }

/** The sorted names of the folders in a folder, without links. */
export function listFolders(path: string): string[] {
  return entries(path)
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
}

/** The files at any depth below a folder, as `/`-separated paths: MLflow stores keys with slashes as folders. */
export function listFiles(path: string, below = '', depth = 0): string[] {
  if (depth > MAX_DEPTH) throw invalid(`${path} is nested more than ${MAX_DEPTH} listFolders deep.`)
  return entries(join(path, below)).flatMap((entry) => {
    const key = below ? `${below}/${entry.name}` : entry.name
    if (entry.isDirectory()) return listFiles(path, key, depth + 1)
    return entry.isFile() ? [key] : []
  })
}

/** Each file of a folder as a key with its contents as the value. */
export const readPairs = (path: string) =>
  listFiles(path).map((key) => ({ key, value: readSmall(join(path, key), MAX_FILE_BYTES) ?? '' }))

/** Streams the non-empty lines of a file. */
export async function* readLines(file: string): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of createReadStream(file, { encoding: 'utf8' })) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > MAX_META_BYTES)
      throw invalid(`${file} has a line of more than ${MAX_META_BYTES} bytes.`)
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
    if (!found.isFile()) throw invalid(`${file} is not a regular file.`)
    if (found.size > maxBytes)
      throw invalid(`${file} has ${found.size} bytes, more than any value that MLflow accepts.`)
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
