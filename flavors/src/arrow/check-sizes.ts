/**
 * Checks that the tables and vectors declared in an Arrow file fit into it. The library allocates and loops by the
 * declared sizes, so a few corrupt bytes may keep it busy for hours; this reads the same fields first.
 * Layouts: Apache Arrow's File.fbs, Message.fbs and Schema.fbs.
 *
 * @throws RangeError naming what does not fit
 */
export function checkDeclaredSizes(bytes: Uint8Array): void {
  const sizes = new SizeChecker(bytes)
  const end = bytes.length - MAGIC.length
  if (!isMagic(bytes.subarray(end)) || !isMagic(bytes.subarray(0, MAGIC.length)))
    throw new RangeError('not an Arrow file')
  const footerBytes = sizes.int32(end - 4)
  const footer = sizes.root(end - 4 - footerBytes)
  sizes.checkSchema(sizes.child(footer, FOOTER.schema))
  const [dictionaries] = sizes.vector(footer, FOOTER.dictionaries, BLOCK_BYTES)
  if (dictionaries > 0) throw new RangeError('dictionaries are not supported')
  const [blocks, first] = sizes.vector(footer, FOOTER.recordBatches, BLOCK_BYTES)
  for (let block = 0; block < blocks; block++) sizes.checkBatch(sizes.int64(first + block * BLOCK_BYTES))
}

const MAGIC = 'ARROW1'
const isMagic = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1') === MAGIC

const BLOCK_BYTES = 24
const FOOTER = { schema: 1, dictionaries: 2, recordBatches: 3 }
const SCHEMA = { fields: 1, metadata: 2 }
const FIELD = { name: 0, children: 5, metadata: 6 }
const MESSAGE = { headerType: 1, header: 2, bodyLength: 3, metadata: 4 }
const RECORD_BATCH = 3
const BATCH = { length: 0, nodes: 1, buffers: 2 }
/** Field nodes and buffers are two int64 each. */
const PAIR_BYTES = 16
const MAX_DEPTH = 8

/** Reads flatbuffers. DataView throws a RangeError beyond the file; the total declared size is capped. */
class SizeChecker {
  readonly #view: DataView
  /** Valid files declare each byte about once; tables that share strings count them again. */
  #budget: number

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#budget = 2 * bytes.length
  }

  int32 = (at: number) => this.#view.getInt32(at, true)
  int64 = (at: number) => Number(this.#view.getBigInt64(at, true))

  root(at: number): number {
    return at + this.#view.getUint32(at, true)
  }

  /** Returns the table that a field of `table` refers to. */
  child(table: number, field: number): number {
    const at = this.#offsetOf(table, field)
    if (at === undefined) throw new RangeError('a table is missing')
    return this.root(at)
  }

  /** Returns the number of elements of a vector field and the offset of the first. */
  vector(table: number, field: number, elementBytes: number): [count: number, first: number] {
    const at = this.#offsetOf(table, field)
    if (at === undefined) return [0, 0]
    const vector = this.root(at)
    const count = this.#view.getUint32(vector, true)
    this.#spend(count * elementBytes + 4)
    return [count, vector + 4]
  }

  checkSchema(schema: number): void {
    this.#checkMetadata(schema, SCHEMA.metadata)
    this.#checkFields(schema, SCHEMA.fields, 0)
  }

  #checkFields(table: number, field: number, depth: number): void {
    if (depth > MAX_DEPTH) throw new RangeError('fields are nested too deeply')
    const [count, first] = this.vector(table, field, 4)
    for (let n = 0; n < count; n++) {
      const child = this.root(first + n * 4)
      this.vector(child, FIELD.name, 1)
      this.#checkMetadata(child, FIELD.metadata)
      this.#checkFields(child, FIELD.children, depth + 1)
    }
  }

  #checkMetadata(table: number, field: number): void {
    const [count, first] = this.vector(table, field, 4)
    for (let n = 0; n < count; n++)
      for (const keyOrValue of [0, 1]) this.vector(this.root(first + n * 4), keyOrValue, 1)
  }

  /** A message is 0xFFFFFFFF, the length of its header, the header. */
  checkBatch(at: number): void {
    if (this.int32(at) !== -1) throw new RangeError('a message has no continuation marker')
    const message = this.root(at + 8)
    const type = this.#offsetOf(message, MESSAGE.headerType)
    if (type === undefined || this.#view.getUint8(type) !== RECORD_BATCH)
      throw new RangeError('a block is not a record batch')
    this.#checkMetadata(message, MESSAGE.metadata)
    this.#checkCount(message, MESSAGE.bodyLength, 1)
    const batch = this.child(message, MESSAGE.header)
    this.#checkCount(batch, BATCH.length, 8)
    const [nodes, first] = this.vector(batch, BATCH.nodes, PAIR_BYTES)
    for (let n = 0; n < 2 * nodes; n++) this.#require(this.int64(first + n * 8), 8)
    const [buffers, start] = this.vector(batch, BATCH.buffers, PAIR_BYTES)
    for (let n = 0; n < 2 * buffers; n++) this.#require(this.int64(start + n * 8), 1)
  }

  /** Checks a count of elements of which at most `perByte` fit into a byte. */
  #checkCount(table: number, field: number, perByte: number): void {
    const at = this.#offsetOf(table, field)
    if (at !== undefined) this.#require(this.int64(at), perByte)
  }

  #require(count: number, perByte: number): void {
    if (count < 0 || count > perByte * this.#view.byteLength)
      throw new RangeError(`${count} elements do not fit into the file`)
  }

  /** Returns the offset of a field of a table, undefined if absent. */
  #offsetOf(table: number, field: number): number | undefined {
    this.#spend(1)
    const fields = table - this.int32(table)
    const slot = 4 + 2 * field
    if (slot >= this.#view.getUint16(fields, true)) return undefined
    const offset = this.#view.getUint16(fields + slot, true)
    return offset === 0 ? undefined : table + offset
  }

  #spend(bytes: number): void {
    this.#budget -= bytes
    if (this.#budget < 0) throw new RangeError('the declared sizes exceed the file')
  }
}
