import { randomUUID } from 'node:crypto'
import type { Securable } from '@cairn/platform/auth/decide'
import { METASTORE } from '@cairn/platform/auth/metastore'
import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import { ImportExperiment } from '@cairn/platform/protocol/imports'
import type { ObjectRight } from '@cairn/platform/protocol/operation'
import type { Privilege, SecurableType } from '@cairn/platform/protocol/privileges'
import type { ServiceContext } from '@cairn/platform/service-context'
import { databases, type TestDatabase } from '@cairn/platform/testing/databases'
import { everyNth, isExhaustive } from '@cairn/platform/testing/effort'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type TestServer, testServer } from '../../testing/test-server.js'
import { CATALOG_LISTS, CATALOG_REQUESTS, type CatalogKind, type CatalogWorld } from './catalog-requests.js'
import { ENDPOINT_REQUESTS, type EndpointWorld } from './endpoint-requests.js'
import { EXPERIMENT_REQUESTS, type ExperimentWorld } from './experiment-requests.js'
import { JOB_REQUESTS, type JobWorld } from './job-requests.js'
import { MODEL_REQUESTS, type ModelWorld } from './model-requests.js'
import { ENDS_WORLD, type MatrixRequest } from './requests.js'
import { createSecretWorld, SECRET_REQUESTS, type SecretWorld } from './secret-requests.js'
import {
  createWorkspaceWorld,
  WORKSPACE_REQUESTS,
  type WorkspaceKind,
  type WorkspaceWorld,
} from './workspace-requests.js'
import {
  ABSENT_EXPERIMENT,
  type Creator,
  createExperimentWorld,
  createJobWorld,
  createModelWorld,
} from './worlds.js'

const PEOPLE = ['none', 'other', 'read', 'edit', 'manage', 'owner'] as const
/** `expired` and `scoped` are tokens of the owner: one that has expired, and one for something else. */
type Caller = (typeof PEOPLE)[number] | 'anonymous' | 'expired' | 'scoped'

const personOf = (caller: Caller) => `${caller}-person`

/** The objects of a kind, and the requests of all routes on them. */
interface MatrixKind<World extends Readonly<Record<string, string>>> {
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

let server: TestServer
let app: FastifyInstance
let context: ServiceContext
const routes = new Map<string, ObjectRight>()
const tokens = new Map<Caller, string>()
const ids = new Map<Caller, string>()

async function start(database: TestDatabase) {
  server = await testServer({ database, env: { CAIRN_AUTH: 'required' } })
  ;({ app, context } = server)
  for (const { method, url, config } of server.routes)
    if (method !== 'HEAD' && typeof config?.right === 'object') routes.set(`${method} ${url}`, config.right)
  // Later ids are long, so that they can be replaced in answers.
  await context.client()(ImportExperiment, { name: 'first', experiment_id: '555000' })
  await createPeople()
}

async function createPeople() {
  for (const person of PEOPLE) {
    const { id } = await context.identities.create('user', personOf(person))
    ids.set(person, id)
    tokens.set(person, (await context.tokens.issue(id, 'test')).secret)
  }
  const issue = (options: object) => context.tokens.issue(ids.get('owner')!, 'test', options)
  tokens.set('expired', (await issue({ seconds: -1 })).secret)
  tokens.set('scoped', (await issue({ scopes: ['serving:nothing'] })).secret)
  await context.grants.change(
    METASTORE[0],
    (['owner', 'other'] as const).map((one) => ({
      principal_id: ids.get(one)!,
      add: [
        'CREATE CATALOG',
        'CREATE EXPERIMENT',
        'CREATE MODEL',
        'CREATE JOB',
        'CREATE ENDPOINT',
        'CREATE SECRET SCOPE',
      ],
      remove: [],
    })),
    LOCAL_OWNER,
  )
}

async function send(caller: Caller, method: string, { url, body, headers }: MatrixRequest) {
  const token = tokens.get(caller)
  const response = await app.inject({
    method: method as 'GET',
    url,
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { payload: JSON.stringify(body) }),
  })
  return { status: response.statusCode, text: response.body }
}

const creator = (caller: Caller): Creator => ({
  name: personOf(caller),
  async send(method, request) {
    const { status, text } = await send(caller, method, request)
    expect(status, `${request.url}: ${text}`).toBeLessThan(300)
    return text === '' ? {} : JSON.parse(text)
  },
})

const EXPERIMENTS: MatrixKind<ExperimentWorld & Readonly<Record<string, string>>> = {
  type: 'experiment',
  grants: {
    read: ['READ EXPERIMENTS'],
    edit: ['READ EXPERIMENTS', 'EDIT EXPERIMENTS'],
    manage: ['READ EXPERIMENTS', 'EDIT EXPERIMENTS', 'MANAGE'],
  },
  requests: EXPERIMENT_REQUESTS,
  absent: ABSENT_EXPERIMENT,
  create: (by, name) => createExperimentWorld(creator(by), name, count),
  securable: async ({ experiment_id, experiment_name }) => ({ id: experiment_id, name: experiment_name }),
}

const MODELS: MatrixKind<ModelWorld & Readonly<Record<string, string>>> = {
  type: 'registered_model',
  grants: {
    read: ['READ MODELS'],
    edit: ['READ MODELS', 'EDIT MODELS'],
    manage: ['READ MODELS', 'EDIT MODELS', 'PROMOTE MODELS', 'MANAGE'],
  },
  requests: MODEL_REQUESTS,
  absent: { name: 'absent-model' },
  create: (by, name) => createModelWorld(creator(by), name),
  securable: async ({ name }) => (await context.securables.findByName('registered_model', name))!,
}

const JOBS: MatrixKind<JobWorld & Readonly<Record<string, string>>> = {
  type: 'job',
  grants: {
    read: ['READ JOBS'],
    edit: ['READ JOBS', 'RUN JOBS'],
    manage: ['READ JOBS', 'RUN JOBS', 'EDIT JOBS', 'MANAGE'],
  },
  requests: JOB_REQUESTS,
  absent: { job_id: '111222333444555', run_id: '111222333444666' },
  create: (by, name) => createJobWorld(creator(by), name),
  securable: async ({ job_id }) => ({ id: job_id, name: 'canary' }),
}

const ENDPOINTS: MatrixKind<EndpointWorld & Readonly<Record<string, string>>> = {
  type: 'serving_endpoint',
  grants: {
    read: ['VIEW ENDPOINT'],
    edit: ['VIEW ENDPOINT', 'QUERY ENDPOINT'],
    manage: ['VIEW ENDPOINT', 'QUERY ENDPOINT', 'MANAGE'],
  },
  requests: ENDPOINT_REQUESTS,
  absent: { endpoint: 'absent-endpoint', endpoint_id: '0'.repeat(32) },
  async create(by, endpoint) {
    const post = (url: string, body: unknown) => creator(by).send('POST', { url, body })
    const entity_name = `model-of-${endpoint}`
    await post('/api/2.0/mlflow/registered-models/create', { name: entity_name })
    const { id } = await post('/api/2.0/serving-endpoints', {
      name: endpoint,
      config: { served_entities: [{ name: 'm', entity_name, entity_version: '1' }] },
      tags: [{ key: 'tag', value: endpoint }],
      description: endpoint,
    })
    return { endpoint, endpoint_id: id }
  },
  securable: async ({ endpoint, endpoint_id }) => ({ id: endpoint_id, name: endpoint }),
  /** Its deployment fails, because the model has no version. */
  settle: (by, { endpoint }) =>
    expect
      .poll(() => creator(by).send('GET', { url: `/api/2.0/serving-endpoints/${endpoint}` }))
      .toMatchObject({ state: { config_update: 'UPDATE_FAILED' } }),
}

const SECRETS: MatrixKind<SecretWorld & Readonly<Record<string, string>>> = {
  type: 'secret_scope',
  grants: {
    read: ['READ SECRETS'],
    edit: ['READ SECRETS', 'WRITE SECRETS'],
    manage: ['READ SECRETS', 'WRITE SECRETS', 'MANAGE'],
  },
  requests: SECRET_REQUESTS,
  absent: { scope: 'absent-scope' },
  create: (by, name) => createSecretWorld(creator(by), name),
  securable: async ({ scope }) => (await context.securables.findByName('secret_scope', scope))!,
}

const workspaceKind = (
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
  create: (by, name) => createWorkspaceWorld(creator(by), type, name),
  securable: async ({ path, object_id }) => ({ id: object_id, name: path }),
})

const UC = '/api/2.1/unity-catalog'
const CATALOG_GRANTS: Readonly<Record<CatalogKind, readonly Privilege[]>> = {
  catalog: ['BROWSE', 'USE CATALOG', 'CREATE SCHEMA'],
  schema: ['BROWSE', 'USE SCHEMA', 'CREATE TABLE', 'CREATE VOLUME'],
  table: ['BROWSE', 'SELECT', 'MODIFY'],
  volume: ['BROWSE', 'READ VOLUME', 'WRITE VOLUME'],
}

const catalogKind = (type: CatalogKind): MatrixKind<CatalogWorld & Readonly<Record<string, string>>> => ({
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
      return context.blobs.uri('')
    },
  },
  async create(by, catalog) {
    const post = (url: string, body: unknown) => creator(by).send('POST', { url: `${UC}${url}`, body })
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
    return { ...names, ...ids, store: context.blobs.uri('') }
  },
  securable: async (w) => ({ id: w[`${type}_id`], name: w[type] }),
  async containers({ catalog, catalog_id, schema, schema_id }) {
    const owner = ids.get('owner')!
    const use = [
      [{ type: 'catalog', id: catalog_id, name: catalog, owner }, ['USE CATALOG']],
      [{ type: 'schema', id: schema_id, name: schema, owner }, ['USE SCHEMA']],
    ] as const
    return use.slice(0, { catalog: 0, schema: 1, table: 2, volume: 2 }[type])
  },
})

/** Responses of the server about all objects. */
const OF_THE_SERVER: readonly MatrixRequest[] = [
  { url: '/api/cairn/v1/events?after=0' },
  { url: '/metrics' },
  { url: '/api/cairn/v1/audit' },
]

let count = 0
const nextName = (by: Caller) => `canary-${by}-${count++}`

/** An answer without the ids of its request. */
function anonymized(
  { status, text }: { status: number; text: string },
  world: Readonly<Record<string, string>>,
) {
  let body = text
  for (const [name, id] of Object.entries(world).sort((a, b) => b[1].length - a[1].length))
    body = body.replaceAll(id, name)
  return { status, body }
}

const routesOn = (type: SecurableType) =>
  [...routes].filter(
    ([route, { on }]) =>
      on === type && !(route.includes(' /ajax-api/') && routes.has(route.replace('/ajax-api/', '/api/'))),
  )

describe.each(databases)('on %s', (_name, database) => {
  beforeAll(() => start(database))
  afterAll(() => server?.close())
  const sample =
    database.engine === 'postgres'
      ? { every: everyNth(16, 16), everyRefusal: everyNth(8, 4) }
      : { every: everyNth(4, 4), everyRefusal: 1 }

  describe('rights on experiments', () => matrixOf(EXPERIMENTS, { atLeast: 90, ...sample }))
  describe('rights on registered models', () => matrixOf(MODELS, { atLeast: 20, ...sample }))
  describe('rights on jobs', () => matrixOf(JOBS, { atLeast: 20, ...sample }))
  describe('rights on endpoints', () => matrixOf(ENDPOINTS, { atLeast: 25, ...sample }))
  describe('rights on secret scopes', () => matrixOf(SECRETS, { atLeast: 9, ...sample }))
  describe('rights on folders', () => matrixOf(workspaceKind('directory'), { atLeast: 10, ...sample }))
  describe('rights on notebooks', () => matrixOf(workspaceKind('notebook'), { atLeast: 3, ...sample }))
  describe('rights on files', () => matrixOf(workspaceKind('file'), { atLeast: 3, ...sample }))
  describe('rights on catalogs', () => matrixOf(catalogKind('catalog'), { atLeast: 4, ...sample }))
  describe('rights on schemas', () => matrixOf(catalogKind('schema'), { atLeast: 5, ...sample }))
  describe('rights on tables', () => matrixOf(catalogKind('table'), { atLeast: 8, ...sample }))
  describe('rights on volumes', () => matrixOf(catalogKind('volume'), { atLeast: 4, ...sample }))
})

interface Sample {
  /** The step between cells of routes and callers. */
  readonly every: number
  /** The step between routes that are refused to all callers of a test. */
  readonly everyRefusal: number
}

function matrixOf<World extends Readonly<Record<string, string>>>(
  { type, grants, requests, absent, create, securable, containers, settle, lists }: MatrixKind<World>,
  { atLeast, every, everyRefusal }: Sample & { readonly atLeast: number },
) {
  const refusedRoutes = () => routesOn(type).filter((_, row) => row % everyRefusal === 0)

  async function createWorld(): Promise<World> {
    const world = await create('owner', nextName('owner'))
    const { id, name } = await securable(world)
    await context.grants.change(
      { type, id, name, owner: ids.get('owner')! },
      Object.entries(grants).map(([caller, add]) => ({
        principal_id: ids.get(caller as Caller)!,
        add: add!,
        remove: [],
      })),
      LOCAL_OWNER,
    )
    const users = ['read', 'edit', 'manage'] as const
    for (const [container, add] of (await containers?.(world)) ?? [])
      await context.grants.change(
        container,
        users.map((user) => ({ principal_id: ids.get(user)!, add, remove: [] })),
        LOCAL_OWNER,
      )
    return world
  }

  test('every route has a row in the matrix', () => {
    const known = new Set(routesOn(type).map(([route]) => route))
    expect(known.size).toBeGreaterThan(atLeast)
    expect([...known].filter((route) => !requests[route])).toEqual([])
    expect(Object.keys(requests).filter((route) => !known.has(route))).toEqual([])
  })

  test('refuses anonymous callers, an expired token and a token for something else', async () => {
    const world = await createWorld()
    for (const [route] of refusedRoutes()) {
      const [method] = route.split(' ')
      const row = requests[route]!
      for (const caller of ['anonymous', 'expired', 'scoped'] as const) {
        const refused = anonymized(await send(caller, method!, row(world)), world)
        expect(refused.status, `${caller} ${route}`).toBe(caller === 'scoped' ? 403 : 401)
        expect(refused).toEqual(anonymized(await send(caller, method!, row(absent)), absent))
      }
    }
  })

  test('answers callers who may not read as if nothing existed', async () => {
    const world = await createWorld()
    await settle?.('other', await create('other', nextName('other')))
    for (const caller of ['none', 'other'] as const)
      for (const [route] of refusedRoutes()) {
        const [method] = route.split(' ')
        const row = requests[route]!
        // A list may change between the two requests, as an object of an earlier test is deployed.
        await vi.waitFor(async () => {
          const hidden = anonymized(await send(caller, method!, row(world)), world)
          expect(hidden, `${caller} ${route}`).toEqual(
            anonymized(await send(caller, method!, row(absent)), absent),
          )
          expect(hidden.body, route).not.toContain('canary-owner')
        }, 60_000)
      }
  })

  test('shows a team no name, tag, description or value of another', async () => {
    await createWorld()
    const routesOfTeam = routesOn(type).sort(
      ([a], [b]) => Number(b.startsWith('GET')) - Number(a.startsWith('GET')),
    )
    const own = await create('other', nextName('other'))
    await settle?.('other', own)
    for (const [route] of routesOfTeam) {
      const { text } = await send('other', route.split(' ')[0]!, requests[route]!(own))
      expect(text, route).not.toContain('canary-owner')
    }
    for (const request of [...(lists?.(own) ?? []), ...OF_THE_SERVER])
      for (const caller of ['none', 'other'] as const)
        expect((await send(caller, 'GET', request)).text, request.url).not.toContain('canary-owner')
  })

  test('lists and searches do not depend on what the caller may not read', async () => {
    const reads = routesOn(type).filter(([, { privilege }]) =>
      /^(READ|VIEW|QUERY|BROWSE|SELECT)\b/.test(privilege),
    )
    const answers = async () => {
      const found: Record<string, unknown> = {}
      for (const caller of ['none', 'other'] as const)
        for (const [route] of reads)
          found[`${caller} ${route}`] = await send(caller, route.split(' ')[0]!, requests[route]!(absent))
      for (const caller of ['none', 'other'] as const)
        for (const list of lists?.(absent) ?? [])
          found[`${caller} ${list.url}`] = await send(caller, 'GET', list)
      return found
    }
    const before = await answers()
    for (let i = 0; i < 3; i++) await createWorld()
    expect(await answers()).toEqual(before)
  })

  test('gives readers, editors, managers and owners what they may, and names the missing right', async () => {
    /** For requests that change nothing: reads, and those that are refused. */
    const unchanged = await createWorld()
    /** For requests that leave it to the next one. With `--exhaustive`, each has its own. */
    const changed = await createWorld()
    const worldAfter = (route: string) => (isExhaustive || ENDS_WORLD.test(route) ? createWorld() : changed)
    for (const [row, [route, right]] of routesOn(type).entries())
      for (const [column, caller] of (['read', 'edit', 'manage', 'owner'] as const).entries()) {
        if ((row + column) % every !== 0) continue
        const [method] = route.split(' ')
        const isRefused =
          caller !== 'owner' &&
          !grants[caller]!.includes(right.privilege) &&
          !requests[route]!(unchanged).lists
        const world = isRefused || method === 'GET' ? unchanged : await worldAfter(route)
        const request = requests[route]!(world)
        const { status, text } = await send(caller, method!, request)
        const what = `${caller} ${route}: ${text}`
        if (isRefused) {
          const { name } = await securable(world)
          expect(status, what).toBe(403)
          expect(text, what).toContain(
            `'${personOf(caller)}' lacks ${right.privilege} on ${type} '${name}'. Ask '${personOf('owner')}'`,
          )
        } else if (request.alsoNeeds && caller !== 'owner')
          expect(text, what).toContain(`lacks ${request.alsoNeeds}`)
        else if (request.status) expect([request.status].flat(), what).toContain(status)
        else expect(status, what).toBeLessThan(400)
      }
  }, 240_000)
}
