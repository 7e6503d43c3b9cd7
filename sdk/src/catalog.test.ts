import { expect, test } from 'vitest'
import { CatalogClient } from './catalog.js'
import { HttpTransport } from './http.js'

/** A fake network with responses by path and query that records the requests. */
function respondWith(responses: Record<string, unknown>) {
  const requests: string[] = []
  const fetch = async (url: string, init: RequestInit) => {
    const path = url.replace('http://h/api/2.1/unity-catalog', '')
    requests.push(`${init.method} ${path} ${init.body ?? ''}`.trim())
    const body = responses[path]
    const missing = { error_code: 'TABLE_NOT_FOUND', message: `no ${path}` }
    return new Response(JSON.stringify(body ?? missing), { status: body ? 200 : 404 })
  }
  return { requests, catalog: new CatalogClient(new HttpTransport({ baseUrl: 'http://h', fetch })) }
}

test('lists all pages, including empty ones, until the token is null or empty', async () => {
  const { catalog } = respondWith({
    '/tables?catalog_name=main&schema_name=s': { tables: [{ name: 'a' }], next_page_token: 'x' },
    '/tables?catalog_name=main&schema_name=s&page_token=x': { tables: [], next_page_token: 'y' },
    '/tables?catalog_name=main&schema_name=s&page_token=y': { tables: [{ name: 'b' }], next_page_token: '' },
    '/catalogs': { catalogs: [{ name: 'main' }], next_page_token: null },
  })
  const names: string[] = []
  for await (const table of catalog.listTables('main', 's')) names.push(table.name)
  for await (const found of catalog.listCatalogs()) names.push(found.name)
  expect(names).toEqual(['a', 'b', 'main'])
})

test('updates and reads the grants of a securable', async () => {
  const privilege_assignments = [{ principal: 'modelling', privileges: ['SELECT'] }]
  const { requests, catalog } = respondWith({ '/permissions/table/main.s.t': { privilege_assignments } })
  const changes = [{ principal: 'modelling', add: ['SELECT'] }]
  expect(await catalog.updateGrants('table', 'main.s.t', changes)).toEqual(privilege_assignments)
  expect(await catalog.getGrants('table', 'main.s.t')).toEqual(privilege_assignments)
  expect(requests).toEqual([
    'PATCH /permissions/table/main.s.t {"changes":[{"principal":"modelling","add":["SELECT"]}]}',
    'GET /permissions/table/main.s.t',
  ])
})

test('findTable returns undefined for a missing table and encodes slashes in names', async () => {
  const { requests, catalog } = respondWith({})
  expect(await catalog.findTable('main.s.t/../../catalogs')).toBeUndefined()
  expect(requests).toEqual(['GET /tables/main.s.t%2F..%2F..%2Fcatalogs'])
})

test('requests temporary credentials by table id', async () => {
  const credentials = { url: 'file:///data/t', expiration_time: 1 }
  const { requests, catalog } = respondWith({ '/temporary-table-credentials': credentials })
  expect(await catalog.temporaryTableCredentials('id-1', 'READ')).toEqual(credentials)
  expect(requests[0]).toContain('{"table_id":"id-1","operation":"READ"}')
})
