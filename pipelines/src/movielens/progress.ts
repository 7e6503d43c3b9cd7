export interface ImportProgress {
  readonly phase: 'download' | 'verify' | 'unpack' | 'read' | 'join' | 'write' | 'commit'
  /** The file or table that the phase works on. */
  readonly name: string
  readonly done: number
  /** 0 while it is unknown. */
  readonly total: number
  readonly unit: 'bytes' | 'rows'
}

export type OnProgress = (progress: ImportProgress) => void

/** Where an import stands. Reports on every change of phase, and between them at most ten times a second. */
export class Progress {
  readonly #report: OnProgress
  #now: ImportProgress = { phase: 'verify', name: '', done: 0, total: 0, unit: 'bytes' }
  #reportedAt = 0

  constructor(report: OnProgress = () => {}) {
    this.#report = report
  }

  begin(phase: ImportProgress['phase'], name: string, total: number, unit: ImportProgress['unit']): void {
    this.#now = { phase, name, done: 0, total, unit }
    this.#report(this.#now)
  }

  advance(by: number): void {
    this.at(this.#now.done + by)
  }

  at(done: number, total = this.#now.total): void {
    this.#now = { ...this.#now, done, total }
    const at = performance.now()
    if (at - this.#reportedAt < 100 && done !== total) return
    this.#reportedAt = at
    this.#report(this.#now)
  }

  /** DuckDB tells a share of its statement; the phase knows what the whole is. */
  fraction(share: number): void {
    this.at(Math.max(this.#now.done, Math.round(share * this.#now.total)))
  }

  end(): void {
    this.at(this.#now.total)
  }
}
