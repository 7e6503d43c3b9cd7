import type { ModelFiles } from '../mlmodel/model-folder.js'
import { ITEMS_FILE, type Items, type ItemTable } from '../recommender/item-table.js'
import { readRecommenderTables, recommenderFiles } from '../recommender/recommender-folder.js'

/** `protocol`: how the model was measured; `metadata` goes into MLmodel as it is. */
export interface PopularityOptions {
  readonly protocol?: string
  readonly metadata?: Record<string, unknown>
}

/** A model folder of flavor `popularity`: `MLmodel`, `items.arrow` and companions. */
export function popularityFiles(items: Items, options: PopularityOptions = {}): ModelFiles {
  const { protocol, metadata } = options
  const config = {
    data: ITEMS_FILE,
    format_version: 1,
    items: items.ids.length,
    ...(protocol && { protocol }),
  }
  return recommenderFiles(
    { items },
    {
      files: {},
      flavors: { popularity: config },
      requirements: ['pyarrow'],
      ...(metadata && { metadata }),
    },
  )
}

export const readPopularity = async (folder: string): Promise<ItemTable> =>
  (await readRecommenderTables(folder)).table
