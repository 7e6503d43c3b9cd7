import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Description, withCompanions } from '../mlmodel/companion-files.js'
import { type ModelFiles, readModelFile } from '../mlmodel/model-folder.js'
import type { Id } from './id.js'
import { ITEMS_FILE, type Items, ItemTable, readItems, writeItems } from './item-table.js'
import { recommenderSignature } from './recommendation.js'
import { readUsers, USERS_FILE, type Users, UserTable, writeUsers } from './user-histories.js'

/** What a recommender stores beside its own files: what its answers need whatever the model. */
export interface Catalogue {
  readonly items: Items
  /** So that it answers to a `user_id`; without it only to histories. */
  readonly users?: Users
}

export interface Own extends Pick<Description, 'flavors' | 'requirements' | 'metadata'> {
  readonly files: ModelFiles
}

/** A recommender's folder: its own files, `items.arrow`, `users.arrow`, `MLmodel` and companions. */
export function recommenderFiles({ items, users }: Catalogue, { files, ...description }: Own): ModelFiles {
  return withCompanions(
    { ...files, [ITEMS_FILE]: writeItems(items), ...(users && { [USERS_FILE]: writeUsers(users) }) },
    { ...description, ...askedBy(items.ids, users?.ids) },
  )
}

/** How every recommender is asked and what it answers, with an example. */
export const askedBy = (itemIds: readonly Id[], userIds?: readonly Id[]) => ({
  signature: recommenderSignature(itemIds, userIds),
  inputExample: [{ history: itemIds.slice(0, 3), k: 10, filter_seen: true }],
})

/** @throws INVALID_PARAMETER_VALUE naming the file and what is wrong with it */
export async function readCatalogue(folder: string): Promise<{ table: ItemTable; users?: UserTable }> {
  const table = new ItemTable(readItems(await readModelFile(folder, ITEMS_FILE)))
  if (!existsSync(join(folder, USERS_FILE))) return { table }
  const { ids, histories } = readUsers(await readModelFile(folder, USERS_FILE), table.size)
  return { table, users: new UserTable(ids, histories) }
}
