import { expect, test } from 'vitest'
import { CatalogClient } from './catalog.js'
import { HttpTransport } from './http.js'

/** A network that answers by path and query, and writes down the rest. */
function answering(answers: Record<string, unknown>) {
  const asked: string[] = []
  const fetch = async (url: string, init: RequestInit) => {
    const path = url.replace('http://h/api/2.1/unity-catalog', '')
    asked.push(`${init.method} ${path} ${init.body ?? ''}`.trim())
    const body = answers[path]
    const missing = { error_code: 'TABLE_NOT_FOUND', message: `no ${path}` }
    return new Response(JSON.stringify(body ?? missing), { status: body ? 200 : 404 })
  }
  return { asked, catalog: new CatalogClient(new HttpTransport({ baseUrl: 'http://h', fetch })) }
}

test('lists go on until the token is null or empty, over pages that are empty too', async () => {
  const { catalog } = answering({
    '/tables?catalog_name=main&schema_name=s': { tables: [{ name: 'a' }], next_page_token: 'x' },
    '/tables?catalog_name=main&schema_name=s&page_token=x': { tables: [], next_page_token: 'y' },
    '/tables?catalog_name=main&schema_name=s&page_token=y': { tables: [{ name: 'b' }], next_page_token: '' },
    '/catalogs': { catalogs: [{ name: 'main' }], next_page_token: null },
  })
  const names: string[] = []
  for await (const table of catalog.listTables('main', 's')) names.push(table.name)
  for await (const one of catalog.listCatalogs()) names.push(one.name)
  expect(names).toEqual(['a', 'b', 'main'])
})

test('grants are changed and read under their securable', async () => {
  const privilege_assignments = [{ principal: 'modelling', privileges: ['SELECT'] }]
  const { asked, catalog } = answering({ '/permissions/table/main.s.t': { privilege_assignments } })
  const changes = [{ principal: 'modelling', add: ['SELECT'] }]
  expect(await catalog.updateGrants('table', 'main.s.t', changes)).toEqual(privilege_assignments)
  expect(await catalog.getGrants('table', 'main.s.t')).toEqual(privilege_assignments)
  expect(asked).toEqual([
    'PATCH /permissions/table/main.s.t {"changes":[{"principal":"modelling","add":["SELECT"]}]}',
    'GET /permissions/table/main.s.t',
  ])
})

test('a table that is not there is found as undefined, and names cannot leave their place', async () => {
  const { asked, catalog } = answering({})
  expect(await catalog.findTable('main.s.t/../../catalogs')).toBeUndefined()
  expect(asked).toEqual(['GET /tables/main.s.t%2F..%2F..%2Fcatalogs'])
})

test('temporary credentials are asked for by table id', async () => {
  const credentials = { url: 'file:///data/t', expiration_time: 1 }
  const { asked, catalog } = answering({ '/temporary-table-credentials': credentials })
  expect(await catalog.temporaryTableCredentials('id-1', 'READ')).toEqual(credentials)
  expect(asked[0]).toContain('{"table_id":"id-1","operation":"READ"}')
})
