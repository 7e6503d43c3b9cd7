import { formatBytes } from '../client/format.js'

const CELLS = 24
const REDRAW_MS = 100

/** A progress bar for bytes; silent without a terminal. */
export class ByteBar {
  readonly #stream: NodeJS.WriteStream
  readonly #total: number
  #done = 0
  #label = ''
  #drawnAt = 0

  constructor(stream: NodeJS.WriteStream, total: number) {
    this.#stream = stream
    this.#total = total
  }

  show(label: string): void {
    this.#label = label
    this.#draw()
  }

  add(bytes: number): void {
    this.#done = Math.min(this.#total, this.#done + bytes)
    if (Date.now() - this.#drawnAt >= REDRAW_MS) this.#draw()
  }

  clear(): void {
    if (this.#stream.isTTY) this.#stream.write('\r\x1b[2K')
  }

  #draw(): void {
    this.#drawnAt = Date.now()
    if (!this.#stream.isTTY) return
    const filled = Math.round((this.#total > 0 ? this.#done / this.#total : 1) * CELLS)
    const bar = '━'.repeat(filled) + '╌'.repeat(CELLS - filled)
    const line = `${bar}  ${formatBytes(this.#done)} of ${formatBytes(this.#total)}  ${this.#label}`
    this.#stream.write(`\r\x1b[2K${line.slice(0, this.#stream.columns - 1)}`)
  }
}
