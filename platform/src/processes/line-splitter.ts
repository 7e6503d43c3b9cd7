const MAX_LENGTH = 2_000

/** Splits the output of a process into lines; longer ones are cut. */
export class LineSplitter {
  readonly #onLine: (line: string) => void
  #rest = ''

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine
  }

  add(text: string): void {
    const lines = (this.#rest + text).split(/\r?\n|\r/)
    this.#rest = lines.pop()!.slice(0, MAX_LENGTH)
    for (const line of lines) this.#emit(line)
  }

  end(): void {
    this.#emit(this.#rest)
    this.#rest = ''
  }

  #emit(line: string) {
    if (line.trim() !== '') this.#onLine(line.slice(0, MAX_LENGTH))
  }
}
