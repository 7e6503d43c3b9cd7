export interface ImportProgress {
  readonly phase: 'download' | 'verify' | 'unpack' | 'read' | 'join' | 'write' | 'commit'
  /** The file or table that the phase works on. */
  readonly name: string
  readonly done: number
  /** 0 if unknown. */
  readonly total: number
  readonly unit: 'bytes' | 'rows'
}

export type OnProgress = (progress: ImportProgress) => void

/** The progress of an import. Reports each new phase, and within a phase at most ten times a second. */
export class Progress {
  readonly #report: OnProgress
  #current: ImportProgress = { phase: 'verify', name: '', done: 0, total: 0, unit: 'bytes' }
  #reportedAt = 0

  constructor(report: OnProgress = () => {}) {
    this.#report = report
  }

  begin(phase: ImportProgress['phase'], name: string, total: number, unit: ImportProgress['unit']): void {
    this.#current = { phase, name, done: 0, total, unit }
    this.#report(this.#current)
  }

  advance(by: number): void {
    this.at(this.#current.done + by)
  }

  at(done: number, total = this.#current.total): void {
    this.#current = { ...this.#current, done, total }
    const at = performance.now()
    if (at - this.#reportedAt < 100 && done !== total) return
    this.#reportedAt = at
    this.#report(this.#current)
  }

  /** Converts the share of a statement that DuckDB reports to the unit of the phase. */
  fraction(share: number): void {
    this.at(Math.max(this.#current.done, Math.round(share * this.#current.total)))
  }

  end(): void {
    this.at(this.#current.total)
  }
}
