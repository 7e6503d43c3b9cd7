import { randomInt } from 'node:crypto'
import { noteAccessChange } from '@cairn/platform/auth/access-cache'
import { EVERYONE, LOCAL_OWNER, type Principal } from '@cairn/platform/auth/principal'
import { enterSecurable, removeSecurable } from '@cairn/platform/auth/securables'
import type { Db, Transaction } from '@cairn/platform/db/db'
import { ApiError, invalid, missing } from '@cairn/platform/errors'
import type { WorkspaceObjectType } from '@cairn/platform/protocol/databricks/workspace'
import type { SecurableType } from '@cairn/platform/protocol/privileges'
import { sql } from 'kysely'
import type { WorkspaceObjectRow, WorkspaceSchema } from '../schema.js'
import { parentOf, ROOT, SHARED, USERS, withFolders } from './path.js'
import { chargeBytes, type Quota, requireObjects } from './quota.js'

type Tx = Transaction<WorkspaceSchema>

/** A notebook or file to create, whose blob is already stored. */
export type NewContent = Required<
  Pick<WorkspaceObjectRow, 'type' | 'language' | 'format' | 'blob_key' | 'size'>
>

interface PutOptions {
  readonly overwrite: boolean
  readonly by: Principal
  /** The object or folder on which access was decided. */
  readonly decidedOn: WorkspaceObjectRow
  /** True if the owner's replaced and deleted contents have been freed. */
  readonly hasFreed: boolean
}

/** The kind of securable that an object is. */
export const kindOf = (type: WorkspaceObjectType) => type.toLowerCase() as SecurableType

export const noSuchPath = (path: string) => missing(`Path (${path}) doesn't exist.`)
export const noSuchParent = (path: string) => missing(`The parent folder (${parentOf(path)}) does not exist.`)

/** Limits folders, because a listing has no pages. */
const MAX_CHILDREN = 10_000

/** Databricks' ids are numbers; 48 random bits are unguessable and do not collide. */
const newObjectId = () => randomInt(1, 2 ** 48 - 1)

/** Stores the tree of folders, notebooks and files. Its changes are serialised. */
export class ObjectStore {
  readonly #db: Db<WorkspaceSchema>
  readonly #now: () => number
  readonly #quota: Quota

  constructor(db: Db<WorkspaceSchema>, now: () => number, quota: Quota) {
    this.#db = db
    this.#now = now
    this.#quota = quota
  }

  /** Creates the root, the folder of homes, and the shared folder, in which everybody may create and edit. */
  async createFixed(): Promise<void> {
    await this.#change(async (tx) => {
      for (const path of [ROOT, USERS, SHARED]) {
        if (await find(tx, path)) continue
        const id = await this.#enterFolder(tx, path, LOCAL_OWNER)
        if (path === SHARED) await shareWithAll(tx, id, this.#now())
      }
    })
  }

  find(path: string): Promise<WorkspaceObjectRow | undefined> {
    return find(this.#db.read, path)
  }

  /** Returns the object at the path, or the nearest existing folder above it. */
  async nearest(path: string): Promise<WorkspaceObjectRow> {
    const rows = await this.#db.read
      .selectFrom('workspace_objects')
      .selectAll()
      .where('path', 'in', withFolders(path))
      .execute()
    return rows.sort((a, b) => b.path.length - a.path.length)[0]!
  }

  /** Lists the contents of a folder, ordered by path. */
  children({ object_id }: Pick<WorkspaceObjectRow, 'object_id'>): Promise<WorkspaceObjectRow[]> {
    return this.#db.read
      .selectFrom('workspace_objects')
      .selectAll()
      .where('parent_id', '=', object_id)
      .where('path', '!=', ROOT)
      .orderBy('path')
      .execute()
  }

  /** Creates a folder and its parents. @throws RESOURCE_ALREADY_EXISTS for a notebook or file on the path */
  makeFolders(path: string, owner: Principal, decidedOn?: WorkspaceObjectRow): Promise<void> {
    return this.#change(async (tx) => {
      if (decidedOn) await requireStill(tx, path, decidedOn)
      for (const folder of withFolders(path)) {
        const found = await find(tx, folder)
        if (found && found.type !== 'DIRECTORY')
          throw new ApiError(
            'RESOURCE_ALREADY_EXISTS',
            `Path (${folder}) already exists and is not a folder.`,
          )
        if (!found) await this.#enterFolder(tx, folder, owner)
      }
    })
  }

  /**
   * Creates or replaces a notebook or file.
   *
   * @throws RESOURCE_ALREADY_EXISTS unless `overwrite`; INVALID_PARAMETER_VALUE for an object of another type;
   * RESOURCE_DOES_NOT_EXIST for a folder that was deleted meanwhile; INVALID_STATE for a full folder, or an owner of too many objects;
   * BytesExceededError
   */
  put(path: string, content: NewContent, { overwrite, by, decidedOn, hasFreed }: PutOptions): Promise<void> {
    return this.#change(async (tx) => {
      await requireStill(tx, path, decidedOn)
      const found = await find(tx, path)
      const time = this.#now()
      if (found && !overwrite) throw new ApiError('RESOURCE_ALREADY_EXISTS', `Path (${path}) already exists.`)
      if (found && found.type !== content.type)
        throw invalid(
          `Path (${path}) is a ${kindOf(found.type)}: delete it first, or import it under another name.`,
        )
      const object_id = found?.object_id ?? (await this.#enter(tx, path, content, by))
      if (found) {
        await tx
          .updateTable('workspace_objects')
          .set({ ...content, modified_at: time })
          .where('object_id', '=', object_id)
          .execute()
        await releaseBlobs(tx, [object_id], time)
      }
      const blob_key = content.blob_key!
      const written = { object_id, blob_key, size: content.size!, replacedSize: found?.size ?? 0, hasFreed }
      await chargeBytes(tx, written, by, this.#quota)
      await tx
        .updateTable('workspace_blobs')
        .set({ object_id, changed_at: time })
        .where('blob_key', '=', blob_key)
        .execute()
    })
  }

  /**
   * Deletes an object, and a folder with its contents.
   *
   * @throws DIRECTORY_NOT_EMPTY unless `recursive`
   */
  delete(row: WorkspaceObjectRow, recursive: boolean): Promise<void> {
    const { object_id, path, type } = row
    return this.#change(async (tx) => {
      await requireStill(tx, path, row)
      const ids = await withContents(tx, object_id)
      if (ids.length > 1 && !recursive)
        throw new ApiError('DIRECTORY_NOT_EMPTY', `Folder (${path}) is not empty.`)
      for (let i = 0; i < ids.length; i += 500) {
        const some = ids.slice(i, i + 500)
        await releaseBlobs(tx, some, this.#now())
        await tx.deleteFrom('workspace_objects').where('object_id', 'in', some).execute()
      }
      await removeSecurable(tx, kindOf(type), String(object_id))
    })
  }

  /** Serialises changes, so that no object is created in a folder that is being deleted. */
  async #change(work: (tx: Tx) => Promise<void>): Promise<void> {
    await this.#db.transaction(async (tx) => {
      await this.#db.dialect.lock('workspace:tree')?.execute(tx)
      await work(tx)
    })
    noteAccessChange(this.#db)
  }

  #enterFolder(tx: Tx, path: string, owner: Principal): Promise<number> {
    const none = { language: null, format: null, blob_key: null, size: null }
    return this.#enter(tx, path, { type: 'DIRECTORY', ...none }, owner)
  }

  async #enter(tx: Tx, path: string, content: NewContent, owner: Principal): Promise<number> {
    const parent = path === ROOT ? undefined : await find(tx, parentOf(path))
    if (path !== ROOT && parent?.type !== 'DIRECTORY') throw noSuchParent(path)
    if (parent) await requireRoom(tx, parent)
    await requireObjects(tx, owner, this.#quota)
    const object_id = newObjectId()
    const created_at = this.#now()
    const row = { object_id, path, parent_id: parent?.object_id ?? null, ...content }
    await tx
      .insertInto('workspace_objects')
      .values({ ...row, created_at, modified_at: created_at })
      .execute()
    await enterSecurable(tx, {
      ...{ type: kindOf(content.type), id: String(object_id), name: path, owner: owner.id, created_at },
      ...(parent && { parent_id: String(parent.object_id) }),
    })
    return object_id
  }
}

const find = (read: Tx, path: string): Promise<WorkspaceObjectRow | undefined> =>
  read.selectFrom('workspace_objects').selectAll().where('path', '=', path).executeTakeFirst()

/** @throws INVALID_STATE for a full folder */
async function requireRoom(tx: Tx, { object_id, path }: WorkspaceObjectRow) {
  if (path === USERS) return // it has one folder for each principal
  const { count } = await tx
    .selectFrom('workspace_objects')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('parent_id', '=', object_id)
    .executeTakeFirstOrThrow()
  if (Number(count) >= MAX_CHILDREN)
    throw new ApiError(
      'INVALID_STATE',
      `Folder (${path}) has ${MAX_CHILDREN} objects already: use another folder.`,
    )
}

/** Returns the ids of an object and its contents. Follows parents, because databases order paths differently. */
async function withContents(tx: Tx, id: number): Promise<number[]> {
  const { rows } = await sql<{ object_id: number }>`
    with recursive contents(object_id) as (
      select object_id from workspace_objects where object_id = ${id}
      union select below.object_id from workspace_objects as below
        join contents on below.parent_id = contents.object_id)
    select object_id from contents`.execute(tx)
  return rows.map(({ object_id }) => object_id)
}

/** @throws RESOURCE_CONFLICT unless the object on which access was decided is still at the path or above it */
async function requireStill(tx: Tx, path: string, { object_id }: WorkspaceObjectRow) {
  const rows = await tx
    .selectFrom('workspace_objects')
    .select('object_id')
    .where('path', 'in', withFolders(path))
    .execute()
  if (rows.some((row) => row.object_id === object_id)) return
  throw new ApiError('RESOURCE_CONFLICT', `Path (${path}) was changed meanwhile: try again.`)
}

/** Marks blobs as unreferenced. They are deleted a day later, when reads have ended, or when their owner exceeds its quota. */
async function releaseBlobs(tx: Tx, ids: readonly number[], changed_at: number) {
  await tx
    .updateTable('workspace_blobs')
    .set({ object_id: null, changed_at })
    .where('object_id', 'in', ids)
    .execute()
}

async function shareWithAll(tx: Tx, id: number, granted_at: number) {
  const privileges = ['READ WORKSPACE', 'RUN WORKSPACE', 'EDIT WORKSPACE'] as const
  await tx
    .insertInto('grants')
    .values(
      privileges.map((privilege) => ({
        ...({ principal_id: EVERYONE.id, securable_type: 'directory', securable_id: String(id) } as const),
        ...{ privilege, granted_by: LOCAL_OWNER.name, granted_at },
      })),
    )
    .execute()
}
