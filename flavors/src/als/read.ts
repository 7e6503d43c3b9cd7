import { invalid } from '@cairn/platform/errors'
import { readArrowFile } from '../arrow/arrow-file.js'
import { ArrowColumnReader } from '../arrow/column-reader.js'
import { type Id, IdIndex } from '../id.js'
import { readModelFile, readModelJson } from '../mlmodel/model-folder.js'
import { ITEMS_FILE, type ItemMetadata, readItems, requireUniqueIds } from '../recommender/item-table.js'
import { FORMAT_VERSION, ITEM_FACTORS_FILE, MANIFEST_FILE, USER_FACTORS_FILE } from './files.js'
import { type AlsModel, checkAlsModel, checkAlsParameters } from './model.js'

/**
 * Reads an untrusted folder; factors are views of the files' bytes.
 *
 * @throws INVALID_PARAMETER_VALUE naming the file and the problem
 */
export async function readAls(folder: string): Promise<AlsModel> {
  const manifest = parseManifest(await readModelJson(folder, MANIFEST_FILE))
  const { dimensions } = manifest
  const items = readItems(await readModelFile(folder, ITEMS_FILE))
  const itemColumns = await readColumns(folder, ITEM_FACTORS_FILE)
  requireSameIds(items, itemColumns.ids('item_id'))
  const userColumns = await readColumns(folder, USER_FACTORS_FILE)
  const userIds = userColumns.ids('user_id')
  requireUniqueIds(new IdIndex(userIds), USER_FACTORS_FILE)
  const model: AlsModel = {
    ...manifest,
    items,
    itemFactors: itemColumns.vectors('factor', dimensions),
    userIds,
    userFactors: userColumns.vectors('factor', dimensions),
    ...(userColumns.has('seen') && { seen: userColumns.lists('seen', items.ids.length) }),
  }
  checkAlsModel(model)
  return model
}

async function readColumns(folder: string, name: string): Promise<ArrowColumnReader> {
  return new ArrowColumnReader(readArrowFile(await readModelFile(folder, name), name), name)
}

function requireSameIds(items: ItemMetadata, ids: readonly Id[]): void {
  const differs = ids.length !== items.ids.length || ids.some((id, row) => id !== items.ids[row])
  if (differs) throw invalid(`${ITEM_FACTORS_FILE}: item_id differs from that of ${ITEMS_FILE}`)
}

function parseManifest(
  manifest: Record<string, unknown>,
): Pick<AlsModel, 'dimensions' | 'parameters' | 'protocol'> {
  const { format, format_version: version, dimensions, parameters, protocol } = manifest
  if (format !== 'cairn.als')
    throw invalid(`${MANIFEST_FILE}: format must be 'cairn.als', got ${JSON.stringify(format)}`)
  if (version !== FORMAT_VERSION)
    throw invalid(
      `${MANIFEST_FILE}: format_version ${JSON.stringify(version)} is not supported; this release reads ${FORMAT_VERSION}`,
    )
  if (typeof dimensions !== 'number') throw invalid(`${MANIFEST_FILE}: dimensions must be a number`)
  if (typeof parameters !== 'object' || parameters === null)
    throw invalid(`${MANIFEST_FILE}: parameters are missing`)
  const copy: Record<string, unknown> = { ...parameters }
  checkAlsParameters(copy)
  return { dimensions, parameters: copy, ...(typeof protocol === 'string' && { protocol }) }
}
