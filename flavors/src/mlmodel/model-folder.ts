import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { invalid } from '@cairn/platform/errors'

/** Contents of a model's files by `/`-separated path. */
export type ModelFiles = Record<string, string | Uint8Array>

/** Node's limit for reading a whole file. */
const MAX_BYTES = 2 ** 31 - 1

/** @throws INVALID_PARAMETER_VALUE when the file is missing, not a regular file, or larger than `maxBytes` */
export async function readModelFile(folder: string, name: string, maxBytes = MAX_BYTES): Promise<Buffer> {
  const path = join(folder, name)
  const info = await stat(path).catch((cause: unknown) => {
    throw invalid(`The model has no ${name}`, { cause })
  })
  if (!info.isFile()) throw invalid(`The model's ${name} is not a file`)
  if (info.size > maxBytes)
    throw invalid(`The model's ${name} has ${info.size} bytes, more than the limit of ${maxBytes}`)
  return readFile(path)
}

/** @throws INVALID_PARAMETER_VALUE when the file is not a JSON object */
export async function readModelJson(folder: string, name: string): Promise<Record<string, unknown>> {
  const text = (await readModelFile(folder, name, 1 << 20)).toString('utf8')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw invalid(`${name}: not readable as JSON`, { cause })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid(`${name}: must be a JSON object`)
  return value as Record<string, unknown>
}
