import { idColumn, listColumn, vectorColumn, writeArrowFile } from '../arrow/arrow-file.js'
import { IdIndex } from '../id.js'
import { addMlflowFiles } from '../mlmodel/mlflow-files.js'
import type { ModelFiles } from '../mlmodel/model-folder.js'
import { ITEMS_FILE, requireUniqueIds, writeItems } from '../recommender/item-table.js'
import { signatureWithExample } from '../recommender/recommender-folder.js'
import { FORMAT_VERSION, ITEM_FACTORS_FILE, MANIFEST_FILE, USER_FACTORS_FILE } from './files.js'
import { type AlsModel, checkAlsModel } from './model.js'

/**
 * Writes a model folder of flavor `als`. The factors are plain Arrow files, not pickles. `metadata` is copied to
 * MLmodel.
 */
export function alsFiles(model: AlsModel, metadata?: Record<string, unknown>): ModelFiles {
  checkAlsModel(model)
  requireUniqueIds(new IdIndex(model.userIds), 'users')
  const { dimensions, items, userIds, protocol } = model
  const counts = { items: items.ids.length, users: userIds.length, events: model.seen?.items.length ?? null }
  const manifest = {
    format: 'cairn.als',
    format_version: FORMAT_VERSION,
    dimensions,
    counts,
    parameters: model.parameters,
    protocol: protocol ?? null,
  }
  const config = {
    data: MANIFEST_FILE,
    item_factors: ITEM_FACTORS_FILE,
    user_factors: USER_FACTORS_FILE,
    items: ITEMS_FILE,
    format_version: FORMAT_VERSION,
    dimensions,
  }
  return addMlflowFiles(
    {
      [MANIFEST_FILE]: `${JSON.stringify(manifest, null, 2)}\n`,
      [ITEM_FACTORS_FILE]: itemFactors(model),
      [USER_FACTORS_FILE]: userFactors(model),
      [ITEMS_FILE]: writeItems(items),
    },
    {
      flavors: { als: config },
      ...signatureWithExample(items.ids, userIds),
      requirements: ['numpy', 'pyarrow'],
      ...(metadata && { metadata }),
    },
  )
}

const itemFactors = ({ items, itemFactors, dimensions }: AlsModel) =>
  writeArrowFile(items.ids.length, {
    item_id: idColumn(items.ids),
    factor: vectorColumn(itemFactors, dimensions),
  })

const userFactors = ({ userIds, userFactors, dimensions, seen }: AlsModel) =>
  writeArrowFile(userIds.length, {
    user_id: idColumn(userIds),
    factor: vectorColumn(userFactors, dimensions),
    ...(seen && { seen: listColumn(seen.offsets, seen.items) }),
  })
