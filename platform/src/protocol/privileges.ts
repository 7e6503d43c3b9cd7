/** Unity Catalog's securables (lower case in its URLs) and those of the workspace. */
export const SECURABLE_TYPES = [
  'metastore',
  'catalog',
  'schema',
  'table',
  'volume',
  'function',
  'registered_model',
  'experiment',
  'serving_endpoint',
  'job',
  'secret_scope',
  'notification_destination',
  'directory',
  'notebook',
  'file',
] as const
export type SecurableType = (typeof SECURABLE_TYPES)[number]

/** The types of objects in the tree of workspace files. A privilege on a folder applies to its contents. */
const WORKSPACE_OBJECTS = ['directory', 'notebook', 'file'] as const satisfies readonly SecurableType[]

/** Privileges that clients of Unity Catalog know, for objects that Cairn does not have. */
const NOWHERE: readonly SecurableType[] = []

/** Privileges in Unity Catalog's spelling, with the types of securables on which they can be granted. */
const GRANTABLE_ON = {
  'CREATE CATALOG': ['metastore'],
  'USE CATALOG': ['metastore', 'catalog'],
  'CREATE SCHEMA': ['metastore', 'catalog'],
  'USE SCHEMA': ['metastore', 'catalog', 'schema'],
  'CREATE TABLE': ['metastore', 'catalog', 'schema'],
  'CREATE VOLUME': ['metastore', 'catalog', 'schema'],
  'CREATE FUNCTION': NOWHERE,
  'CREATE MODEL': ['metastore'],
  SELECT: ['metastore', 'catalog', 'schema', 'table'],
  MODIFY: ['metastore', 'catalog', 'schema', 'table'],
  'READ VOLUME': ['metastore', 'catalog', 'schema', 'volume'],
  'WRITE VOLUME': ['metastore', 'catalog', 'schema', 'volume'],
  EXECUTE: NOWHERE,
  BROWSE: ['metastore', 'catalog', 'schema', 'table', 'volume'],
  MANAGE: SECURABLE_TYPES,
  'ALL PRIVILEGES': SECURABLE_TYPES,
  'CREATE EXPERIMENT': ['metastore'],
  'READ EXPERIMENTS': ['metastore', 'experiment'],
  'EDIT EXPERIMENTS': ['metastore', 'experiment'],
  'READ MODELS': ['metastore', 'registered_model'],
  'EDIT MODELS': ['metastore', 'registered_model'],
  'PROMOTE MODELS': ['metastore', 'registered_model'],
  'CREATE JOB': ['metastore'],
  'READ JOBS': ['metastore', 'job'],
  'RUN JOBS': ['metastore', 'job'],
  'EDIT JOBS': ['metastore', 'job'],
  'CREATE ENDPOINT': ['metastore'],
  'VIEW ENDPOINT': ['metastore', 'serving_endpoint'],
  'QUERY ENDPOINT': ['metastore', 'serving_endpoint'],
  'CREATE SECRET SCOPE': ['metastore'],
  'READ SECRETS': ['metastore', 'secret_scope'],
  'WRITE SECRETS': ['metastore', 'secret_scope'],
  'USE DESTINATION': ['metastore', 'notification_destination'],
  'READ WORKSPACE': ['metastore', ...WORKSPACE_OBJECTS],
  'RUN WORKSPACE': ['metastore', ...WORKSPACE_OBJECTS],
  'EDIT WORKSPACE': ['metastore', ...WORKSPACE_OBJECTS],
  /** Outweighs all other grants to the principal on the object; see `auth/decide.ts`. */
  DENY: ['experiment', 'registered_model'],
  'READ AUDIT': ['metastore'],
  'MANAGE IDENTITIES': ['metastore'],
} as const satisfies Record<string, readonly SecurableType[]>

export type Privilege = keyof typeof GRANTABLE_ON

export const PRIVILEGES = Object.keys(GRANTABLE_ON) as readonly Privilege[]

export const isPrivilege = (value: string): value is Privilege => Object.hasOwn(GRANTABLE_ON, value)

export const grantableOn = (privilege: Privilege, type: SecurableType) =>
  (GRANTABLE_ON[privilege] as readonly SecurableType[]).includes(type)

/** Parses a privilege, such as `USE_CATALOG` (Databricks SDK) or `USE CATALOG` (Unity Catalog). */
export const privilegeFrom = (spelling: string): Privilege | undefined => {
  const name = spelling.trim().toUpperCase().replaceAll('_', ' ')
  return isPrivilege(name) ? name : undefined
}
