import type { SecurableChain } from '@cairn/platform/auth/decide'
import { KINDS } from '@cairn/platform/auth/kinds'
import { METASTORE } from '@cairn/platform/auth/metastore'
import type { AllowedObjects } from '@cairn/platform/auth/object-access'
import type { Securables } from '@cairn/platform/auth/securables'
import type { SecurableType } from '@cairn/platform/protocol/privileges'
import type { CatalogStore } from '../catalogs/store.js'
import type { SchemaStore } from '../schemas/store.js'
import type { Locator } from '../securables/locator.js'
import type { TableStore } from '../tables/store.js'
import type { VolumeStore } from '../volumes/store.js'

const BATCH = 200

/** A position in the walk: the type and the id or full name of the last visited securable. */
export type Position = readonly [type: SecurableType, key: string]

export interface Stores {
  readonly securables: Securables
  readonly locator: Locator
  readonly catalogs: CatalogStore
  readonly schemas: SchemaStore
  readonly tables: TableStore
  readonly volumes: VolumeStore
}

export interface Walk {
  /** Returns the objects of a type to visit; undefined for all. */
  among(type: SecurableType): Promise<AllowedObjects | undefined>
  /** Returns whether the walk visits the contents of a container. */
  enters(container: SecurableChain): Promise<boolean>
}

const OBJECT_TYPES = Object.values(KINDS)
  .filter(({ isNamed }) => isNamed)
  .map(({ type }) => type)

const below = (type: SecurableType, row: Named, parent: SecurableChain): SecurableChain => [
  {
    type,
    id: row.id,
    name: parent[0].type === 'metastore' ? row.name : `${parent[0].name}.${row.name}`,
    owner: row.owner,
  },
  ...parent,
]

interface Named {
  readonly id: string
  readonly name: string
  readonly owner: string
}

/** Yields the metastore, the objects of the services, and each catalog followed by its contents. */
export async function* allSecurables(
  stores: Stores,
  walk: Walk,
  after?: Position,
): AsyncGenerator<SecurableChain> {
  if (!after) yield METASTORE
  const start = after && after[0] !== 'metastore' ? OBJECT_TYPES.indexOf(after[0]) : 0
  if (start >= 0)
    for (const type of OBJECT_TYPES.slice(start))
      yield* objectsOf(stores, type, await walk.among(type), after?.[0] === type ? after[1] : '')
  yield* catalogSecurables(stores, walk, start < 0 ? after : undefined)
}

/** The position of a securable in the walk. */
export const positionOf = ([{ type, id, name }]: SecurableChain): Position => [
  type,
  OBJECT_TYPES.includes(type) ? id : name,
]

export function parsePosition(value: unknown): Position | undefined {
  const [type, key, ...rest] = Array.isArray(value) ? value : []
  const isKnown = typeof type === 'string' && Object.hasOwn(KINDS, type) && typeof key === 'string'
  return isKnown && rest.length === 0 ? [type as SecurableType, key] : undefined
}

async function* objectsOf(
  { securables }: Stores,
  type: SecurableType,
  allowed: AllowedObjects | undefined,
  after: string,
): AsyncGenerator<SecurableChain> {
  const fetch = (last: string) => securables.page(type, { after: last, limit: BATCH, among: allowed })
  for await (const row of rowsOf(fetch, ({ id }) => id, after)) yield below(type, row, METASTORE)
}

async function* catalogSecurables(
  stores: Stores,
  walk: Walk,
  after: Position | undefined,
): AsyncGenerator<SecurableChain> {
  const [catalogName, ...inside] = after?.[1].split('.') ?? []
  if (catalogName !== undefined) {
    const [catalog, ...above] = await stores.locator.find('catalog', catalogName)
    const chain = [catalog, ...above] as unknown as SecurableChain
    if (!catalog.absent && (await walk.enters(chain)))
      yield* inCatalog(stores, walk, chain, after?.[0], inside)
  }
  const fetch = (last: string) => stores.catalogs.list(last, BATCH)
  for await (const row of rowsOf(fetch, ({ name }) => name, catalogName ?? '')) {
    const chain = below('catalog', row, METASTORE)
    yield chain
    if (await walk.enters(chain)) yield* inCatalog(stores, walk, chain)
  }
}

async function* inCatalog(
  stores: Stores,
  walk: Walk,
  catalog: SecurableChain,
  afterType?: SecurableType,
  [schemaName, leaf]: readonly string[] = [],
): AsyncGenerator<SecurableChain> {
  if (schemaName !== undefined) {
    const chain = await stores.locator.find('schema', `${catalog[0].name}.${schemaName}`)
    if (!chain[0].absent && (await walk.enters(chain))) yield* inSchema(stores, chain, afterType, leaf)
  }
  const fetch = (last: string) => stores.schemas.list(catalog[0].id, last, BATCH)
  for await (const row of rowsOf(fetch, ({ name }) => name, schemaName ?? '')) {
    const chain = below('schema', { ...row, id: row.schema_id }, catalog)
    yield chain
    if (await walk.enters(chain)) yield* inSchema(stores, chain)
  }
}

/** Tables, then volumes. */
async function* inSchema(
  { tables, volumes }: Stores,
  schema: SecurableChain,
  afterType?: SecurableType,
  leaf = '',
): AsyncGenerator<SecurableChain> {
  const { id } = schema[0]
  if (afterType !== 'volume')
    for await (const row of rowsOf(
      (last) => tables.list(id, last, BATCH),
      ({ name }) => name,
      leaf,
    ))
      yield below('table', { ...row, id: row.table_id }, schema)
  const afterVolume = afterType === 'volume' ? leaf : ''
  for await (const row of rowsOf(
    (last) => volumes.list(id, last, BATCH),
    ({ name }) => name,
    afterVolume,
  ))
    yield below('volume', { ...row, id: row.volume_id }, schema)
}

/** Yields all rows of a list that is fetched in batches. */
async function* rowsOf<Row>(
  fetch: (after: string) => Promise<readonly Row[]>,
  key: (row: Row) => string,
  after: string,
): AsyncGenerator<Row> {
  for (let last = after; ; ) {
    const rows = await fetch(last)
    yield* rows
    if (rows.length < BATCH) return
    last = key(rows.at(-1)!)
  }
}
