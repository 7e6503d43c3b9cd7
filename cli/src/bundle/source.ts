import { readFileSync } from 'node:fs'
import { messageOf } from '@cairn/platform/errors'
import { type Document, isCollection, isScalar, LineCounter, parseDocument } from 'yaml'

export interface Problem {
  readonly file: string
  readonly line: number
  readonly message: string
}

export type Path = readonly (string | number)[]

/** A YAML file of a bundle, with the line of each of its values for messages. */
export class Source {
  /** The name of the file in messages. */
  readonly name: string
  readonly file: string
  readonly #document: Document
  readonly #lines = new LineCounter()

  constructor(file: string, name: string) {
    this.file = file
    this.name = name
    this.#document = parseDocument(readFileSync(file, 'utf8'), { lineCounter: this.#lines })
  }

  get value(): unknown {
    return this.#document.toJS({ maxAliasCount: 100 })
  }

  /** Lists syntax errors. */
  problems(): Problem[] {
    return this.#document.errors.map((error) => ({
      ...{ file: this.name, line: error.linePos?.[0].line ?? 1 },
      message: messageOf(error).split('\n')[0]!,
    }))
  }

  /** A problem at the line of the value, or of the nearest value that contains it. */
  problem(path: Path, message: string): Problem {
    return { file: this.name, line: this.lineOf(path), message }
  }

  lineOf(path: Path): number {
    for (let length = path.length; length >= 0; length--) {
      const node = this.#document.getIn(path.slice(0, length), true)
      const key = this.#keyAt(path.slice(0, length))
      const range = key ?? (isScalar(node) || isCollection(node) ? node.range : undefined)
      if (range) return this.#lines.linePos(range[0]).line
    }
    return 1
  }

  /** The range of the key of a member, which is the line that a reader looks for. */
  #keyAt(path: Path) {
    const parent = path.length > 0 ? this.#document.getIn(path.slice(0, -1), true) : undefined
    if (!isCollection(parent)) return undefined
    const pair = parent.items.find((item) => {
      const key = (item as { key?: unknown }).key
      return isScalar(key) && key.value === path.at(-1)
    })
    const key = (pair as { key?: unknown } | undefined)?.key
    return isScalar(key) ? key.range : undefined
  }
}
