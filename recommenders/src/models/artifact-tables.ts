import type { HistoryTables } from '@cairn/flavors/recommender/history-folder'
import { countByItem } from '../data/interactions.js'
import { allHistories } from '../data/item-lists.js'
import type { ArtifactContext } from '../recipe.js'

/** The tables of a history model fitted with `parameters`; the protocol is `metadata.protocol`, if present. */
export function artifactTables(
  { train, facts = {}, metadata }: ArtifactContext,
  parameters: Readonly<Record<string, unknown>>,
): HistoryTables {
  const { titles, genres } = facts
  return {
    items: {
      ids: train.items.ids,
      ...(titles && { titles }),
      ...(genres && { genres }),
      popularity: Float64Array.from(countByItem(train)),
    },
    users: { ids: train.users.ids, histories: allHistories(train) },
    parameters,
    ...(typeof metadata.protocol === 'string' && { protocol: metadata.protocol }),
  }
}
