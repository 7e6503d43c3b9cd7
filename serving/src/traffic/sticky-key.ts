import type { RequestBody } from '../protocols/protocol.js'

/** Larger bodies are not parsed in the main thread: their queries are distributed at random. */
const MAX_BYTES = 64 * 1024

/**
 * The value by which a query is assigned to an entity; undefined for a random assignment.
 *
 * @param stickyBy `user`, or `field:NAME` for a field of the first row of a JSON body
 */
export function stickyKey(stickyBy: string, principalId: string, body: RequestBody): string | undefined {
  if (stickyBy === 'user') return principalId
  const value = firstValue(parse(body), stickyBy.slice('field:'.length))
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

/** Undefined for anything but a JSON object: the model reports the error. */
function parse({ bytes, contentEncoding }: RequestBody): Record<string, unknown> | undefined {
  if (bytes.byteLength > MAX_BYTES || contentEncoding !== undefined) return undefined
  try {
    const value: unknown = JSON.parse(
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(),
    )
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** The value of a field in the first row of any form of MLflow's protocol, or of a tensor in the Open Inference Protocol. */
function firstValue(body: Record<string, unknown> | undefined, field: string): unknown {
  if (!body) return undefined
  const { dataframe_split: split, dataframe_records, instances, inputs } = body
  if (isObject(split) && Array.isArray(split.columns) && Array.isArray(split.data))
    return listOf(split.data[0])[split.columns.indexOf(field)]
  for (const rows of [dataframe_records, instances, inputs]) {
    const [row] = listOf(rows)
    if (isObject(row) && Object.hasOwn(row, field)) return row[field]
  }
  if (isObject(inputs) && Object.hasOwn(inputs, field))
    return Array.isArray(inputs[field]) ? inputs[field][0] : inputs[field]
  const tensor = listOf(inputs).find((one) => isObject(one) && one.name === field)
  return isObject(tensor) ? listOf(tensor.data)[0] : undefined
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
