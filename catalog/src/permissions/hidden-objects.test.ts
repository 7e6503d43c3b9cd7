import type { AuthSchema } from '@cairn/platform/auth/schema'
import { enterSecurable } from '@cairn/platform/auth/securables'
import { CreateVolume } from '@cairn/platform/protocol/unity/volumes'
import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Actor, aCatalog, aSchema, aTable, type TestCatalog, testCatalog } from '../testing/catalog.js'

const OBJECTS = [
  ['experiment', '70001', '70002'],
  ['registered_model', 'model-there', 'model-gone'],
  ['job', '80001', '80002'],
  ['serving_endpoint', 'endpoint-there', 'endpoint-gone'],
  ['catalog', 'secret-land', 'nope'],
  ['schema', 'secret-land.s', 'secret-land.x'],
  ['table', 'secret-land.s.t', 'secret-land.s.x'],
  ['volume', 'secret-land.s.v', 'secret-land.s.x'],
] as const

/** Requests of the routes that name any kind of securable. */
const REQUESTS = {
  review: (type: string, name: string) => ({
    url: `/api/cairn/v1/access-review/object?${query(type, name)}`,
  }),
  export: (type: string, name: string) => ({
    url: `/api/cairn/v1/access-review/object.csv?${query(type, name)}`,
  }),
  grantees: (type: string, name: string) => ({ url: `/api/cairn/v1/grantees?${query(type, name)}&query=a` }),
  explain: (type: string, name: string) => ({
    url: `/api/cairn/v1/explain?${query(type, name)}&privilege=MANAGE`,
  }),
  owner: (type: string, name: string) => ({
    ...{ method: 'PUT' as const, url: `/api/cairn/v1/owners/${type}/${name}`, payload: { owner: 'owner' } },
  }),
  request: (type: string, name: string) => ({
    ...{ method: 'POST' as const, url: '/api/cairn/v1/access-requests' },
    payload: { securable_type: type, full_name: name, privileges: ['MANAGE'] },
  }),
} as const

const query = (type: string, name: string) => `securable_type=${type}&full_name=${name}`

describe.each(databases)('objects that a caller may not see on %s', (_, database) => {
  let server: TestCatalog
  let eve: Actor
  beforeAll(async () => {
    server = await testCatalog(database)
    eve = await server.actor()
    await server.context.db.for<AuthSchema>().transaction(async (tx) => {
      for (const [type, id] of OBJECTS.slice(0, 4))
        await enterSecurable(tx, { type, id, name: `hidden-${id}`, owner: 'local-owner', created_at: 1 })
    })
    await aCatalog(server.owner, 'secret-land')
    await aSchema(server.owner, 'secret-land.s')
    await aTable(server.owner, 'secret-land.s.t')
    const volume = {
      catalog_name: 'secret-land',
      schema_name: 's',
      name: 'v',
      volume_type: 'MANAGED' as const,
    }
    await server.owner(CreateVolume, volume)
  })
  afterAll(() => server.close())

  test.each(OBJECTS)(
    'a %s is answered like one that does not exist, byte for byte',
    async (type, there, absent) => {
      const answer = async (name: string, request: keyof typeof REQUESTS) => {
        const { statusCode, body } = await server.app.inject({
          ...REQUESTS[request](type, name),
          headers: { authorization: `Bearer ${eve.token}` },
        })
        const own = JSON.parse(body) as { id?: string; created_at?: number }
        return `${statusCode} ${body}`
          .replaceAll(name, 'NAME')
          .replace(own.id ?? '-', 'ID')
          .replace(String(own.created_at ?? '-'), 'TIME')
      }
      for (const request of Object.keys(REQUESTS) as (keyof typeof REQUESTS)[]) {
        const hidden = await answer(there, request)
        expect(hidden, request).toBe(await answer(absent, request))
        expect(hidden, request).not.toContain('hidden-')
        expect(hidden, request).not.toMatch(/^5/)
      }
    },
  )
})
