import { ListPromotions, type Promotion } from '@cairn/platform/protocol/cairn/promotions'
import type { Client } from '@cairn/platform/protocol/client'
import { aliasOf, type EntityConfig } from '../endpoint-state/config.js'

/**
 * Finds the gate's last decision about each version that an alias selected. They only explain a deployment, so a registry that
 * cannot be read does not fail it.
 */
export async function findPromotions(
  call: Client,
  entities: readonly EntityConfig[],
  versions: ReadonlyMap<string, string>,
): Promise<Promotion[]> {
  const found = await Promise.all(
    entities.map(async (entity) => {
      const alias = aliasOf(entity)
      if (alias === undefined) return []
      const answer = await call(ListPromotions, { name: entity.entity_name }).catch(() => undefined)
      const version = versions.get(entity.name)
      const last = answer?.promotions.find(
        (one) => one.version === version && one.alias === alias && one.verdict !== 'failed',
      )
      return last ? [last] : []
    }),
  )
  return found.flat()
}
