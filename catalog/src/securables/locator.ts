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
    const leaf = (await this.#leaf(type, id)) ?? (type === 'table' ? await this.#staged(id) : undefined)
    if (!leaf) return [securable(type, id, undefined), ...METASTORE]
    const row = await this.#db.read
      .selectFrom('securables as s')
      .innerJoin('securables as c', (join) =>
        join.onRef('c.id', '=', 's.parent_id').on('c.type', '=', 'catalog'),
      )
      .select(['s.id', 's.name', 's.owner'])
      .select(['c.id as catalog_id', 'c.name as catalog', 'c.owner as catalog_owner'])
      .where('s.type', '=', 'schema')
      .where('s.id', '=', leaf.parent_id)
      .executeTakeFirst()
    if (!row) return [securable(type, id, undefined), ...METASTORE]
    const { catalog } = row
    return [
      securable(type, `${catalog}.${row.name}.${leaf.name}`, { id, owner: leaf.owner }),
      securable('schema', `${catalog}.${row.name}`, row),
      securable('catalog', catalog, { id: row.catalog_id, owner: row.catalog_owner }),
      ...METASTORE,
    ]
  }

  #leaf(type: 'table' | 'volume', id: string) {
    return this.#db.read
      .selectFrom('securables')
      .select(['parent_id', 'name', 'owner'])
      .where('type', '=', type)
      .where('id', '=', id)
      .executeTakeFirst()
  }

  #staged(id: string) {
    return this.#db.read
      .selectFrom('staging_tables')
      .select(['schema_id as parent_id', 'name', 'owner'])
      .where('id', '=', id)
      .executeTakeFirst()
  }

  async #row(type: NamedType, catalog: string, schema: string, leaf: string) {
    const row = await this.#db.read
      .selectFrom('securables as c')
      .leftJoin('securables as s', (join) =>
        join.onRef('s.parent_id', '=', 'c.id').on('s.type', '=', 'schema').on('s.name', '=', schema),
      )
      .leftJoin('securables as l', (join) =>
        join.onRef('l.parent_id', '=', 's.id').on('l.type', '=', type).on('l.name', '=', leaf),
      )
      .select(['c.id', 'c.owner', 's.id as schema_id', 's.owner as schema_owner'])
      .select(['l.id as leaf_id', 'l.owner as leaf_owner'])
      .where('c.type', '=', 'catalog')
      .where('c.name', '=', catalog)
      .executeTakeFirst()
    if (!row) return undefined
    return {
      catalog: row,
      schema: { id: row.schema_id, owner: row.schema_owner },
      leaf: { id: row.leaf_id, owner: row.leaf_owner },
    }
  }
}

const securable = (type: SecurableType, name: string, row: FoundRow | undefined): Securable =>
  row?.id
    ? { type, id: row.id, name, owner: row.owner ?? '' }
    : { type, id: '', name, owner: '', absent: true }
