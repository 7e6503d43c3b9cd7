/**
 * Whether the tables and vectors that an Arrow file claims to have fit into it. The library allocates and loops by
 * whatever is written there, so a few changed bytes may keep it busy for hours; this reads the same places first.
 * Layouts: Apache Arrow's File.fbs, Message.fbs and Schema.fbs.
 *
 * @throws RangeError saying what does not fit
 */
export function checkArrowClaims(bytes: Uint8Array): void {
  const claims = new Claims(bytes)
  const end = bytes.length - MAGIC.length
  if (!isMagic(bytes.subarray(end)) || !isMagic(bytes.subarray(0, MAGIC.length)))
    throw new RangeError('not an Arrow file')
  const footerBytes = claims.int32(end - 4)
  const footer = claims.root(end - 4 - footerBytes)
  claims.checkSchema(claims.child(footer, FOOTER.schema))
  const [dictionaries] = claims.vector(footer, FOOTER.dictionaries, BLOCK_BYTES)
  if (dictionaries > 0) throw new RangeError('it has dictionaries')
  const [blocks, first] = claims.vector(footer, FOOTER.recordBatches, BLOCK_BYTES)
  for (let block = 0; block < blocks; block++) claims.checkBatch(claims.int64(first + block * BLOCK_BYTES))
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
/** Of field nodes and buffers: two int64 each. */
const PAIR_BYTES = 16
const MOST_DEPTH = 8

/** Reads flatbuffers; a read beyond the file is a RangeError of DataView, and what is claimed in all is counted. */
class Claims {
  readonly #view: DataView
  /** Files of any use claim each byte once, or a little more where tables share strings. */
  #left: number

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#left = 2 * bytes.length
  }

  int32 = (at: number) => this.#view.getInt32(at, true)
  int64 = (at: number) => Number(this.#view.getBigInt64(at, true))

  root(at: number): number {
    return at + this.#view.getUint32(at, true)
  }

  /** The table that a field of `table` refers to. */
  child(table: number, field: number): number {
    const at = this.#place(table, field)
    if (at === undefined) throw new RangeError('a table is missing')
    return this.root(at)
  }

  /** How many elements a vector field has, and where the first is. */
  vector(table: number, field: number, elementBytes: number): [count: number, first: number] {
    const at = this.#place(table, field)
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
    if (depth > MOST_DEPTH) throw new RangeError('fields are nested too deep')
    const [count, first] = this.vector(table, field, 4)
    for (let n = 0; n < count; n++) {
      const one = this.root(first + n * 4)
      this.vector(one, FIELD.name, 1)
      this.#checkMetadata(one, FIELD.metadata)
      this.#checkFields(one, FIELD.children, depth + 1)
    }
  }

  #checkMetadata(table: number, field: number): void {
    const [count, first] = this.vector(table, field, 4)
    for (let n = 0; n < count; n++) for (const part of [0, 1]) this.vector(this.root(first + n * 4), part, 1)
  }

  /** A message: 0xFFFFFFFF, the length of its head, the head. */
  checkBatch(at: number): void {
    if (this.int32(at) !== -1) throw new RangeError('a message without a marker')
    const message = this.root(at + 8)
    const type = this.#place(message, MESSAGE.headerType)
    if (type === undefined || this.#view.getUint8(type) !== RECORD_BATCH)
      throw new RangeError('a block that is no record batch')
    this.#checkMetadata(message, MESSAGE.metadata)
    this.#checkCount(message, MESSAGE.bodyLength, 1)
    const batch = this.child(message, MESSAGE.header)
    this.#checkCount(batch, BATCH.length, 8)
    const [nodes, first] = this.vector(batch, BATCH.nodes, PAIR_BYTES)
    for (let n = 0; n < 2 * nodes; n++) this.#require(this.int64(first + n * 8), 8)
    const [buffers, start] = this.vector(batch, BATCH.buffers, PAIR_BYTES)
    for (let n = 0; n < 2 * buffers; n++) this.#require(this.int64(start + n * 8), 1)
  }

  /** A count of things of which a byte holds at most `perByte`. */
  #checkCount(table: number, field: number, perByte: number): void {
    const at = this.#place(table, field)
    if (at !== undefined) this.#require(this.int64(at), perByte)
  }

  #require(count: number, perByte: number): void {
    if (count < 0 || count > perByte * this.#view.byteLength)
      throw new RangeError(`${count} of something that the file has no room for`)
  }

  /** Where a table has a field, if it has it. */
  #place(table: number, field: number): number | undefined {
    this.#spend(1)
    const fields = table - this.int32(table)
    const slot = 4 + 2 * field
    if (slot >= this.#view.getUint16(fields, true)) return undefined
    const offset = this.#view.getUint16(fields + slot, true)
    return offset === 0 ? undefined : table + offset
  }

  #spend(bytes: number): void {
    this.#left -= bytes
    if (this.#left < 0) throw new RangeError('it claims to hold more than it does')
  }
}
