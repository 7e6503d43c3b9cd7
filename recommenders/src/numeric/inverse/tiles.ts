import { floats } from '../kernel/arena.js'
import { SIDE, TILE_BYTES } from './kernel/kernel.js'

/** How many tiles lie before row `row` of tiles: only the lower triangle is kept, the tiles on the diagonal whole. */
export const tilesBefore = (row: number) => (row * (row + 1)) / 2

export const tileRows = (size: number) => Math.ceil(size / SIDE)

/** Bytes of a symmetric matrix in tiles. */
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
    const tile = tilesBefore(Math.floor(row / SIDE)) + Math.floor(column / SIDE)
    return (tile * SIDE + (row % SIDE)) * SIDE + (column % SIDE)
  }
}
