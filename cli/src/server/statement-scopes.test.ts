import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import { CreateTableFromCsv } from '@cairn/platform/protocol/cairn/csv-tables'
import { ExecuteStatement } from '@cairn/platform/protocol/databricks/statements'
import { CreateCatalog } from '@cairn/platform/protocol/unity/catalogs'
import { CreateSchema } from '@cairn/platform/protocol/unity/schemas'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from '../testing/test-server.js'

let server: TestServer
beforeAll(async () => {
  server = await testServer({ env: { CAIRN_AUTH: 'required' }, services: 'catalog,pipelines' })
  const owner = server.context.client()
  await owner(CreateCatalog, { name: 'main' })
  await owner(CreateSchema, { catalog_name: 'main', name: 'raw' })
  await owner(CreateTableFromCsv, {
    ...{ catalog_name: 'main', schema_name: 'raw', name: 'films' },
    ...{ columns: [{ name: 'id', type_name: 'LONG' }], csv: 'id\n7\n' },
  })
})
afterAll(() => server?.close())

const statement = { statement: 'select id from main.raw.films', wait_timeout: '50s' }

test.each(['read', 'catalog'])(
  'a token with the scope %s queries a table that its principal may read',
  async (scope) => {
    const { tokens, client } = server.context
    const { secret } = await tokens.issue(LOCAL_OWNER.id, 'test', { scopes: [scope] })
    const { status, result } = await client(secret)(ExecuteStatement, statement)
    expect(status).toEqual({ state: 'SUCCEEDED' })
    expect(result!.data_array).toEqual([['7']])
    expect((await tokens.list()).filter(({ label }) => label === 'query tables')).toEqual([])
  },
)

test('a token with the scope read queries no table that its principal may not read', async () => {
  const { identities, tokens, client } = server.context
  const { id } = await identities.create('user', 'eve')
  const { secret } = await tokens.issue(id, 'test', { scopes: ['read'] })
  const { status } = await client(secret)(ExecuteStatement, statement)
  expect(status).toMatchObject({ state: 'FAILED', error: { message: expect.stringContaining('films') } })
})
