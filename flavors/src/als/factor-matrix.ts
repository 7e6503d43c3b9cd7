import { invalid } from '@cairn/platform/errors'
import { COMPILED_KERNEL } from './kernel/module.js'

const PAGE = 65_536
const STACK_BYTES = PAGE * 2 // reserved by the compiled module, which does not use its stack

interface Kernel {
  score(rows: number, count: number, stride: number, vector: number, out: number): void
  outer(row: number, stride: number, matrix: number): void
}

const compiled = new WebAssembly.Module(Buffer.from(COMPILED_KERNEL, 'base64'))

/**
 * The item factors of an ALS model, copied once into the memory of a SIMD kernel in WebAssembly. Scoring is float32;
 * callers compute the scores that they return again in float64.
 */
export class FactorMatrix {
  readonly rows: number
  readonly width: number
  readonly #stride: number
  readonly #kernel: Kernel
  readonly #values: Float32Array
  readonly #vector: Float32Array
  readonly #scores: Float32Array
  readonly #matrix: Float64Array

  /** `values` is row-major. */
  constructor(values: Float32Array, width: number) {
    this.width = width
    this.rows = values.length / width
    this.#stride = Math.ceil(width / 8) * 8
    const { rows } = this
    const stride = this.#stride
    const bytes = STACK_BYTES + 4 * (rows * stride + stride + rows + (rows % 2)) + 8 * stride * stride + 64
    if (bytes > 2 ** 32) throw invalid(`als: ${rows} item factors of width ${width} do not fit into 4 GiB`)
    const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE) })
    this.#kernel = new WebAssembly.Instance(compiled, { env: { memory } }).exports as unknown as Kernel
    const { buffer } = memory
    this.#matrix = new Float64Array(buffer, STACK_BYTES, stride * stride)
    this.#vector = new Float32Array(buffer, STACK_BYTES + this.#matrix.byteLength, stride)
    this.#values = new Float32Array(buffer, this.#vector.byteOffset + this.#vector.byteLength, rows * stride)
    this.#scores = new Float32Array(buffer, this.#values.byteOffset + this.#values.byteLength, rows)
    for (let row = 0; row < rows; row++)
      this.#values.set(values.subarray(row * width, (row + 1) * width), row * stride)
  }

  row(row: number): Float64Array {
    const base = row * this.#stride
    return new Float64Array(this.#values.subarray(base, base + this.width))
  }

  /** Adds a row to the vector. */
  addTo(vector: Float64Array, row: number): void {
    const values = this.#values
    const base = row * this.#stride
    for (let k = 0; k < this.width; k++) vector[k]! += values[base + k]!
  }

  dot(row: number, vector: Float64Array): number {
    const values = this.#values
    const base = row * this.#stride
    let sum = 0
    for (let k = 0; k < this.width; k++) sum += values[base + k]! * vector[k]!
    return sum
  }

  /** Returns every row's dot product with `vector`, in float32; the next call reuses the array. */
  scoreAll(vector: Float64Array): Float32Array {
    this.#vector.fill(0)
    this.#vector.set(vector)
    const { byteOffset: values } = this.#values
    this.#kernel.score(values, this.rows, this.#stride, this.#vector.byteOffset, this.#scores.byteOffset)
    return this.#scores
  }

  /** Returns Σ v·vᵀ over `rows`, by default all: row-major, `width` squared; only the lower triangle is valid. */
  gram(rows?: readonly number[]): Float64Array {
    const stride = this.#stride
    const matrix = this.#matrix.fill(0)
    const count = rows ? rows.length : this.rows
    for (let index = 0; index < count; index++) {
      const row = rows ? rows[index]! : index
      this.#kernel.outer(this.#values.byteOffset + 4 * row * stride, stride, matrix.byteOffset)
    }
    const { width } = this
    const gram = new Float64Array(width * width)
    for (let i = 0; i < width; i++) gram.set(matrix.subarray(i * stride, i * stride + width), i * width)
    return gram
  }
}
