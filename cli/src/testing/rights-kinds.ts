import { randomUUID } from 'node:crypto'
import type { Securable } from '@cairn/platform/auth/decide'
import { CreateNotificationDestination } from '@cairn/platform/protocol/databricks/job-notifications'
import type { Privilege, SecurableType } from '@cairn/platform/protocol/privileges'
import { expect } from 'vitest'
import {
  CATALOG_LISTS,
  CATALOG_REQUESTS,
  type CatalogKind,
  type CatalogWorld,
} from '../server/object-rights/catalog-requests.js'
import { DESTINATION_REQUESTS, type DestinationWorld } from '../server/object-rights/destination-requests.js'
import { ENDPOINT_REQUESTS, type EndpointWorld } from '../server/object-rights/endpoint-requests.js'
import { EXPERIMENT_REQUESTS, type ExperimentWorld } from '../server/object-rights/experiment-requests.js'
import { JOB_REQUESTS, type JobWorld } from '../server/object-rights/job-requests.js'
import { MODEL_REQUESTS, type ModelWorld } from '../server/object-rights/model-requests.js'
import type { MatrixRequest } from '../server/object-rights/requests.js'
import {
  createSecretWorld,
  SECRET_REQUESTS,
  type SecretWorld,
} from '../server/object-rights/secret-requests.js'
import {
  createWorkspaceWorld,
  WORKSPACE_REQUESTS,
  type WorkspaceKind,
  type WorkspaceWorld,
} from '../server/object-rights/workspace-requests.js'
import {
  ABSENT_EXPERIMENT,
  createExperimentWorld,
  createJobWorld,
  createModelWorld,
} from '../server/object-rights/worlds.js'
import { type Caller, personOf, type RightsServer } from './rights-server.js'

/** The objects of a kind, and the requests of all routes on them. */
export interface MatrixKind<World extends Readonly<Record<string, string>>> {
  readonly type: SecurableType
  /** By caller, on the object; `use` has those on its containers. */
  readonly grants: Readonly<Partial<Record<Caller, readonly Privilege[]>>>
  readonly requests: Readonly<Record<string, (world: World) => MatrixRequest>>
  /** Ids in the format of a world, which no object has. */
  readonly absent: World
  /** Creates an object with all that can be in one. */
  create(by: Caller, name: string): Promise<World>
  /** The id and the name of the securable. */
  securable(world: World): Promise<{ readonly id: string; readonly name: string }>
  /** The containers, with the privileges that callers need on them. */
  containers?(world: World): Promise<readonly (readonly [Securable, readonly Privilege[]])[]>
  /** Waits until the server changes it no more. */
  settle?(by: Caller, world: World): Promise<unknown>
  /** Requests of lists without a right on the kind. */
  readonly lists?: (world: World) => readonly MatrixRequest[]
}

export const experiments = (
  rights: RightsServer,
): MatrixKind<ExperimentWorld & Readonly<Record<string, string>>> => ({
  type: 'experiment',
  grants: {
    read: ['READ EXPERIMENTS'],
    edit: ['READ EXPERIMENTS', 'EDIT EXPERIMENTS'],
    manage: ['READ EXPERIMENTS', 'EDIT EXPERIMENTS', 'MANAGE'],
  },
  requests: EXPERIMENT_REQUESTS,
  absent: ABSENT_EXPERIMENT,
  create: (by, name) => createExperimentWorld(rights.creator(by), name, rights.created),
  securable: async ({ experiment_id, experiment_name }) => ({ id: experiment_id, name: experiment_name }),
})

/** Unity Catalog's registry takes names of three parts only. */
export const modelName = (name: string) => `main.films.${name}`

export const models = (rights: RightsServer): MatrixKind<ModelWorld & Readonly<Record<string, string>>> => ({
  type: 'registered_model',
  grants: {
    read: ['READ MODELS'],
    edit: ['READ MODELS', 'EDIT MODELS'],
    manage: ['READ MODELS', 'EDIT MODELS', 'PROMOTE MODELS', 'MANAGE'],
  },
  requests: MODEL_REQUESTS,
  absent: { name: 'main.films.absent-model' },
  create: (by, name) => createModelWorld(rights.creator(by), modelName(name)),
  securable: async ({ name }) => (await rights.context.securables.findByName('registered_model', name))!,
})

export const jobs = (rights: RightsServer): MatrixKind<JobWorld & Readonly<Record<string, string>>> => ({
  type: 'job',
  grants: {
    read: ['READ JOBS'],
    edit: ['READ JOBS', 'RUN JOBS'],
    manage: ['READ JOBS', 'RUN JOBS', 'EDIT JOBS', 'MANAGE'],
  },
  requests: JOB_REQUESTS,
  absent: { job_id: '111222333444555', run_id: '111222333444666' },
  create: (by, name) => createJobWorld(rights.creator(by), name),
  securable: async ({ job_id }) => ({ id: job_id, name: 'canary' }),
})

export const endpoints = (
  rights: RightsServer,
): MatrixKind<EndpointWorld & Readonly<Record<string, string>>> => ({
  type: 'serving_endpoint',
  grants: {
    read: ['VIEW ENDPOINT'],
    edit: ['VIEW ENDPOINT', 'QUERY ENDPOINT'],
    manage: ['VIEW ENDPOINT', 'QUERY ENDPOINT', 'MANAGE'],
  },
  requests: ENDPOINT_REQUESTS,
  absent: { endpoint: 'absent-endpoint', endpoint_id: '0'.repeat(32) },
  async create(by, endpoint) {
    const post = (url: string, body: unknown) => rights.creator(by).send('POST', { url, body })
    const entity_name = `model-of-${endpoint}`
    await createModelWorld(rights.creator(by), entity_name)
    const { id } = await post('/api/2.0/serving-endpoints', {
      name: endpoint,
      config: { served_entities: [{ name: 'm', entity_name, entity_version: '1' }] },
      tags: [{ key: 'tag', value: endpoint }],
      description: endpoint,
    })
    return { endpoint, endpoint_id: id }
  },
  securable: async ({ endpoint, endpoint_id }) => ({ id: endpoint_id, name: endpoint }),
  /** Its deployment fails, because the version has no files. */
  settle: (by, { endpoint }) =>
    expect
      .poll(() => rights.creator(by).send('GET', { url: `/api/2.0/serving-endpoints/${endpoint}` }))
      .toMatchObject({ state: { config_update: 'UPDATE_FAILED' } }),
})

export const secrets = (
  rights: RightsServer,
): MatrixKind<SecretWorld & Readonly<Record<string, string>>> => ({
  type: 'secret_scope',
  grants: {
    read: ['READ SECRETS'],
    edit: ['READ SECRETS', 'WRITE SECRETS'],
    manage: ['READ SECRETS', 'WRITE SECRETS', 'MANAGE'],
  },
  requests: SECRET_REQUESTS,
  absent: { scope: 'absent-scope' },
  create: (by, name) => createSecretWorld(rights.creator(by), name),
  securable: async ({ scope }) => (await rights.context.securables.findByName('secret_scope', scope))!,
})

export const destinations = (
  rights: RightsServer,
): MatrixKind<DestinationWorld & Readonly<Record<string, string>>> => ({
  type: 'notification_destination',
  grants: {
    read: ['USE DESTINATION'],
    edit: ['USE DESTINATION'],
    manage: ['USE DESTINATION', 'MANAGE'],
  },
  requests: DESTINATION_REQUESTS,
  absent: { destination_id: '00000000-0000-4000-8000-000000000000' },
  /** Creating one needs an administrator. */
  async create(by, display_name) {
    const { client, securables } = rights.context
    const config = { slack: { url: 'https://1.1.1.1/' } }
    const { id } = await client()(CreateNotificationDestination, { display_name, config })
    const chain = await securables.chain('notification_destination', id)
    await securables.setOwner(chain![0], rights.ids.get(by)!)
    return { destination_id: id }
  },
  securable: async ({ destination_id }) =>
    (await rights.context.securables.find('notification_destination', destination_id))!,
})

export const workspaceObjects = (
  rights: RightsServer,
  type: WorkspaceKind,
): MatrixKind<WorkspaceWorld & Readonly<Record<string, string>>> => ({
  type,
  grants: {
    read: ['READ WORKSPACE'],
    edit: ['READ WORKSPACE', 'RUN WORKSPACE', 'EDIT WORKSPACE'],
    manage: ['READ WORKSPACE', 'RUN WORKSPACE', 'EDIT WORKSPACE', 'MANAGE'],
  },
  requests: WORKSPACE_REQUESTS[type],
  absent: { path: `/Users/${personOf('owner')}/absent`, object_id: '111222333444777' },
  create: (by, name) => createWorkspaceWorld(rights.creator(by), type, name),
  securable: async ({ path, object_id }) => ({ id: object_id, name: path }),
})

const UC = '/api/2.1/unity-catalog'
const CATALOG_GRANTS: Readonly<Record<CatalogKind, readonly Privilege[]>> = {
  catalog: ['BROWSE', 'USE CATALOG', 'CREATE SCHEMA'],
  schema: ['BROWSE', 'USE SCHEMA', 'CREATE TABLE', 'CREATE VOLUME'],
  table: ['BROWSE', 'SELECT', 'MODIFY'],
  volume: ['BROWSE', 'READ VOLUME', 'WRITE VOLUME'],
}

export const catalogObjects = (
  rights: RightsServer,
  type: CatalogKind,
): MatrixKind<CatalogWorld & Readonly<Record<string, string>>> => ({
  type,
  grants: {
    read: ['BROWSE'],
    edit: CATALOG_GRANTS[type],
    manage: [...CATALOG_GRANTS[type], 'MANAGE'],
  },
  requests: CATALOG_REQUESTS[type],
  lists: CATALOG_LISTS,
  absent: {
    ...{ catalog: 'absent', schema: 'absent.s', table: 'absent.s.t', volume: 'absent.s.v' },
    ...{ catalog_id: randomUUID(), schema_id: randomUUID() },
    ...{ table_id: randomUUID(), volume_id: randomUUID() },
    get store() {
      return rights.context.blobs.uri('')
    },
  },
  async create(by, catalog) {
    const post = (url: string, body: unknown) => rights.creator(by).send('POST', { url: `${UC}${url}`, body })
    const place = { catalog_name: catalog, schema_name: 's' }
    const aCatalog = await post('/catalogs', {
      name: catalog,
      comment: catalog,
      properties: { tag: catalog },
    })
    const { schema_id } = await post('/schemas', { catalog_name: catalog, name: 's' })
    const columns = [{ name: 'id', type_name: 'LONG' }]
    const table = { ...place, name: 't', table_type: 'MANAGED', data_source_format: 'DELTA', columns }
    const { table_id } = await post('/tables', table)
    const volume = { ...place, name: 'v', volume_type: 'MANAGED' }
    const { volume_id } = await post('/volumes', volume)
    const names = { catalog, schema: `${catalog}.s`, table: `${catalog}.s.t`, volume: `${catalog}.s.v` }
    const ids = { catalog_id: aCatalog.id, schema_id, table_id, volume_id }
    return { ...names, ...ids, store: rights.context.blobs.uri('') }
  },
  securable: async (w) => ({ id: w[`${type}_id`], name: w[type] }),
  async containers({ catalog, catalog_id, schema, schema_id }) {
    const owner = rights.ids.get('owner')!
    const use = [
      [{ type: 'catalog', id: catalog_id, name: catalog, owner }, ['USE CATALOG']],
      [{ type: 'schema', id: schema_id, name: schema, owner }, ['USE SCHEMA']],
    ] as const
    return use.slice(0, { catalog: 0, schema: 1, table: 2, volume: 2 }[type])
  },
})
