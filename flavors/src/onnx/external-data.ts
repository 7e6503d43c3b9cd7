import { constants, type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { invalid } from '@cairn/platform/errors'
import { protoFields } from './proto-fields.js'

/** Where a tensor of a graph lies when it is not in the graph's own file. */
interface Place {
  readonly location: string
  readonly offset: number
  readonly length: number | undefined
}

type Message = keyof typeof PARTS

/** Numbers of the fields of ONNX's messages (onnx.proto3) in which tensors can be. */
const PARTS = {
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
 * Reads the files in which a graph keeps its large tensors, as `mlflow.onnx` saves it. Each must lie beside the graph:
 * a graph that could name any file would read any file of this machine.
 *
 * @throws INVALID_PARAMETER_VALUE naming the file
 */
export async function readExternalData(
  onnx: Uint8Array,
  folder: string,
): Promise<Record<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>()
  for (const { location, offset, length } of placesOf(onnx)) {
    const file = files.get(location) ?? (await readBeside(folder, location))
    files.set(location, file)
    if (offset + (length ?? 0) > file.length)
      throw invalid(
        `The graph's data file '${location}' has ${file.length} bytes, fewer than the graph asks for`,
      )
  }
  return Object.fromEntries(files)
}

/** @throws INVALID_PARAMETER_VALUE for a graph with tensors outside its file */
export function requireSelfContained(onnx: Uint8Array, name: string): void {
  const [place] = placesOf(onnx)
  if (place) throw invalid(`${name}: must hold all of its tensors; one is in '${place.location}'`)
}

/** Without recursion: graphs nest in attributes as deep as their author likes. */
function placesOf(onnx: Uint8Array): Place[] {
  const places: Place[] = []
  const left: { readonly bytes: Uint8Array; readonly message: Message }[] = [
    { bytes: onnx, message: 'model' },
  ]
  for (let one = left.pop(); one; one = left.pop()) {
    const parts: Readonly<Record<number, Message>> = PARTS[one.message]
    const entries: Uint8Array[] = []
    for (const { number, bytes } of protoFields(one.bytes)) {
      const message = parts[number]
      if (message) left.push({ bytes, message })
      else if (one.message === 'tensor' && number === EXTERNAL_DATA) entries.push(bytes)
    }
    if (entries.length > 0) places.push(placeOf(entries))
  }
  return places
}

/** From entries of `key` (1) and `value` (2). */
function placeOf(entries: readonly Uint8Array[]): Place {
  const given = new Map(
    entries.map((entry) => {
      const fields = new Map([...protoFields(entry)].map(({ number, bytes }) => [number, textOf(bytes)]))
      return [fields.get(1), fields.get(2) ?? '']
    }),
  )
  const offset = Number(given.get('offset') ?? 0)
  const length = given.has('length') ? Number(given.get('length')) : undefined
  if (![offset, length ?? 0].every((one) => Number.isSafeInteger(one) && one >= 0))
    throw invalid("The graph's external data has an offset or length that is no number of bytes")
  return { location: given.get('location') ?? '', offset, length }
}

const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8')

async function readBeside(folder: string, location: string): Promise<Uint8Array> {
  if (!/^[\w-][\w.-]*$/.test(location))
    throw invalid(`The graph's data file '${location.slice(0, 100)}' must be a plain name beside the graph`)
  let file: FileHandle | undefined
  try {
    file = await open(join(folder, location), constants.O_RDONLY | constants.O_NOFOLLOW)
    const { nlink } = await file.stat()
    if (nlink > 1) throw new Error('another name of a file elsewhere')
    return await file.readFile()
  } catch (cause) {
    throw invalid(`The graph's data file '${location}' cannot be read from beside the graph`, { cause })
  } finally {
    await file?.close()
  }
}
