const MAX_LENGTH = 2_000

/** Splits the output of a process into lines, and cuts long ones. Passes on only the last text of a rewritten line. */
export class LineSplitter {
  readonly #onLine: (line: string) => void
  #rest = ''

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine
  }

  add(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = unfinishedRewrite(lines.pop()!).slice(0, MAX_LENGTH)
    for (const line of lines) this.#emit(line)
  }

  end(): void {
    this.#emit(this.#rest)
    this.#rest = ''
  }

  #emit(line: string) {
    const text = lastRewrite(line)
    if (text.trim() !== '') this.#onLine(text.slice(0, MAX_LENGTH))
  }
}

/** Returns the last text of a line that carriage returns rewrite. */
export function lastRewrite(line: string): string {
  const text = withoutReturns(line)
  return text.slice(text.lastIndexOf('\r') + 1)
}

/** Like `lastRewrite`, but keeps a carriage return at the end, which may be half a line break or begin a rewrite. */
export function unfinishedRewrite(line: string): string {
  const text = lastRewrite(line)
  return text !== '' && line.endsWith('\r') ? `${text}\r` : text
}

/** Removes returns from the end in linear time. Without the lookbehind, many returns would take quadratic time. */
const withoutReturns = (line: string) => line.replace(/(?<!\r)\r+$/, '')
