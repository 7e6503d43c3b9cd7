import { appendFileSync, existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { invalid } from '@cairn/platform/errors'
import type { RunDigest } from '@cairn/platform/protocol/imports'

export interface MovedExperiment {
  readonly kind: 'experiment'
  readonly id: string
  /** The experiment's id here. */
  readonly to: string
}

/** Artifacts by what the source says they are: `files` with `bytes` in all. */
export interface Moved {
  readonly id: string
  /** Where the artifacts were, and where they are now. */
  readonly from: string
  readonly uri: string
  readonly files: number
  readonly bytes: number
  /** A sentence for each link that was not followed. */
  readonly left_out?: readonly string[]
}
export interface MovedRun extends Moved {
  readonly kind: 'run'
  /** The run's id here. */
  readonly to: string
  /** What the run held in the source. */
  readonly digest: RunDigest
  /** Changes when the run goes on. */
  readonly state: string
}
export interface MovedModel extends Moved {
  readonly kind: 'logged model'
  /** What the source had, and what of it must be found here. */
  readonly digest: string
  readonly contents: string
}
export interface MovedRegisteredModel {
  readonly kind: 'registered model'
  readonly id: string
  readonly versions: number
  readonly digest: string
  readonly contents: string
}
export type Entry = MovedExperiment | MovedRun | MovedModel | MovedRegisteredModel

interface What {
  readonly from: string
  readonly server: string
  /** Left out where they come along. */
  readonly artifacts?: false
}

/**
 * What a migration has done, one line each, written after the server had confirmed it: who runs the same migration
 * again goes on from there. Losing the file loses no data, only the time, because imports are idempotent.
 */
export class Ledger {
  readonly #file: string | undefined
  readonly #header: string
  readonly #entries = new Map<string, Entry>()

  /** @param file none for a migration that is not to be resumed. @throws INVALID_PARAMETER_VALUE for another migration's */
  constructor(file: string | undefined, what: What) {
    this.#file = file
    this.#header = JSON.stringify(what)
    if (!file) return
    const [first, ...lines] = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : ['']
    if (!first) appendFileSync(file, `${this.#header}\n`)
    if (first && first !== this.#header)
      throw invalid(`${file} belongs to another migration (${first}): name another with --state.`)
    const last = lines.pop()
    for (const line of lines) this.#remember(JSON.parse(line) as Entry)
    // Torn by a kill, within a letter even: what it said is done again.
    if (last) truncateSync(file, readFileSync(file).lastIndexOf('\n') + 1)
  }

  find<K extends Entry['kind']>(kind: K, id: string): Extract<Entry, { kind: K }> | undefined {
    return this.#entries.get(`${kind} ${id}`) as Extract<Entry, { kind: K }> | undefined
  }

  list<K extends Entry['kind']>(kind: K): Extract<Entry, { kind: K }>[] {
    return [...this.#entries.values()].filter((entry) => entry.kind === kind) as Extract<Entry, { kind: K }>[]
  }

  put(entry: Entry): void {
    if (this.#file) appendFileSync(this.#file, `${JSON.stringify(entry)}\n`)
    this.#remember(entry)
  }

  /** Forgets what it knows: of a server that has lost it, everything is brought again. */
  clear(): void {
    this.#entries.clear()
    if (this.#file) writeFileSync(this.#file, `${this.#header}\n`)
  }

  remove(): void {
    if (this.#file) rmSync(this.#file, { force: true })
  }

  #remember(entry: Entry) {
    this.#entries.set(`${entry.kind} ${entry.id}`, entry)
  }
}
