import { floats } from '../kernel/arena.js'
import { TILE_BYTES, TILE_SIDE } from './kernel/tile-kernel.js'

/** The number of tiles before row `row` of tiles. Only the lower triangle is stored; diagonal tiles are stored whole. */
export const tilesBefore = (row: number) => (row * (row + 1)) / 2

export const tileRows = (size: number) => Math.ceil(size / TILE_SIDE)

/** The size in bytes of a symmetric matrix stored in tiles. */
export const tileBytes = (size: number) => tilesBefore(tileRows(size)) * TILE_BYTES

/** A symmetric matrix of `size` rows in shared memory. */
export class SymmetricTiles {
  readonly size: number
  readonly #values: Float32Array

  constructor(memory: WebAssembly.Memory, pointer: number, size: number) {
    this.size = size
    this.#values = floats(memory, pointer, tileBytes(size) / 4)
  }

  at(row: number, column: number): number {
    const [high, low] = row >= column ? [row, column] : [column, row]
    return this.#values[this.#place(high, low)]!
  }

  set(row: number, column: number, value: number): void {
    this.#values[this.#place(row, column)] = value
  }

  /** Copies one row, scaled, to `into`. */
  row(row: number, scale: number, into: Float32Array): void {
    for (let column = 0; column < this.size; column++) into[column] = scale * this.at(row, column)
  }

  #place(row: number, column: number): number {
    const tile = tilesBefore(Math.floor(row / TILE_SIDE)) + Math.floor(column / TILE_SIDE)
    return (tile * TILE_SIDE + (row % TILE_SIDE)) * TILE_SIDE + (column % TILE_SIDE)
  }
}
