import { constants, type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { invalid } from '@cairn/platform/errors'
import { protoFields } from './proto-fields.js'

/** Location of a tensor that is stored outside the graph's file. */
interface ExternalLocation {
  readonly location: string
  readonly offset: number
  readonly length: number | undefined
}

type Message = keyof typeof TENSOR_FIELDS

/** Field numbers of ONNX messages (onnx.proto3) that may contain tensors, and the messages in them. */
const TENSOR_FIELDS = {
  model: { 7: 'graph', 20: 'training', 25: 'function' },
  training: { 1: 'graph', 2: 'graph' },
  graph: { 1: 'node', 5: 'tensor', 15: 'sparse' },
  function: { 7: 'node', 11: 'attribute' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 22: 'sparse', 23: 'sparse' },
  sparse: { 1: 'tensor', 2: 'tensor' },
  tensor: {},
} as const satisfies Record<string, Readonly<Record<number, string>>>

const EXTERNAL_DATA = 13

/**
 * Reads the external data files of a graph, which `mlflow.onnx` writes for large tensors. They must be in the graph's
 * folder; otherwise a graph could read any file of this machine.
 *
 * @throws INVALID_PARAMETER_VALUE naming the file
 */
export async function readExternalData(
  onnx: Uint8Array,
  folder: string,
): Promise<Record<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>()
  for (const { location, offset, length } of externalLocations(onnx)) {
    const file = files.get(location) ?? (await readDataFile(folder, location))
    files.set(location, file)
    if (offset + (length ?? 0) > file.length)
      throw invalid(
        `The graph's data file '${location}' has ${file.length} bytes, fewer than the graph requires`,
      )
  }
  return Object.fromEntries(files)
}

/** @throws INVALID_PARAMETER_VALUE for a graph with tensors outside its file */
export function requireSelfContained(onnx: Uint8Array, name: string): void {
  const [external] = externalLocations(onnx)
  if (external) throw invalid(`${name}: must contain all tensors; one is in '${external.location}'`)
}

/** Iterative, as untrusted graphs may nest to any depth in attributes. */
function externalLocations(onnx: Uint8Array): ExternalLocation[] {
  const locations: ExternalLocation[] = []
  const pending: { readonly bytes: Uint8Array; readonly message: Message }[] = [
    { bytes: onnx, message: 'model' },
  ]
  for (let current = pending.pop(); current; current = pending.pop()) {
    const fields: Readonly<Record<number, Message>> = TENSOR_FIELDS[current.message]
    const entries: Uint8Array[] = []
    for (const { number, bytes } of protoFields(current.bytes)) {
      const message = fields[number]
      if (message) pending.push({ bytes, message })
      else if (current.message === 'tensor' && number === EXTERNAL_DATA) entries.push(bytes)
    }
    if (entries.length > 0) locations.push(parseLocation(entries))
  }
  return locations
}

/** Entries have the fields `key` (1) and `value` (2). */
function parseLocation(entries: readonly Uint8Array[]): ExternalLocation {
  const values = new Map(
    entries.map((entry) => {
      const fields = new Map([...protoFields(entry)].map(({ number, bytes }) => [number, textOf(bytes)]))
      return [fields.get(1), fields.get(2) ?? '']
    }),
  )
  const offset = Number(values.get('offset') ?? 0)
  const length = values.has('length') ? Number(values.get('length')) : undefined
  if (![offset, length ?? 0].every((bytes) => Number.isSafeInteger(bytes) && bytes >= 0))
    throw invalid("The graph's external data has an invalid offset or length")
  return { location: values.get('location') ?? '', offset, length }
}

const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8')

async function readDataFile(folder: string, location: string): Promise<Uint8Array> {
  if (!/^[\w-][\w.-]*$/.test(location))
    throw invalid(
      `The graph's data file '${location.slice(0, 100)}' must be a plain file name in the graph's folder`,
    )
  let file: FileHandle | undefined
  try {
    file = await open(join(folder, location), constants.O_RDONLY | constants.O_NOFOLLOW)
    const { nlink } = await file.stat()
    if (nlink > 1) throw new Error('a hard link to a file outside the folder')
    return await file.readFile()
  } catch (cause) {
    throw invalid(`The graph's data file '${location}' cannot be read from the graph's folder`, { cause })
  } finally {
    await file?.close()
  }
}
