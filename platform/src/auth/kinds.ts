import type { ErrorCode } from '../errors.js'
import type { Privilege, SecurableType } from '../protocol/privileges.js'

/** A level of Databricks' permissions API: all of its privileges are granted together. */
export interface PermissionLevel {
  readonly level: string
  readonly description: string
  /** The last privilege distinguishes the level from those below. */
  readonly privileges: readonly [Privilege, ...Privilege[]]
}

/** A kind of securable. */
export interface Kind {
  readonly type: SecurableType
  /** The kind of its parent; undefined for the metastore. */
  readonly parent?: SecurableType
  /** Any one of these privileges, or ownership, reveals that an object exists. On the metastore they reveal all objects. */
  readonly visibility: readonly Privilege[]
  /** The privilege on a container that every access to its contents requires. */
  readonly use?: Privilege
  readonly idType?: 'bigint' | 'text'
  /** True if rights are decided before the handlers, by the names in their inputs (`naming.ts`). */
  readonly isNamed?: true
  /** The error for an object that does not exist. */
  readonly notFound?: ErrorCode
  /** The name of the kind in Databricks' permissions API, and its levels there, the lowest first. */
  readonly wire?: {
    readonly path: string
    readonly objectType: string
    readonly levels: readonly PermissionLevel[]
  }
}

const EXPERIMENT: Kind = {
  type: 'experiment',
  parent: 'metastore',
  visibility: ['READ EXPERIMENTS', 'EDIT EXPERIMENTS', 'MANAGE'],
  isNamed: true,
  idType: 'bigint',
  wire: {
    path: 'experiments',
    objectType: 'mlflowExperiment',
    levels: [
      {
        level: 'CAN_READ',
        description: 'Can see the experiment with its runs, artifacts and traces',
        privileges: ['READ EXPERIMENTS'],
      },
      {
        level: 'CAN_EDIT',
        description: 'Can also log to the experiment and change it',
        privileges: ['READ EXPERIMENTS', 'EDIT EXPERIMENTS'],
      },
      {
        level: 'CAN_MANAGE',
        description: 'Can also delete the experiment and grant permissions on it',
        privileges: ['READ EXPERIMENTS', 'EDIT EXPERIMENTS', 'MANAGE'],
      },
    ],
  },
}

const REGISTERED_MODEL: Kind = {
  type: 'registered_model',
  parent: 'metastore',
  visibility: ['READ MODELS', 'EDIT MODELS', 'PROMOTE MODELS', 'MANAGE'],
  isNamed: true,
  wire: {
    path: 'registered-models',
    objectType: 'registered-model',
    levels: [
      {
        level: 'CAN_READ',
        description: 'Can see the model and load its versions',
        privileges: ['READ MODELS'],
      },
      {
        level: 'CAN_EDIT',
        description: 'Can also change the model and create versions',
        privileges: ['READ MODELS', 'EDIT MODELS'],
      },
      {
        level: 'CAN_MANAGE_STAGING_VERSIONS',
        description: 'Can change the model and create versions, as CAN_EDIT',
        privileges: ['READ MODELS', 'EDIT MODELS'],
      },
      {
        level: 'CAN_MANAGE_PRODUCTION_VERSIONS',
        description: 'Can also decide about promotions',
        privileges: ['READ MODELS', 'EDIT MODELS', 'PROMOTE MODELS'],
      },
      {
        level: 'CAN_MANAGE',
        description: 'Can also delete the model and grant permissions on it',
        privileges: ['READ MODELS', 'EDIT MODELS', 'PROMOTE MODELS', 'MANAGE'],
      },
    ],
  },
}

const JOB: Kind = {
  type: 'job',
  parent: 'metastore',
  visibility: ['READ JOBS', 'RUN JOBS', 'EDIT JOBS', 'MANAGE'],
  isNamed: true,
  idType: 'bigint',
  wire: {
    path: 'jobs',
    objectType: 'job',
    levels: [
      { level: 'CAN_VIEW', description: 'Can see the job and its runs', privileges: ['READ JOBS'] },
      {
        level: 'CAN_MANAGE_RUN',
        description: 'Can also run the job, and cancel and repair its runs',
        privileges: ['READ JOBS', 'RUN JOBS'],
      },
      {
        level: 'CAN_MANAGE',
        description: 'Can also change and delete the job, and grant permissions on it',
        privileges: ['READ JOBS', 'RUN JOBS', 'EDIT JOBS', 'MANAGE'],
      },
    ],
  },
}

const SERVING_ENDPOINT: Kind = {
  type: 'serving_endpoint',
  parent: 'metastore',
  visibility: ['VIEW ENDPOINT', 'QUERY ENDPOINT', 'MANAGE'],
  isNamed: true,
  wire: {
    path: 'serving-endpoints',
    objectType: 'serving-endpoint',
    levels: [
      {
        level: 'CAN_VIEW',
        description: 'Can see the state and the history of the endpoint',
        privileges: ['VIEW ENDPOINT'],
      },
      {
        level: 'CAN_QUERY',
        description: 'Can also query the endpoint',
        privileges: ['VIEW ENDPOINT', 'QUERY ENDPOINT'],
      },
      {
        level: 'CAN_MANAGE',
        description: 'Can also update and delete the endpoint, and grant permissions on it',
        privileges: ['VIEW ENDPOINT', 'QUERY ENDPOINT', 'MANAGE'],
      },
    ],
  },
}

const SECRET_SCOPE: Kind = {
  type: 'secret_scope',
  parent: 'metastore',
  visibility: ['READ SECRETS', 'WRITE SECRETS', 'MANAGE'],
  isNamed: true,
  wire: {
    path: 'secret-scopes',
    objectType: 'secret-scope',
    levels: [
      { level: 'READ', description: 'Can list and read the secrets', privileges: ['READ SECRETS'] },
      {
        level: 'WRITE',
        description: 'Can also put and delete secrets',
        privileges: ['READ SECRETS', 'WRITE SECRETS'],
      },
      {
        level: 'MANAGE',
        description: 'Can also delete the scope and grant permissions on it',
        privileges: ['READ SECRETS', 'WRITE SECRETS', 'MANAGE'],
      },
    ],
  },
}

const NOTIFICATION_DESTINATION: Kind = {
  type: 'notification_destination',
  parent: 'metastore',
  visibility: ['USE DESTINATION', 'MANAGE'],
  isNamed: true,
  wire: {
    path: 'notification-destinations',
    objectType: 'notification-destination',
    levels: [
      {
        level: 'CAN_USE',
        description: 'Can name the destination in notifications of jobs',
        privileges: ['USE DESTINATION'],
      },
      {
        level: 'CAN_MANAGE',
        description: 'Can also change and delete the destination, and grant permissions on it',
        privileges: ['USE DESTINATION', 'MANAGE'],
      },
    ],
  },
}

const WORKSPACE_LEVELS: readonly PermissionLevel[] = [
  { level: 'CAN_READ', description: 'Can see and export it', privileges: ['READ WORKSPACE'] },
  { level: 'CAN_RUN', description: 'Can also run it', privileges: ['READ WORKSPACE', 'RUN WORKSPACE'] },
  {
    level: 'CAN_EDIT',
    description: 'Can also change it, and create what is in it',
    privileges: ['READ WORKSPACE', 'RUN WORKSPACE', 'EDIT WORKSPACE'],
  },
  {
    level: 'CAN_MANAGE',
    description: 'Can also delete it and grant permissions on it',
    privileges: ['READ WORKSPACE', 'RUN WORKSPACE', 'EDIT WORKSPACE', 'MANAGE'],
  },
]

/** Returns a kind of the tree of workspace files. The service decides by paths, because requests create objects in folders. */
const workspaceKind = (type: 'directory' | 'notebook' | 'file', path: string): Kind => ({
  type,
  parent: 'directory',
  visibility: ['READ WORKSPACE', 'RUN WORKSPACE', 'EDIT WORKSPACE', 'MANAGE'],
  idType: 'bigint',
  wire: { path, objectType: type, levels: WORKSPACE_LEVELS },
})

const METASTORE: Kind = {
  type: 'metastore',
  visibility: ['USE CATALOG', 'BROWSE', 'MANAGE'],
}
const CATALOG: Kind = {
  type: 'catalog',
  parent: 'metastore',
  visibility: ['USE CATALOG', 'BROWSE', 'MANAGE'],
  use: 'USE CATALOG',
  notFound: 'CATALOG_NOT_FOUND',
}
const SCHEMA: Kind = {
  type: 'schema',
  parent: 'catalog',
  visibility: ['USE SCHEMA', 'BROWSE', 'MANAGE'],
  use: 'USE SCHEMA',
  notFound: 'SCHEMA_NOT_FOUND',
}
const TABLE: Kind = {
  type: 'table',
  parent: 'schema',
  visibility: ['SELECT', 'MODIFY', 'BROWSE', 'MANAGE'],
  notFound: 'TABLE_NOT_FOUND',
}
const VOLUME: Kind = {
  type: 'volume',
  parent: 'schema',
  visibility: ['READ VOLUME', 'WRITE VOLUME', 'BROWSE', 'MANAGE'],
  notFound: 'NOT_FOUND',
}
/** Functions have privileges in Unity Catalog, but Cairn has no functions. */
const FUNCTION: Kind = { type: 'function', parent: 'schema', visibility: ['EXECUTE'] }

/** The registry of kinds: all that differs between types of securables (ADR 35). */
export const KINDS: Readonly<Record<SecurableType, Kind>> = {
  metastore: METASTORE,
  catalog: CATALOG,
  schema: SCHEMA,
  table: TABLE,
  volume: VOLUME,
  function: FUNCTION,
  experiment: EXPERIMENT,
  registered_model: REGISTERED_MODEL,
  job: JOB,
  serving_endpoint: SERVING_ENDPOINT,
  secret_scope: SECRET_SCOPE,
  notification_destination: NOTIFICATION_DESTINATION,
  directory: workspaceKind('directory', 'directories'),
  notebook: workspaceKind('notebook', 'notebooks'),
  file: workspaceKind('file', 'files'),
}

/** Returns whether callers who see the container learn that an object is absent. Others get the same error as for a refusal. */
export const isCatalogKind = ({ visibility }: Kind) => visibility.includes('BROWSE')
