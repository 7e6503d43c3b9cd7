import type { SecurableChain } from '@cairn/platform/auth/decide'
import { METASTORE } from '@cairn/platform/auth/metastore'
import type { Securables } from '@cairn/platform/auth/securables'
import { ApiError } from '@cairn/platform/errors'
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

/** The chain of a securable by its id, which stays when it is renamed. Undefined for one that was deleted. */
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
      const row = await unlessDeleted(catalogs.get(id))
      return row && present(await locator.find(type, row.name))
    }
    case 'schema': {
      const row = await unlessDeleted(schemas.get(id))
      return row && present(await locator.find(type, `${row.catalog_name}.${row.name}`))
    }
    default: {
      const row = await securables.find(type, id)
      return row && [{ type, id, name: row.name, owner: row.owner }, ...METASTORE]
    }
  }
}

const present = (chain: SecurableChain) => (chain[0].absent ? undefined : chain)

const unlessDeleted = <Row>(row: Promise<Row>): Promise<Row | undefined> =>
  row.catch((error: unknown) => {
    if (error instanceof ApiError && error.statusCode === 404) return undefined
    throw error
  })
