import Type, { type Static } from 'typebox'
import { operation } from '../operation.js'
import { Empty, Int64, Required } from '../wire.js'

export const UNITY = '/api/2.1/unity-catalog'

/** Returns the schema of a case-sensitive name of one level without dots, as in Unity Catalog. */
export const Name = () => Required({ maxLength: 255 })

/** Returns the schema of a name of up to three levels that are joined by dots. */
export const FullName = () => Required({ maxLength: 767 })

export const Comment = () => Type.String({ maxLength: 65_536 })
export const Properties = Type.Record(Type.String(), Type.String())

/** The fields of pages. `null` ends a list for clients of Unity Catalog. An empty string makes some of them loop. */
export const PageFields = {
  max_results: Type.Optional(
    Type.Integer({
      minimum: 0,
      description: 'Maximum number of results; 0 for the default and maximum of 1000.',
    }),
  ),
  page_token: Type.Optional(Type.String()),
}
export const NextPage = { next_page_token: Type.Union([Type.String(), Type.Null()]) }

/** The creation and the last update of a securable. Principals are names, not ids. Times are milliseconds since the epoch. */
export const Authorship = {
  owner: Type.String(),
  created_at: Int64(),
  created_by: Type.String(),
  updated_at: Int64(),
  updated_by: Type.String(),
}

/** Properties of a securable that its managers may change. */
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
  ...Authorship,
  metastore_id: Type.String(),
  catalog_type: Type.Literal('MANAGED_CATALOG'),
})
export type CatalogInfo = Static<typeof CatalogInfo>

export const CreateCatalog = operation({
  id: 'createCatalog',
  method: 'POST',
  path: `${UNITY}/catalogs`,
  summary: 'Create a catalog; its creator becomes the owner',
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
  summary: 'List the catalogs that the caller may see, by name',
  right: 'authenticated',
  input: Type.Object(PageFields),
  output: Type.Object({ catalogs: Type.Array(CatalogInfo), ...NextPage }),
})

export const GetCatalog = operation({
  id: 'getCatalog',
  method: 'GET',
  path: `${UNITY}/catalogs/{name}`,
  summary: 'Get a catalog',
  right: { privilege: 'BROWSE', on: 'catalog' },
  input: Type.Object({ name: Name() }),
  output: CatalogInfo,
})

export const UpdateCatalog = operation({
  id: 'updateCatalog',
  method: 'PATCH',
  path: `${UNITY}/catalogs/{name}`,
  summary: 'Update the name, owner, comment or properties of a catalog',
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
  summary: 'Delete a catalog; with `force` including its content',
  right: { privilege: 'MANAGE', on: 'catalog' },
  input: Type.Object({ name: Name(), force: Type.Optional(Type.Boolean()) }),
  output: Empty,
})

export const GetMetastoreSummary = operation({
  id: 'getMetastoreSummary',
  method: 'GET',
  path: `${UNITY}/metastore_summary`,
  summary: 'Get the summary of the metastore, which is the whole workspace',
  right: 'authenticated',
  input: Type.Object({}),
  output: Type.Object({ metastore_id: Type.String(), name: Type.String(), owner: Type.String() }),
})

export const GetCurrentMetastoreAssignment = operation({
  id: 'getCurrentMetastoreAssignment',
  method: 'GET',
  path: `${UNITY}/current-metastore-assignment`,
  summary: 'Get the metastore assignment of this workspace',
  right: 'authenticated',
  input: Type.Object({}),
  output: Type.Object({ metastore_id: Type.String(), workspace_id: Int64() }),
})
