import Type, { type Static } from 'typebox'
import { operation } from './operation.js'
import { Empty, Int64, Required } from './wire.js'

export const UNITY = '/api/2.1/unity-catalog'

/** A name of one level, as Unity Catalog has it: no dots, case-sensitive. */
export const Name = () => Required({ maxLength: 255 })

/** Up to three levels joined by dots. */
export const FullName = () => Required({ maxLength: 767 })

export const Comment = () => Type.String({ maxLength: 65_536 })
export const Properties = Type.Record(Type.String(), Type.String())

/** `null` is what Unity Catalog's clients read as the end; an empty string has sent some of them round in circles. */
export const PageFields = {
  max_results: Type.Optional(
    Type.Integer({
      minimum: 0,
      description: 'At most this many; 0 for the default of 1000, which is also the most.',
    }),
  ),
  page_token: Type.Optional(Type.String()),
}
export const NextPage = { next_page_token: Type.Union([Type.String(), Type.Null()]) }

/** Who made what when, on every securable. Names, not ids; times in milliseconds since the epoch. */
export const Provenance = {
  owner: Type.String(),
  created_at: Int64(),
  created_by: Type.String(),
  updated_at: Int64(),
  updated_by: Type.String(),
}

/** What whoever manages a securable may change of it. */
export const Manageable = {
  new_name: Type.Optional(Name()),
  owner: Type.Optional(Required()),
  comment: Type.Optional(Comment()),
}

export const CatalogInfo = Type.Object({
  id: Type.String(),
  name: Type.String(),
  full_name: Type.String(),
  comment: Type.Optional(Type.String()),
  properties: Properties,
  ...Provenance,
  metastore_id: Type.String(),
  catalog_type: Type.Literal('MANAGED_CATALOG'),
})
export type CatalogInfo = Static<typeof CatalogInfo>

export const CreateCatalog = operation({
  id: 'createCatalog',
  method: 'POST',
  path: `${UNITY}/catalogs`,
  summary: 'Creates a catalog; its creator owns it',
  right: { privilege: 'CREATE CATALOG', on: 'metastore' },
  input: Type.Object({
    name: Name(),
    comment: Type.Optional(Comment()),
    properties: Type.Optional(Properties),
    storage_root: Type.Optional(Type.String()),
  }),
  output: CatalogInfo,
})

export const ListCatalogs = operation({
  id: 'listCatalogs',
  method: 'GET',
  path: `${UNITY}/catalogs`,
  summary: 'Lists the catalogs that the caller may see, by name',
  right: 'authenticated',
  input: Type.Object(PageFields),
  output: Type.Object({ catalogs: Type.Array(CatalogInfo), ...NextPage }),
})

export const GetCatalog = operation({
  id: 'getCatalog',
  method: 'GET',
  path: `${UNITY}/catalogs/{name}`,
  summary: 'Gets a catalog',
  right: { privilege: 'BROWSE', on: 'catalog' },
  input: Type.Object({ name: Name() }),
  output: CatalogInfo,
})

export const UpdateCatalog = operation({
  id: 'updateCatalog',
  method: 'PATCH',
  path: `${UNITY}/catalogs/{name}`,
  summary: 'Renames a catalog, hands it to another owner, changes its comment or properties',
  right: { privilege: 'MANAGE', on: 'catalog' },
  input: Type.Object({
    name: Name(),
    ...Manageable,
    properties: Type.Optional(Properties),
  }),
  output: CatalogInfo,
})

export const DeleteCatalog = operation({
  id: 'deleteCatalog',
  method: 'DELETE',
  path: `${UNITY}/catalogs/{name}`,
  summary: 'Deletes a catalog; with `force` also all that is in it',
  right: { privilege: 'MANAGE', on: 'catalog' },
  input: Type.Object({ name: Name(), force: Type.Optional(Type.Boolean()) }),
  output: Empty,
})

export const GetMetastoreSummary = operation({
  id: 'getMetastoreSummary',
  method: 'GET',
  path: `${UNITY}/metastore_summary`,
  summary: 'Names the metastore, which is the whole workspace',
  right: 'authenticated',
  input: Type.Object({}),
  output: Type.Object({ metastore_id: Type.String(), name: Type.String(), owner: Type.String() }),
})

export const GetCurrentMetastoreAssignment = operation({
  id: 'getCurrentMetastoreAssignment',
  method: 'GET',
  path: `${UNITY}/current-metastore-assignment`,
  summary: 'Which metastore this workspace uses: its only one',
  right: 'authenticated',
  input: Type.Object({}),
  output: Type.Object({ metastore_id: Type.String(), workspace_id: Int64() }),
})
