import type { Securable, SecurableChain } from '@cairn/platform/auth/decide'
import { METASTORE } from '@cairn/platform/auth/metastore'
import type { Db } from '@cairn/platform/db/db'
import type { SecurableType } from '@cairn/platform/protocol/privileges'
import type { CatalogSchema } from '../schema.js'
import { type NamedType, parseFullName } from './names.js'

interface FoundRow {
  readonly id: string | null
  readonly owner: string | null
}

/** Resolves names and ids to securable chains. A missing securable keeps its level in the chain, marked absent. */
export class Locator {
  readonly #db: Db<CatalogSchema>

  constructor(db: Db<CatalogSchema>) {
    this.#db = db
  }

  /** @throws INVALID_PARAMETER_VALUE for an invalid name */
  async find(type: NamedType | 'metastore', fullName: string): Promise<SecurableChain> {
    if (type === 'metastore') return METASTORE
    const [catalog, schema, leaf] = parseFullName(type, fullName)
    const row = await this.#row(type, catalog!, schema ?? '', leaf ?? '')
    const chain = [
      ...(leaf === undefined ? [] : [securable(type, `${catalog}.${schema}.${leaf}`, row?.leaf)]),
      ...(schema === undefined ? [] : [securable('schema', `${catalog}.${schema}`, row?.schema)]),
      securable('catalog', catalog!, row?.catalog),
      ...METASTORE,
    ]
    return chain as unknown as SecurableChain
  }

  /** Resolves the id of a table, a staged table or a volume. */
  async findById(type: 'table' | 'volume', id: string): Promise<SecurableChain> {
    const leaf =
      type === 'volume'
        ? await this.#leaf('volumes', 'volume_id', id)
        : ((await this.#leaf('tables', 'table_id', id)) ?? (await this.#leaf('staging_tables', 'id', id)))
    if (!leaf) return [securable(type, id, undefined), ...METASTORE]
    const row = await this.#db.read
      .selectFrom('schemas')
      .innerJoin('catalogs', 'catalogs.id', 'schemas.catalog_id')
      .select(['schemas.name as schema', 'schemas.owner as schema_owner'])
      .select(['catalogs.id as catalog_id', 'catalogs.name as catalog', 'catalogs.owner as catalog_owner'])
      .where('schemas.schema_id', '=', leaf.schema_id)
      .executeTakeFirst()
    if (!row) return [securable(type, id, undefined), ...METASTORE]
    const { catalog, schema } = row
    return [
      securable(type, `${catalog}.${schema}.${leaf.name}`, { id, owner: leaf.owner }),
      securable('schema', `${catalog}.${schema}`, { id: leaf.schema_id, owner: row.schema_owner }),
      securable('catalog', catalog, { id: row.catalog_id, owner: row.catalog_owner }),
      ...METASTORE,
    ]
  }

  #leaf(
    table: 'tables' | 'staging_tables' | 'volumes',
    idColumn: 'table_id' | 'id' | 'volume_id',
    id: string,
  ) {
    return this.#db.read
      .selectFrom(table)
      .select(['schema_id', 'name', 'owner'])
      .where(idColumn, '=', id)
      .executeTakeFirst()
  }

  async #row(type: NamedType, catalog: string, schema: string, leaf: string) {
    const row = await this.#db.read
      .selectFrom('catalogs')
      .leftJoin('schemas', (join) =>
        join.onRef('schemas.catalog_id', '=', 'catalogs.id').on('schemas.name', '=', schema),
      )
      .leftJoin('tables', (join) =>
        join
          .onRef('tables.schema_id', '=', 'schemas.schema_id')
          .on('tables.name', '=', type === 'table' ? leaf : ''),
      )
      .leftJoin('volumes', (join) =>
        join
          .onRef('volumes.schema_id', '=', 'schemas.schema_id')
          .on('volumes.name', '=', type === 'volume' ? leaf : ''),
      )
      .select(['catalogs.id', 'catalogs.owner', 'schemas.schema_id', 'schemas.owner as schema_owner'])
      .select(['tables.table_id', 'tables.owner as table_owner'])
      .select(['volumes.volume_id', 'volumes.owner as volume_owner'])
      .where('catalogs.name', '=', catalog)
      .executeTakeFirst()
    if (!row) return undefined
    return {
      catalog: { id: row.id, owner: row.owner },
      schema: { id: row.schema_id, owner: row.schema_owner },
      leaf: { id: row.table_id ?? row.volume_id, owner: row.table_owner ?? row.volume_owner },
    }
  }
}

const securable = (type: SecurableType, name: string, row: FoundRow | undefined): Securable =>
  row?.id
    ? { type, id: row.id, name, owner: row.owner ?? '' }
    : { type, id: '', name, owner: '', absent: true }
