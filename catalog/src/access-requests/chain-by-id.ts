import type { SecurableChain } from '@cairn/platform/auth/decide'
import { METASTORE } from '@cairn/platform/auth/metastore'
import type { Securables } from '@cairn/platform/auth/securables'
import { unlessMissing } from '@cairn/platform/errors'
import type { SecurableType } from '@cairn/platform/protocol/privileges'
import type { CatalogStore } from '../catalogs/store.js'
import type { SchemaStore } from '../schemas/store.js'
import type { Locator } from '../securables/locator.js'

export interface ChainSources {
  readonly securables: Securables
  readonly locator: Locator
  readonly catalogs: CatalogStore
  readonly schemas: SchemaStore
}

/** Returns the chain of a securable by its id, which a rename does not change; undefined if it was deleted. */
export async function chainById(
  { securables, locator, catalogs, schemas }: ChainSources,
  type: SecurableType,
  id: string,
): Promise<SecurableChain | undefined> {
  switch (type) {
    case 'metastore':
      return METASTORE
    case 'table':
    case 'volume':
      return present(await locator.findById(type, id))
    case 'catalog': {
      const row = await catalogs.get(id).catch(unlessMissing)
      return row && present(await locator.find(type, row.name))
    }
    case 'schema': {
      const row = await schemas.get(id).catch(unlessMissing)
      return row && present(await locator.find(type, `${row.catalog_name}.${row.name}`))
    }
    default: {
      const row = await securables.find(type, id)
      return row && [{ type, id, name: row.name, owner: row.owner }, ...METASTORE]
    }
  }
}

const present = (chain: SecurableChain) => (chain[0].absent ? undefined : chain)
