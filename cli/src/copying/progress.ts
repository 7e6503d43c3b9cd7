import type { OnSkipped } from './sources/source.js'

type Counter =
  | 'experiments'
  | 'runs'
  | 'points'
  | 'logged models'
  | 'traces'
  | 'spans'
  | 'registered models'
  | 'versions'

const REDRAW_MS = 200
/** Between two lines of a log, which no terminal overwrites. */
const LINE_MS = 30_000

/** The characters of the line on a terminal. */
const LENGTH = 100

type ProgressStream = Pick<NodeJS.WriteStream, 'write' | 'isTTY'>

/** Callbacks for the files of one run or model. */
export interface FileObserver {
  readonly onFile: (bytes: number) => void
  readonly onSkipped: OnSkipped
}

/** Shows the progress: as one line on a terminal, and as a new line every half minute elsewhere. */
export class Progress {
  readonly counts: Record<Counter, number> = {
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
  readonly #stream: ProgressStream | undefined
  readonly #isTerminal: boolean
  #shownAt: number

  constructor(stream: ProgressStream | undefined) {
    this.#stream = stream
    this.#isTerminal = stream?.isTTY === true
    this.#shownAt = this.#isTerminal ? 0 : Date.now()
  }

  count(what: Counter, by = 1): void {
    this.counts[what] += by
    this.#show()
  }

  readonly file = (bytes: number): void => {
    this.files++
    this.bytes += bytes
    this.#show()
  }

  /** @param skipped collects the sentences; a set, because folders are listed more than once */
  observeFiles(skipped: Set<string>): FileObserver {
    return {
      onFile: this.file,
      onSkipped: (sentence) => {
        if (skipped.size === skipped.add(sentence).size) return
        this.done()
        this.#stream?.write(`Skipped: ${sentence}\n`)
      },
    }
  }

  done(): void {
    if (this.#isTerminal && this.#shownAt > 0) this.#stream?.write(`\r${' '.repeat(LENGTH)}\r`)
  }

  #show() {
    if (!this.#stream || Date.now() - this.#shownAt < (this.#isTerminal ? REDRAW_MS : LINE_MS)) return
    this.#shownAt = Date.now()
    const { runs, points, traces, versions } = this.counts
    const megabytes = (this.bytes / 1e6).toFixed(1)
    const line = `${runs} runs · ${points} points · ${this.files} files, ${megabytes} MB · ${traces} traces · ${versions} versions`
    this.#stream.write(this.#isTerminal ? `\r${line}   `.slice(0, LENGTH) : `${line}\n`)
  }
}
