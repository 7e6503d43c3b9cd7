import { invalid } from '@cairn/platform/errors'
import {
  type Data,
  type DataType,
  Field,
  FixedSizeList,
  Float32,
  Float64,
  Int32,
  Int64,
  List,
  makeData,
  RecordBatch,
  RecordBatchReader,
  Schema,
  Struct,
  Table,
  tableToIPC,
  Utf8,
} from 'apache-arrow'
import type { Id } from '../id.js'
import { checkDeclaredSizes } from './check-sizes.js'

type Column = Data<DataType>

/** Writes an Arrow IPC file of one record batch from columns of equal length without nulls. */
export function writeArrowFile(length: number, columns: Record<string, Column>): Uint8Array {
  const fields = Object.entries(columns).map(([name, data]) => new Field(name, data.type, false))
  const schema = new Schema(fields)
  const rows = makeData({ type: new Struct(fields), length, nullCount: 0, children: Object.values(columns) })
  return tableToIPC(new Table([new RecordBatch(schema, rows)]), 'file')
}

/** Integers become int32 where they fit, else int64; text becomes utf8. */
export function idColumn(ids: readonly Id[]): Column {
  const { length } = ids
  if (ids.some((id) => typeof id !== 'number')) return textColumn(ids.map(String))
  const numbers = ids as readonly number[]
  if (!numbers.every(Number.isSafeInteger)) throw invalid('ids must be integers or text')
  if (numbers.every((id) => id === (id | 0)))
    return makeData({ type: new Int32(), length, nullCount: 0, data: Int32Array.from(numbers) })
  return makeData({ type: new Int64(), length, nullCount: 0, data: BigInt64Array.from(numbers, BigInt) })
}

export function textColumn(texts: readonly string[]): Column {
  const encoded = texts.map((text) => Buffer.from(text, 'utf8'))
  const valueOffsets = offsetsOf(encoded.map((bytes) => bytes.length))
  const data = Buffer.concat(encoded)
  return makeData({ type: new Utf8(), length: texts.length, nullCount: 0, valueOffsets, data })
}

export const numberColumn = (numbers: Float64Array): Column =>
  makeData({ type: new Float64(), length: numbers.length, nullCount: 0, data: numbers })

/** Row-major vectors, `width` wide, without a copy. */
export function vectorColumn(values: Float32Array, width: number): Column {
  const child = makeData({ type: new Float32(), length: values.length, nullCount: 0, data: values })
  const type = new FixedSizeList(width, new Field('item', new Float32(), false))
  return makeData({ type, length: values.length / width, nullCount: 0, child })
}

export const listColumn = (offsets: Int32Array, items: Int32Array): Column =>
  lists(offsets, makeData({ type: new Int32(), length: items.length, nullCount: 0, data: items }))

export const numberListColumn = (offsets: Int32Array, values: Float32Array): Column =>
  lists(offsets, makeData({ type: new Float32(), length: values.length, nullCount: 0, data: values }))

function lists(valueOffsets: Int32Array, child: Data<Int32 | Float32>): Column {
  const type = new List(new Field('item', child.type, false))
  return makeData({ type, length: valueOffsets.length - 1, nullCount: 0, valueOffsets, child })
}

function offsetsOf(lengths: readonly number[]): Int32Array {
  const offsets = new Int32Array(lengths.length + 1)
  for (let row = 0; row < lengths.length; row++) offsets[row + 1] = offsets[row]! + lengths[row]!
  return offsets
}

/**
 * Reads an untrusted Arrow file. `ArrowColumnReader` validates its columns as they are read.
 *
 * @throws INVALID_PARAMETER_VALUE naming the file
 */
export function readArrowFile(bytes: Uint8Array, name: string): Table {
  let table: Table
  try {
    // Typed-array views need aligned bytes; small buffers may start in the middle of a pool.
    checkDeclaredSizes(bytes)
    table = readBatches(bytes.byteOffset % 8 === 0 ? bytes : bytes.slice())
    if (table.schema.fields.length === 0) throw new Error('no columns')
    for (const index of table.schema.fields.keys()) table.getChildAt(index) // throws for unknown types
  } catch (cause) {
    throw invalid(`${name}: not readable as an Arrow file`, { cause })
  }
  // The narrowest row has a four-byte id.
  if (table.numRows * 4 > bytes.length)
    throw invalid(`${name}: more rows than its ${bytes.length} bytes can hold`)
  return table
}

/** Reads batch by batch: `tableFromIPC` loops forever if the footer points to something other than a record batch. */
function readBatches(bytes: Uint8Array): Table {
  const reader = RecordBatchReader.from(bytes)
  if (!reader.isFile()) throw new Error('a stream, not a file')
  reader.open()
  const batches = Array.from({ length: reader.numRecordBatches }, (_, index) => {
    const batch = reader.readRecordBatch(index)
    if (!batch) throw new Error(`block ${index} is not a record batch`)
    return batch
  })
  return new Table(reader.schema, batches)
}
