import { noteAccessChange } from '@cairn/platform/auth/access-cache'
import type { ArtifactLocations } from '@cairn/platform/blobs/artifact-locations'
import type { Db } from '@cairn/platform/db/db'
import type { CollectGarbage, GarbageItem } from '@cairn/platform/protocol/cairn/garbage'
import type { Client } from '@cairn/platform/protocol/client'
import type { Input, Output } from '@cairn/platform/protocol/operation'
import type { TrackingSchema } from '../schema.js'
import type { ExpiredItem } from './expired.js'
import { findFiles, findOwnFiles, NO_FILES, type StoredFiles } from './files.js'
import { orphanFolders } from './orphans.js'
import { purge } from './purge.js'
import { FileReferences } from './references.js'
import { SOFT_DELETED } from './soft-deleted.js'

const PAGE = 100
const CACHE_MS = 10 * 60_000

interface Options {
  readonly db: Db<TrackingSchema>
  readonly locations: ArtifactLocations
  readonly call: Client
  readonly now: () => number
}

type CollectedPage = Output<typeof CollectGarbage>
interface CollectionOptions {
  readonly before: number
  readonly apply: boolean
  readonly references: FileReferences
}

/**
 * Removes expired items permanently: first the row, then the files. After a crash in between, the files are orphans that
 * the next collection finds. It runs in the server, which has the only writer of an embedded database, the credentials
 * of the stores and the privileges of the caller.
 */
export class GarbageCollector {
  readonly #db: Db<TrackingSchema>
  readonly #locations: ArtifactLocations
  readonly #call: Client
  readonly #now: () => number
  #cached: { readonly references: FileReferences; readonly since: number } | undefined

  constructor({ db, locations, call, now }: Options) {
    this.#db = db
    this.#locations = locations
    this.#call = call
    this.#now = now
  }

  async page(input: Input<typeof CollectGarbage>): Promise<CollectedPage> {
    const { kind, older_than_seconds, apply = false, page_token = '' } = input
    const before = this.#now() - older_than_seconds * 1000
    if (kind === 'upload') return { items: await this.#collectUploads(before, apply) }
    const references = await this.#loadReferences(page_token)
    const page =
      kind === 'orphan'
        ? await this.#collectOrphans({ before, apply, references }, page_token)
        : await this.#collectDeleted(kind, { before, apply, references }, page_token)
    if (page.next_page_token === undefined) this.#cached = undefined
    return page
  }

  /**
   * Removes runs now, except those that were restored, or whose files were registered, after they were read.
   *
   * @param runs with the time of their deletion
   * @returns why runs are kept, by id
   */
  async purgeRuns(
    runs: readonly (ExpiredItem & { readonly deletedAt: number })[],
  ): Promise<ReadonlyMap<string, string>> {
    const references = this.#newReferences()
    await references.refresh()
    const reasons = new Map<string, string>()
    for (const run of runs) {
      const before = run.deletedAt + 1
      const { kept } = await this.#collectItem('run', run, { before, apply: true, references })
      if (kept !== undefined) reasons.set(run.id, kept)
    }
    return reasons
  }

  #newReferences(): FileReferences {
    return new FileReferences({ db: this.#db, locations: this.#locations, call: this.#call })
  }

  /**
   * Reuses the references of the previous page and adds new ones: reading all of them for each page would be quadratic.
   * They are released after the last page.
   */
  async #loadReferences(page_token: string): Promise<FileReferences> {
    const now = this.#now()
    if (page_token === '' || !this.#cached || now - this.#cached.since > CACHE_MS)
      this.#cached = { references: this.#newReferences(), since: now }
    const { references } = this.#cached
    await references.refresh()
    return references
  }

  async #collectDeleted(
    kind: keyof typeof SOFT_DELETED,
    collection: CollectionOptions,
    after: string,
  ): Promise<CollectedPage> {
    const rows = await SOFT_DELETED[kind].list(this.#db, { before: collection.before, after, limit: PAGE })
    const items: GarbageItem[] = []
    for (const row of rows) items.push(await this.#collectItem(kind, row, collection))
    return { items, ...(rows.length === PAGE && { next_page_token: rows.at(-1)!.id }) }
  }

  /** Before files are removed, includes versions that were registered since the page was started. */
  async #findReference(
    references: FileReferences,
    location: string,
    apply: boolean,
  ): Promise<string | undefined> {
    if (apply) await references.refreshVersions()
    return references.find(location)
  }

  async #collectItem(
    kind: keyof typeof SOFT_DELETED,
    row: ExpiredItem,
    { before, apply, references }: CollectionOptions,
  ): Promise<GarbageItem> {
    const { id, name, remaining = 0 } = row
    // An experiment has only the files of its runs and models. Its folder may be shared and is not removed.
    const files = kind === 'experiment' ? NO_FILES : await findOwnFiles(this.#locations, row)
    if (typeof files === 'string') return { kind, id, name, files: 0, bytes: 0, kept: files }
    const item = { kind, id, name, files: files.files, bytes: files.bytes }
    const owner =
      kind === 'experiment' ? undefined : await this.#findReference(references, row.location, apply)
    if (owner) return { ...item, kept: `${owner} uses its files` }
    if (!apply) return item
    if (remaining > 0) return { ...item, kept: `${remaining} of its runs, models and traces are kept` }
    const kept = await purge(this.#db, SOFT_DELETED[kind], id, before)
    if (kept !== undefined) return { ...item, kept }
    noteAccessChange(this.#db)
    await files.remove()
    return item
  }

  async #collectOrphans(
    { before, apply, references }: CollectionOptions,
    after: string,
  ): Promise<CollectedPage> {
    const items: GarbageItem[] = []
    for await (const folder of orphanFolders(this.#db, this.#locations, after)) {
      const files: StoredFiles = await findFiles(this.#locations.proxied(folder))
      if (files.newest >= before) continue
      const owner = await this.#findReference(references, `mlflow-artifacts:/${folder}`, apply)
      const item = { kind: 'orphan' as const, id: folder, name: '', files: files.files, bytes: files.bytes }
      if (apply && !owner) await files.remove()
      items.push({ ...item, ...(owner && { kept: `${owner} uses its files` }) })
      if (items.length === PAGE) return { items, next_page_token: folder }
    }
    return { items }
  }

  async #collectUploads(before: number, apply: boolean): Promise<GarbageItem[]> {
    const found = await this.#locations.proxied('').blobs.sweep?.(before, apply)
    if (!found || found.files === 0) return []
    return [{ kind: 'upload', id: 'unfinished', name: '', ...found }]
  }
}
