import type { HistoryTables } from '@cairn/flavors/recommender/history-folder'
import { countByItem, type Interactions } from '../data/interactions.js'
import type { ArtifactContext } from './recipe.js'

/** The tables of a history model that was fitted with `parameters`; `metadata.protocol` says how it was measured. */
export function tablesOf(
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
    users: { ids: train.users.ids, histories: historiesOf(train) },
    parameters,
    ...(typeof metadata.protocol === 'string' && { protocol: metadata.protocol }),
  }
}

/** What each user has had, oldest first. */
export function historiesOf({ starts, ends, itemOf }: Interactions) {
  const offsets = new Int32Array(starts.length + 1)
  for (let user = 0; user < starts.length; user++)
    offsets[user + 1] = offsets[user]! + ends[user]! - starts[user]!
  const items = new Int32Array(offsets.at(-1)!)
  for (let user = 0; user < starts.length; user++)
    items.set(itemOf.subarray(starts[user], ends[user]), offsets[user])
  return { offsets, items }
}
