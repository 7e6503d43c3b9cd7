const MAX_LENGTH = 2_000

/** Splits the output of a process into lines; longer ones are cut. Of a line that carriage returns rewrite, the last text counts. */
export class LineSplitter {
  readonly #onLine: (line: string) => void
  #rest = ''

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine
  }

  add(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lastRewrite(lines.pop()!).slice(0, MAX_LENGTH)
    for (const line of lines) this.#emit(lastRewrite(line.replace(/\r+$/, '')))
  }

  end(): void {
    this.#emit(this.#rest.replace(/\r+$/, ''))
    this.#rest = ''
  }

  #emit(line: string) {
    if (line.trim() !== '') this.#onLine(line.slice(0, MAX_LENGTH))
  }
}

/** A carriage return at the end may be half a line break. */
export const lastRewrite = (line: string): string => line.slice(line.lastIndexOf('\r', line.length - 2) + 1)
