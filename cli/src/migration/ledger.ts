import { appendFileSync, existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { invalid } from '@cairn/platform/errors'
import type { RunDigest, TraceDigest } from '@cairn/platform/protocol/imports'

export interface MovedExperiment {
  readonly kind: 'experiment'
  readonly id: string
  /** The experiment's id here. */
  readonly to: string
  /** Changes with its tags, and when it is deleted or restored. */
  readonly state?: string
  /** As the source had them. */
  readonly tags?: readonly { readonly key: string; readonly value?: string }[]
}

/** Artifacts by what the source says they are: `files` with `bytes` in all. */
export interface MovedFiles {
  readonly files: number
  readonly bytes: number
  /** Changes with them, as far as the source tells; none of what may change without a sign of it. */
  readonly listing?: string
  /** A sentence for each link that was not followed. */
  readonly left_out?: readonly string[]
}
interface Moved extends MovedFiles {
  readonly id: string
  /** Where the artifacts were, and where they are now. */
  readonly from: string
  readonly uri: string
}
export interface MovedRun extends Moved {
  readonly kind: 'run'
  /** The run's id here. */
  readonly to: string
  /** What the run held in the source. */
  readonly digest: RunDigest
  /** Changes with what the run says, but for its history. */
  readonly state: string
  /** Changes with its history, as far as the source tells; none of a run that goes on. */
  readonly history?: string
}
export interface MovedModel extends Moved {
  readonly kind: 'logged model'
  /** What the source had, and what of it must be found here. */
  readonly digest: string
  readonly contents: string
}
export interface MovedTrace {
  readonly kind: 'trace'
  readonly id: string
  /** What the trace held in the source. */
  readonly digest: TraceDigest
  /** Changes with it, as far as the source tells; none of one that goes on, or that came without spans. */
  readonly state?: string
  /** The source has none that can be read. */
  readonly without_spans?: true
}
export interface MovedRegisteredModel {
  readonly kind: 'registered model'
  readonly id: string
  readonly versions: number
  readonly digest: string
  readonly contents: string
}
export type Entry = MovedExperiment | MovedRun | MovedModel | MovedTrace | MovedRegisteredModel

interface Forgotten {
  readonly kind: Entry['kind']
  readonly id: string
  readonly forgotten: true
}

interface What {
  readonly from: string
  readonly server: string
  /** Left out where they come along. */
  readonly artifacts?: false
}

/**
 * What a migration has done, one line each, written after the server had confirmed it: who runs the same migration
 * again goes on from there, and one that is done brings what has changed since. Losing the file loses no data, only the
 * time, because imports are idempotent.
 */
export class Ledger {
  readonly #file: string | undefined
  readonly #header: string
  readonly #entries = new Map<string, Entry>()
  readonly #met = new Set<string>()

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
    for (const line of lines) this.#remember(JSON.parse(line) as Entry | Forgotten)
    // Torn by a kill, within a letter even: what it said is done again.
    if (last) truncateSync(file, readFileSync(file).lastIndexOf('\n') + 1)
  }

  /** What the source has: it is met from now on. */
  find<K extends Entry['kind']>(kind: K, id: string): Extract<Entry, { kind: K }> | undefined {
    const key = `${kind} ${id}`
    this.#met.add(key)
    return this.#entries.get(key) as Extract<Entry, { kind: K }> | undefined
  }

  list<K extends Entry['kind']>(kind: K): Extract<Entry, { kind: K }>[] {
    return [...this.#entries.values()].filter((entry) => entry.kind === kind) as Extract<Entry, { kind: K }>[]
  }

  /** Those that were looked for since the file was opened: the source may have lost others. */
  met<K extends Entry['kind']>(kind: K): Extract<Entry, { kind: K }>[] {
    return this.list(kind).filter(({ id }) => this.#met.has(`${kind} ${id}`))
  }

  put(entry: Entry): void {
    if (JSON.stringify(this.find(entry.kind, entry.id)) === JSON.stringify(entry)) return
    this.#append(entry)
    this.#remember(entry)
  }

  /** Forgets what it knows: of a server that has lost it, everything is brought again. */
  clear(): void {
    this.#entries.clear()
    if (this.#file) writeFileSync(this.#file, `${this.#header}\n`)
  }

  /** One thing, which is brought again then. */
  forget({ kind, id }: Entry): void {
    this.#append({ kind, id, forgotten: true })
    this.#remember({ kind, id, forgotten: true })
  }

  #append(line: Entry | Forgotten) {
    if (this.#file) appendFileSync(this.#file, `${JSON.stringify(line)}\n`)
  }

  #remember(line: Entry | Forgotten) {
    const key = `${line.kind} ${line.id}`
    if ('forgotten' in line) this.#entries.delete(key)
    else this.#entries.set(key, line)
  }
}
