import type { ArtifactLocations } from '@cairn/platform/blobs/artifact-locations'
import type { Db } from '@cairn/platform/db/db'
import type { Client } from '@cairn/platform/protocol/client'
import type { CollectGarbage, GarbageItem } from '@cairn/platform/protocol/garbage'
import type { Input, Output } from '@cairn/platform/protocol/operation'
import type { TrackingSchema } from '../schema.js'
import { DELETED } from './deleted.js'
import type { Doomed } from './doomed.js'
import { type Files, filesAt, filesOf, NO_FILES } from './files.js'
import { Holders } from './holders.js'
import { orphanFolders } from './orphans.js'
import { purge } from './purge.js'

const PAGE = 100
const KEPT_MS = 10 * 60_000

interface Options {
  readonly db: Db<TrackingSchema>
  readonly locations: ArtifactLocations
  readonly call: Client
  readonly now: () => number
}

type Collected = Output<typeof CollectGarbage>
interface Collection {
  readonly before: number
  readonly apply: boolean
  readonly holders: Holders
}

/**
 * What was deleted long enough ago goes for good, row first and then its files: what a crash leaves between the two is
 * an orphan that the next collection finds. It is the server that collects, beside everything else it does: it has the
 * one writer of an embedded database, the stores' credentials, and the rights of who asks.
 */
export class Garbage {
  readonly #db: Db<TrackingSchema>
  readonly #locations: ArtifactLocations
  readonly #call: Client
  readonly #now: () => number
  #kept: { readonly holders: Holders; readonly since: number } | undefined

  constructor({ db, locations, call, now }: Options) {
    this.#db = db
    this.#locations = locations
    this.#call = call
    this.#now = now
  }

  async page(input: Input<typeof CollectGarbage>): Promise<Collected> {
    const { kind, older_than_seconds, apply = false, page_token = '' } = input
    const before = this.#now() - older_than_seconds * 1000
    if (kind === 'upload') return { items: await this.#uploads(before, apply) }
    const holders = await this.#holders(page_token)
    const page =
      kind === 'orphan'
        ? await this.#orphans({ before, apply, holders }, page_token)
        : await this.#deleted(kind, { before, apply, holders }, page_token)
    if (page.next_page_token === undefined) this.#kept = undefined
    return page
  }

  /**
   * Of the page before, with what came since: to read all of them for each page is a collection that never ends. After
   * the last page they are let go: they may be many.
   */
  async #holders(page_token: string): Promise<Holders> {
    const now = this.#now()
    if (page_token === '' || !this.#kept || now - this.#kept.since > KEPT_MS)
      this.#kept = {
        holders: new Holders({ db: this.#db, locations: this.#locations, call: this.#call }),
        since: now,
      }
    const { holders } = this.#kept
    await holders.renew()
    return holders
  }

  async #deleted(kind: keyof typeof DELETED, collection: Collection, after: string): Promise<Collected> {
    const rows = await DELETED[kind].page(this.#db, { before: collection.before, after, limit: PAGE })
    const items: GarbageItem[] = []
    for (const row of rows) items.push(await this.#collect(kind, row, collection))
    return { items, ...(rows.length === PAGE && { next_page_token: rows.at(-1)!.id }) }
  }

  /** Files are about to be removed, so a version counts that was registered while others of the page were. */
  async #holder(holders: Holders, location: string, apply: boolean): Promise<string | undefined> {
    if (apply) await holders.renewVersions()
    return holders.find(location)
  }

  async #collect(
    kind: keyof typeof DELETED,
    row: Doomed,
    { before, apply, holders }: Collection,
  ): Promise<GarbageItem> {
    const { id, name, left = 0 } = row
    // An experiment's files are its runs' and models'; a folder that it shares with others is not touched.
    const files = kind === 'experiment' ? NO_FILES : await filesOf(this.#locations, row)
    if (typeof files === 'string') return { kind, id, name, files: 0, bytes: 0, kept: files }
    const item = { kind, id, name, files: files.files, bytes: files.bytes }
    const holder = kind === 'experiment' ? undefined : await this.#holder(holders, row.location, apply)
    if (holder) return { ...item, kept: `${holder} has its files` }
    if (!apply) return item
    if (left > 0) return { ...item, kept: `${left} of its runs, models and traces stay` }
    const kept = await purge(this.#db, DELETED[kind], id, before)
    if (kept !== undefined) return { ...item, kept }
    await files.remove()
    return item
  }

  async #orphans({ before, apply, holders }: Collection, after: string): Promise<Collected> {
    const items: GarbageItem[] = []
    for await (const folder of orphanFolders(this.#db, this.#locations, after)) {
      const files: Files = await filesAt(this.#locations.proxied(folder))
      if (files.newest >= before) continue
      const holder = await this.#holder(holders, `mlflow-artifacts:/${folder}`, apply)
      const item = { kind: 'orphan' as const, id: folder, name: '', files: files.files, bytes: files.bytes }
      if (apply && !holder) await files.remove()
      items.push({ ...item, ...(holder && { kept: `${holder} has its files` }) })
      if (items.length === PAGE) return { items, next_page_token: folder }
    }
    return { items }
  }

  async #uploads(before: number, apply: boolean): Promise<GarbageItem[]> {
    const found = await this.#locations.proxied('').blobs.sweep?.(before, apply)
    if (!found || found.files === 0) return []
    return [{ kind: 'upload', id: 'unfinished', name: '', ...found }]
  }
}
