import type { LeftOut } from './sources/source.js'

type Counted =
  | 'experiments'
  | 'runs'
  | 'points'
  | 'logged models'
  | 'traces'
  | 'spans'
  | 'registered models'
  | 'versions'

const EVERY_MS = 200

/** What is told of the files of one run or model, one by one. */
export interface Told {
  readonly file: (bytes: number) => void
  readonly leftOut: LeftOut
}

/** One line on a terminal, and nothing where there is none; but what is left out is said either way. */
export class Progress {
  readonly counts: Record<Counted, number> = {
    experiments: 0,
    runs: 0,
    points: 0,
    'logged models': 0,
    traces: 0,
    spans: 0,
    'registered models': 0,
    versions: 0,
  }
  files = 0
  bytes = 0
  readonly #warnings: NodeJS.WriteStream | undefined
  readonly #stream: NodeJS.WriteStream | undefined
  #shownAt = 0

  constructor(stream: NodeJS.WriteStream | undefined) {
    this.#warnings = stream
    this.#stream = stream?.isTTY ? stream : undefined
  }

  count(what: Counted, by = 1): void {
    this.counts[what] += by
    this.#show()
  }

  readonly file = (bytes: number): void => {
    this.files++
    this.bytes += bytes
    this.#show()
  }

  /** @param sentences where what is left out is added, each once: folders are listed more than once */
  told(sentences: Set<string>): Told {
    return {
      file: this.file,
      leftOut: (sentence) => {
        if (sentences.size === sentences.add(sentence).size) return
        this.done()
        this.#warnings?.write(`Left out: ${sentence}\n`)
      },
    }
  }

  done(): void {
    if (this.#shownAt > 0) this.#stream?.write(`\r${' '.repeat(100)}\r`)
  }

  #show() {
    if (!this.#stream || Date.now() - this.#shownAt < EVERY_MS) return
    this.#shownAt = Date.now()
    const { runs, points, traces, versions } = this.counts
    const megabytes = (this.bytes / 1e6).toFixed(1)
    this.#stream.write(
      `\r${runs} runs · ${points} points · ${this.files} files, ${megabytes} MB · ${traces} traces · ${versions} versions   `.slice(
        0,
        100,
      ),
    )
  }
}
