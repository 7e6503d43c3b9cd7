import { appendFileSync, existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { invalid } from '@cairn/platform/errors'
import type { RunDigest, TraceDigest } from '@cairn/platform/protocol/cairn/imports'

export interface MigratedExperiment {
  readonly kind: 'experiment'
  readonly id: string
  /** The experiment's id on the target. */
  readonly to: string
  /** A digest of its tags and lifecycle stage. */
  readonly state?: string
  /** The tags in the source. */
  readonly tags?: readonly { readonly key: string; readonly value?: string }[]
}

/** The number and total size of the artifacts in the source. */
export interface MigratedFiles {
  readonly files: number
  readonly bytes: number
  /** A digest of their paths, sizes and times; absent while the owner may still change. */
  readonly listing?: string
  /** A sentence for each link that was not followed, and each file that the target refused. */
  readonly left_out?: readonly string[]
  /** Why the source could not read them, so that they are missing on the target. */
  readonly unreadable?: string
}
interface MigratedArtifacts extends MigratedFiles {
  readonly id: string
  /** The artifact URIs in the source and on the target. */
  readonly from: string
  readonly uri: string
}
export interface MigratedRun extends MigratedArtifacts {
  readonly kind: 'run'
  /** The run's id on the target. */
  readonly to: string
  /** The digest of the run in the source. */
  readonly digest: RunDigest
  /** A digest of the run without its history. */
  readonly state: string
  /** A digest of the extents of its metrics; absent for an unfinished run. */
  readonly history?: string
}
export interface MigratedModel extends MigratedArtifacts {
  readonly kind: 'logged model'
  /** A digest of the source's model, and of what must be equal on the target. */
  readonly digest: string
  readonly contents: string
}
export interface MigratedTrace {
  readonly kind: 'trace'
  readonly id: string
  /** The digest of the trace in the source. */
  readonly digest: TraceDigest
  /** A digest of the trace without its spans; absent for an unfinished trace and for one without spans. */
  readonly state?: string
  /** The source has no readable spans. */
  readonly without_spans?: true
}
export interface MigratedRegisteredModel {
  readonly kind: 'registered model'
  readonly id: string
  readonly versions: number
  readonly digest: string
  readonly contents: string
}
interface MigratedHolder {
  readonly id: string
  readonly digest: string
  /** The numbers of permissions that were imported and left out. */
  readonly permissions: number
  readonly left_out: number
  /** The parts that the server left out, one sentence each. */
  readonly notes: readonly string[]
}
export interface MigratedUser extends MigratedHolder {
  readonly kind: 'user'
  /** A digest of the hash of the password in the source. */
  readonly password: string
  readonly is_admin: boolean
}
export interface MigratedRole extends MigratedHolder {
  readonly kind: 'role'
}
export type Entry =
  | MigratedExperiment
  | MigratedRun
  | MigratedModel
  | MigratedTrace
  | MigratedRegisteredModel
  | MigratedUser
  | MigratedRole

interface Tombstone {
  readonly kind: Entry['kind']
  readonly id: string
  readonly forgotten: true
}

interface MigrationKey {
  readonly from: string
  readonly server: string
  /** Only set for a migration without artifacts. */
  readonly artifacts?: false
}

/**
 * The progress of a migration, one line per migrated item, written after the server confirmed it. Running the migration
 * again resumes from here, or copies later changes. Losing the file costs time but no data: imports are idempotent.
 */
export class Ledger {
  readonly #file: string | undefined
  readonly #header: string
  readonly #entries = new Map<string, Entry>()
  readonly #seen = new Set<string>()

  /** @param file undefined to keep the ledger in memory. @throws INVALID_PARAMETER_VALUE for the file of another migration */
  constructor(file: string | undefined, key: MigrationKey) {
    this.#file = file
    this.#header = JSON.stringify(key)
    if (!file) return
    const [first, ...lines] = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : ['']
    if (!first) appendFileSync(file, `${this.#header}\n`)
    if (first && first !== this.#header)
      throw invalid(`${file} belongs to another migration (${first}): pass another file with --state.`)
    const last = lines.pop()
    for (const line of lines) this.#apply(JSON.parse(line) as Entry | Tombstone)
    // A kill may have cut off the last line, even within a character: its item is migrated again.
    if (last) truncateSync(file, readFileSync(file).lastIndexOf('\n') + 1)
  }

  /** Finds the entry of an item of the source, and marks it as seen. */
  find<K extends Entry['kind']>(kind: K, id: string): Extract<Entry, { kind: K }> | undefined {
    const key = `${kind} ${id}`
    this.#seen.add(key)
    return this.#entries.get(key) as Extract<Entry, { kind: K }> | undefined
  }

  list<K extends Entry['kind']>(kind: K): Extract<Entry, { kind: K }>[] {
    return [...this.#entries.values()].filter((entry) => entry.kind === kind) as Extract<Entry, { kind: K }>[]
  }

  /** The entries that were looked up since the file was opened; the source may have lost the others. */
  seen<K extends Entry['kind']>(kind: K): Extract<Entry, { kind: K }>[] {
    return this.list(kind).filter(({ id }) => this.#seen.has(`${kind} ${id}`))
  }

  put(entry: Entry): void {
    if (JSON.stringify(this.find(entry.kind, entry.id)) === JSON.stringify(entry)) return
    this.#append(entry)
    this.#apply(entry)
  }

  /** Removes all entries, so that everything is migrated again: the target was replaced. */
  clear(): void {
    this.#entries.clear()
    if (this.#file) writeFileSync(this.#file, `${this.#header}\n`)
  }

  /** Removes an entry, so that the item is migrated again. */
  forget({ kind, id }: Entry): void {
    this.#append({ kind, id, forgotten: true })
    this.#apply({ kind, id, forgotten: true })
  }

  #append(line: Entry | Tombstone) {
    if (this.#file) appendFileSync(this.#file, `${JSON.stringify(line)}\n`)
  }

  #apply(line: Entry | Tombstone) {
    const key = `${line.kind} ${line.id}`
    if ('forgotten' in line) this.#entries.delete(key)
    else this.#entries.set(key, line)
  }
}
