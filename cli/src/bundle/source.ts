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
  readonly #text: string
  readonly #document: Document
  readonly #lines = new LineCounter()

  constructor(file: string, name: string) {
    this.file = file
    this.name = name
    this.#text = readFileSync(file, 'utf8')
    this.#document = parseDocument(this.#text, { lineCounter: this.#lines })
  }

  get value(): unknown {
    return this.#document.toJS({ maxAliasCount: 100 })
  }

  /** The first syntax error; the others follow from it. */
  problems(): Problem[] {
    return this.#document.errors.slice(0, 1).map((error) => ({
      ...{ file: this.name, line: error.linePos?.[0].line ?? 1 },
      message: messageOf(error).split('\n')[0]! + this.#hint(error),
    }))
  }

  /** `{ name: a-${var.b} }` is not YAML, and the parser's message does not say why. */
  #hint({ linePos }: { readonly linePos?: readonly { readonly line: number }[] | undefined }): string {
    const text = this.#text.split('\n')[(linePos?.[0]?.line ?? 1) - 1] ?? ''
    return /\{[^"']*\$\{/.test(text) ? ' Put values with references in braces into quotes.' : ''
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
