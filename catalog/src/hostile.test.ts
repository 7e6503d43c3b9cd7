import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aCatalog, aSchema, aTable, type TestCatalog, testCatalog } from './testing/catalog.js'

const NAMES = [
  '%2e%2e%2f',
  '%252e%252e',
  'main.s.t%00',
  'main.s.t%0a',
  "main.s.t'--",
  'main.s.t"',
  'main.s.*',
  'main.s.%25',
  'ma%69n.s.T',
  'main.s.t.u',
  'main..t',
  '%D0%BCain.s.t',
  `main.s.${'x'.repeat(255)}`,
  `main.s.${'x'.repeat(256)}`,
  '__proto__',
  'constructor.prototype.x',
  '%ff%fe',
  '%',
]
const UC = '/api/2.1/unity-catalog'

describe.each(databases)('hostile names on %s', (_, database) => {
  let server: TestCatalog
  let token: string
  beforeAll(async () => {
    server = await testCatalog(database)
    await aCatalog(server.owner, 'main')
    await aSchema(server.owner, 'main.s')
    await aTable(server.owner, 'main.s.t')
    token = (await server.actor()).token
  })
  afterAll(() => server.close())

  test.each(NAMES)(
    '%s finds nothing and causes no server error, for the owner and for a stranger',
    async (name) => {
      const paths = [
        `${UC}/catalogs/${name}`,
        `${UC}/schemas/${name}`,
        `${UC}/tables/${name}`,
        `${UC}/tables/${name}/exists`,
        `${UC}/volumes/${name}`,
        `${UC}/permissions/table/${name}`,
        `${UC}/permissions/${name}/main`,
        `${UC}/effective-permissions/table/${name}`,
        `${UC}/schemas?catalog_name=${name}`,
        `${UC}/tables?catalog_name=main&schema_name=${name}`,
        `/api/cairn/v1/tables/${name}/rows`,
        `/api/cairn/v1/explain?securable_type=table&full_name=${name}&privilege=SELECT`,
        `/api/cairn/v1/explain?securable_type=table&full_name=main.s.t&privilege=${name}`,
        `/api/2.0/preview/scim/v2/Users/${name}`,
      ]
      for (const url of paths)
        for (const headers of [{}, { authorization: `Bearer ${token}` }]) {
          const { statusCode, body } = await server.app.inject({ url, headers })
          const isNothing =
            statusCode === 200 && /"(schemas|tables)":\[\]|"table_exists":false|"allowed":false/.test(body)
          expect(isNothing || (statusCode >= 400 && statusCode < 500), `${url} ${statusCode} ${body}`).toBe(
            true,
          )
        }
    },
  )

  test.each([
    '[]',
    '"text"',
    '{"name":',
    '{"name":5}',
    '{"name":{"a":1}}',
    '{"name":"x","properties":{"a":5}}',
    '{"name":"x","properties":[]}',
    `${'['.repeat(100_000)}`,
  ])('the body %s is rejected with 400', async (payload) => {
    for (const url of [
      `${UC}/catalogs`,
      `${UC}/temporary-table-credentials`,
      '/api/2.0/preview/scim/v2/Users',
    ]) {
      const headers = { 'content-type': 'application/json' }
      const { statusCode, body } = await server.app.inject({ method: 'POST', url, headers, payload })
      expect(statusCode, `${url} ${body.slice(0, 200)}`).toBe(400)
    }
  })
})
