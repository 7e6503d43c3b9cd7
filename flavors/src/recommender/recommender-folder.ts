import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Id } from '../id.js'
import { addMlflowFiles, type ModelDescription } from '../mlmodel/mlflow-files.js'
import { type ModelFiles, readModelFile } from '../mlmodel/model-folder.js'
import { ITEMS_FILE, type ItemMetadata, ItemTable, readItems, writeItems } from './item-table.js'
import { recommenderSignature } from './recommender-signature.js'
import { readUsers, USERS_FILE, type Users, UserTable, writeUsers } from './user-histories.js'

/** Tables that a recommender of any flavor stores. */
export interface RecommenderTables {
  readonly items: ItemMetadata
  /** Needed for requests with a `user_id`. */
  readonly users?: Users
}

/** Files and MLmodel entries of one flavor. */
export interface FlavorFiles extends Pick<ModelDescription, 'flavors' | 'requirements' | 'metadata'> {
  readonly files: ModelFiles
}

/** Writes a recommender's folder: its own files, `items.arrow`, `users.arrow`, `MLmodel` and the other files of MLflow. */
export function recommenderFiles(
  { items, users }: RecommenderTables,
  { files, ...description }: FlavorFiles,
): ModelFiles {
  return addMlflowFiles(
    { ...files, [ITEMS_FILE]: writeItems(items), ...(users && { [USERS_FILE]: writeUsers(users) }) },
    { ...description, ...signatureWithExample(items.ids, users?.ids) },
  )
}

/** Returns the signature and input example of a recommender. */
export const signatureWithExample = (itemIds: readonly Id[], userIds?: readonly Id[]) => ({
  signature: recommenderSignature(itemIds, userIds),
  inputExample: [{ history: itemIds.slice(0, 3), k: 10, filter_seen: true, reasons: true }],
})

/** @throws INVALID_PARAMETER_VALUE naming the file and the problem */
export async function readRecommenderTables(
  folder: string,
): Promise<{ table: ItemTable; users?: UserTable }> {
  const table = new ItemTable(readItems(await readModelFile(folder, ITEMS_FILE)))
  if (!existsSync(join(folder, USERS_FILE))) return { table }
  const { ids, histories } = readUsers(await readModelFile(folder, USERS_FILE), table.size)
  return { table, users: new UserTable(ids, histories) }
}
