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

const EVERY_MS = 200

/** Callbacks for the files of one run or model. */
export interface FileObserver {
  readonly onFile: (bytes: number) => void
  readonly onSkipped: OnSkipped
}

/** Shows one progress line on a terminal. Warnings about skipped files are written without a terminal, too. */
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
  readonly #warnings: NodeJS.WriteStream | undefined
  readonly #stream: NodeJS.WriteStream | undefined
  #shownAt = 0

  constructor(stream: NodeJS.WriteStream | undefined) {
    this.#warnings = stream
    this.#stream = stream?.isTTY ? stream : undefined
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
        this.#warnings?.write(`Skipped: ${sentence}\n`)
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
