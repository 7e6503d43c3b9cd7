import type { ModelFiles } from '../mlmodel/model-folder.js'
import { ITEMS_FILE, type ItemMetadata, type ItemTable } from '../recommender/item-table.js'
import { readRecommenderTables, recommenderFiles } from '../recommender/recommender-folder.js'

export interface PopularityOptions {
  /** Id of the protocol that the model was evaluated with. */
  readonly protocol?: string
  /** Copied to MLmodel. */
  readonly metadata?: Record<string, unknown>
}

/** Writes a model folder of flavor `popularity`: `items.arrow`, `MLmodel` and the other files of MLflow. */
export function popularityFiles(items: ItemMetadata, options: PopularityOptions = {}): ModelFiles {
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
