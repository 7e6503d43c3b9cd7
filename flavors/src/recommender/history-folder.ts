import { invalid } from '@cairn/platform/errors'
import { type ModelFiles, readModelFile, readModelJson } from '../mlmodel/model-folder.js'
import { ITEMS_FILE, ItemTable, readItems } from './item-table.js'
import { type RecommenderTables, recommenderFiles } from './recommender-folder.js'
import { readUsers, USERS_FILE, UserTable } from './user-histories.js'

/** Tables and metadata of a history-based model, stored beside its weights. */
export interface HistoryTables extends RecommenderTables {
  /** Training parameters, for information. */
  readonly parameters: Readonly<Record<string, unknown>>
  /** Id of the protocol that the model was evaluated with. */
  readonly protocol?: string
}

const FORMAT_VERSION = 1
const manifestFile = (flavor: string) => `${flavor}.json`

/** Writes a model folder of `flavor`: the tables plus the model's own files and manifest entries. `metadata` is copied to MLmodel. */
export function writeHistoryFolder(
  flavor: string,
  { items, users, parameters, protocol }: HistoryTables,
  content: { readonly files: ModelFiles; readonly manifest: Readonly<Record<string, unknown>> },
  metadata?: Record<string, unknown>,
): ModelFiles {
  const manifest = {
    format: `cairn.${flavor}`,
    format_version: FORMAT_VERSION,
    ...content.manifest,
    items: items.ids.length,
    users: users?.ids.length ?? null,
    parameters,
    protocol: protocol ?? null,
  }
  const config = {
    data: manifestFile(flavor),
    files: [...Object.keys(content.files), ITEMS_FILE, ...(users ? [USERS_FILE] : [])],
    format_version: FORMAT_VERSION,
  }
  return recommenderFiles(
    { items, ...(users && { users }) },
    {
      files: { [manifestFile(flavor)]: `${JSON.stringify(manifest, null, 2)}\n`, ...content.files },
      flavors: { [flavor]: config },
      requirements: ['numpy', 'pyarrow'],
      ...(metadata && { metadata }),
    },
  )
}

/**
 * Reads the tables and the manifest of an untrusted folder.
 *
 * @throws INVALID_PARAMETER_VALUE naming the file and the problem
 */
export async function readHistoryFolder(
  flavor: string,
  folder: string,
): Promise<HistoryTables & { readonly manifest: Readonly<Record<string, unknown>> }> {
  const name = manifestFile(flavor)
  const manifest = await readModelJson(folder, name)
  const { format, format_version: version, parameters, protocol } = manifest
  if (format !== `cairn.${flavor}` || version !== FORMAT_VERSION)
    throw invalid(
      `${name}: must be 'cairn.${flavor}' of format_version ${FORMAT_VERSION}, ` +
        `got ${JSON.stringify(format)} of ${JSON.stringify(version)}`,
    )
  const items = readItems(await readModelFile(folder, ITEMS_FILE))
  const hasUsers = typeof manifest.users === 'number'
  return {
    manifest,
    items,
    ...(hasUsers && { users: readUsers(await readModelFile(folder, USERS_FILE), items.ids.length) }),
    parameters: typeof parameters === 'object' ? { ...parameters } : {},
    ...(typeof protocol === 'string' && { protocol }),
  }
}

/** Indexes the tables for a recommender. @throws INVALID_PARAMETER_VALUE when an id repeats */
export const indexTables = ({ items, users }: HistoryTables) => ({
  table: new ItemTable(items),
  ...(users && { users: new UserTable(users.ids, users.histories) }),
})
