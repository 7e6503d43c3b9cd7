import Type, { type Static } from 'typebox'
import { operation } from '../operation.js'
import { Empty } from '../wire.js'
import {
  Authorship,
  Comment,
  FullName,
  Manageable,
  Name,
  NextPage,
  PageFields,
  Properties,
  UNITY,
} from './catalogs.js'

export const SchemaInfo = Type.Object({
  schema_id: Type.String(),
  name: Type.String(),
  catalog_name: Type.String(),
  full_name: Type.String(),
  comment: Type.Optional(Type.String()),
  properties: Properties,
  ...Authorship,
  catalog_type: Type.Literal('MANAGED_CATALOG'),
  metastore_id: Type.String(),
})
export type SchemaInfo = Static<typeof SchemaInfo>

export const CreateSchema = operation({
  id: 'createSchema',
  method: 'POST',
  path: `${UNITY}/schemas`,
  summary: 'Create a schema in a catalog; its creator becomes the owner',
  right: { privilege: 'CREATE SCHEMA', on: 'catalog' },
  input: Type.Object({
    name: Name(),
    catalog_name: Name(),
    comment: Type.Optional(Comment()),
    properties: Type.Optional(Properties),
    storage_root: Type.Optional(Type.String()),
  }),
  output: SchemaInfo,
})

export const ListSchemas = operation({
  id: 'listSchemas',
  method: 'GET',
  path: `${UNITY}/schemas`,
  summary: 'List the schemas of a catalog that the caller may see, by name',
  right: 'authenticated',
  input: Type.Object({ catalog_name: Name(), ...PageFields }),
  output: Type.Object({ schemas: Type.Array(SchemaInfo), ...NextPage }),
})

export const GetSchema = operation({
  id: 'getSchema',
  method: 'GET',
  path: `${UNITY}/schemas/{full_name}`,
  summary: 'Get a schema',
  right: { privilege: 'BROWSE', on: 'schema' },
  input: Type.Object({ full_name: FullName() }),
  output: SchemaInfo,
})

export const UpdateSchema = operation({
  id: 'updateSchema',
  method: 'PATCH',
  path: `${UNITY}/schemas/{full_name}`,
  summary: 'Update the name, owner, comment or properties of a schema',
  right: { privilege: 'MANAGE', on: 'schema' },
  input: Type.Object({
    full_name: FullName(),
    ...Manageable,
    properties: Type.Optional(Properties),
  }),
  output: SchemaInfo,
})

export const DeleteSchema = operation({
  id: 'deleteSchema',
  method: 'DELETE',
  path: `${UNITY}/schemas/{full_name}`,
  summary: 'Delete a schema; with `force` including its tables and volumes',
  right: { privilege: 'MANAGE', on: 'schema' },
  input: Type.Object({ full_name: FullName(), force: Type.Optional(Type.Boolean()) }),
  output: Empty,
})
