import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import type { AuthSchema } from '@cairn/platform/auth/schema'
import {
  CreateServingEndpoint,
  DeleteServingEndpoint,
  GetServingEndpoint,
} from '@cairn/platform/protocol/databricks/serving-endpoints'
import type { Privilege } from '@cairn/platform/protocol/privileges'
import { type TestApp, testApp } from '@cairn/platform/testing/app'
import { sampledDatabases } from '@cairn/platform/testing/databases'
import type { HTTPMethods } from 'fastify'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { serving } from '../plugin.js'

const API = '/api/2.0/serving-endpoints/{}'
const OURS = '/api/cairn/v1/serving-endpoints/{}'

/** Every route about one endpoint; `{}` is its name or id. */
const ROUTES: readonly (readonly [HTTPMethods, string, object?])[] = [
  ['GET', API],
  ['PUT', `${API}/config`, { served_entities: [{ entity_name: 'movies', entity_version: '2' }] }],
  ['PATCH', `${API}/tags`, { add_tags: [{ key: 'k' }] }],
  ['PUT', `${API}/rate-limits`, { rate_limits: [] }],
  ['PUT', `${API}/ai-gateway`, {}],
  ['PATCH', `${API}/notifications`, {}],
  ['PATCH', `${API}/telemetry-config`, {}],
  ['PATCH', `${API}/system-metrics-export-state`, {}],
  ['GET', `${API}/metrics`],
  ['GET', `${API}/openapi`],
  ['GET', `${API}/served-models/m/logs`],
  ['GET', `${API}/served-models/m/build-logs`],
  ['GET', `${OURS}/deployments`],
  ['GET', `${OURS}/deployments/1/diff`],
  ['POST', `${OURS}/rollback`, {}],
  ['GET', `${OURS}/shadow`],
  ['POST', `${OURS}/feedback`, { request_id: 'r', name: 'clicked', outcome: 1 }],
  ['GET', `${OURS}/feedback/summary`],
  ['POST', '/serving-endpoints/{}/invocations', { inputs: [] }],
  ['POST', '/serving-endpoints/{}/served-models/m/invocations', { inputs: [] }],
  ['GET', '/v2/models/{}'],
  ['GET', '/v2/models/{}/ready'],
  ['POST', '/v2/models/{}/infer', { inputs: [] }],
  ['GET', '/v2/models/{}/versions/1'],
  ['GET', '/v2/models/{}/versions/1/ready'],
  ['POST', '/v2/models/{}/versions/1/infer', { inputs: [] }],
  ['DELETE', API],
]

describe.each(sampledDatabases)('endpoints on %s', (_, database) => {
  let served: TestApp
  let id: string
  beforeEach(async () => {
    served = await testApp(async (app, context) => void (await app.register(serving, { context })), {
      database,
    })
    const config = { served_entities: [{ name: 'm', entity_name: 'movies', entity_version: '1' }] }
    id = (await served.context.client()(CreateServingEndpoint, { name: 'secret', config })).id
  })
  afterEach(() => served.close())

  /** The token of a new user with privileges on the endpoint, or on the metastore. */
  async function userWith(privileges: { endpoint?: Privilege[]; metastore?: Privilege[] }) {
    const { identities, grants, authorizer, tokens } = served.context
    const user = await identities.create('user', 'eve')
    const endpoint = { type: 'serving_endpoint', id, name: 'secret', owner: LOCAL_OWNER.id } as const
    for (const [securable, add] of [
      [endpoint, privileges.endpoint ?? []],
      [authorizer.metastore[0], privileges.metastore ?? []],
    ] as const)
      await grants.change(securable, [{ principal_id: user.id, add, remove: [] }], LOCAL_OWNER)
    return (await tokens.issue(user.id, 'test')).secret
  }
  async function send(token: string, [method, path, payload]: (typeof ROUTES)[number], endpoint: string) {
    const { statusCode, body, headers } = await served.app.inject({
      method: method as 'GET',
      url: path.replace('{}', endpoint),
      headers: { authorization: `Bearer ${token}` },
      ...(payload && { payload }),
    })
    return { statusCode, type: headers['content-type'], body: body.replaceAll(endpoint, 'NAME') }
  }
  const denials = async () => {
    await served.app.audit!.flush()
    return served.context.db
      .for<AuthSchema>()
      .read.selectFrom('audit_events')
      .select('object_name as securable')
      .distinct()
      .where('principal', '=', 'eve')
      .where('outcome', '=', 'denied')
      .orderBy('object_name')
      .execute()
  }

  test.each([
    ['nothing', {}],
    [
      'everything else',
      { metastore: ['CREATE ENDPOINT', 'USE CATALOG', 'BROWSE', 'EDIT MODELS', 'RUN JOBS'] },
    ],
  ] satisfies [string, { metastore?: Privilege[] }][])(
    'do not exist for a caller who may do %s',
    async (_title, privileges) => {
      const token = await userWith(privileges)
      for (const route of ROUTES) {
        const absent = await send(token, route, 'nothing')
        const byName = await send(token, route, 'secret')
        expect(byName, route.join(' ')).toEqual(absent)
        expect(await send(token, route, id), route.join(' ')).toEqual(absent)
        expect(absent.statusCode, route.join(' ')).toBe(404)
        expect(absent.body).toMatch(/Endpoint with name 'NAME' does not exist/)
        expect(byName.body).not.toContain('secret')
      }
      expect(await denials()).toEqual([{ securable: 'secret' }])
    },
  )

  test.each([{ endpoint: ['VIEW ENDPOINT'] }, { metastore: ['VIEW ENDPOINT'] }] satisfies {
    endpoint?: Privilege[]
    metastore?: Privilege[]
  }[])('show what is missing to a caller with %o', async (privileges) => {
    const token = await userWith(privileges)
    for (const route of [
      ['POST', '/serving-endpoints/{}/invocations', { inputs: [] }],
      ['POST', '/v2/models/{}/infer', { inputs: [] }],
      ['DELETE', API],
    ] as const) {
      const denied = await send(token, route, 'secret')
      expect(denied.statusCode).toBe(403)
      expect(denied.body).toMatch(/'eve' lacks (QUERY ENDPOINT|MANAGE) on serving_endpoint/)
      expect((await send(token, route, 'nothing')).statusCode).toBe(404)
    }
  })

  test('a request that was allowed on one endpoint does not reach another of the same name', async () => {
    const { authorizer, client } = served.context
    const token = await userWith({ endpoint: ['MANAGE'] })
    const requireOn = authorizer.requireOn.bind(authorizer)
    authorizer.requireOn = async (...asked) => {
      await requireOn(...asked)
      authorizer.requireOn = requireOn
      const owner = client()
      await owner(DeleteServingEndpoint, { name: 'secret' })
      const config = { served_entities: [{ name: 'm', entity_name: 'movies', entity_version: '1' }] }
      await owner(CreateServingEndpoint, { name: 'secret', config })
    }
    const deletion = client(token)(DeleteServingEndpoint, { name: 'secret' })
    await expect(deletion).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' })
    await client()(GetServingEndpoint, { name: 'secret' })
  })
})
