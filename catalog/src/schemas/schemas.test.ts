import {
  CreateSchema,
  DeleteSchema,
  GetSchema,
  ListSchemas,
  UpdateSchema,
} from '@cairn/platform/protocol/unity/schemas'
import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aCatalog, aSchema, aTable, failure, type TestCatalog, testCatalog } from '../testing/catalog.js'

describe.each(databases)('schemas on %s', (_, database) => {
  let server: TestCatalog
  beforeAll(async () => {
    server = await testCatalog(database)
    await aCatalog(server.owner, 'main')
  })
  afterAll(() => server.close())

  test('are created in a catalog and returned in Unity Catalog’s format', async () => {
    const input = { catalog_name: 'main', name: 'movielens', comment: 'ratings', properties: { a: 'b' } }
    const created = await server.owner(CreateSchema, input)
    expect(created).toEqual({
      ...input,
      schema_id: expect.any(String),
      full_name: 'main.movielens',
      owner: 'owner',
      created_at: expect.any(Number),
      created_by: 'owner',
      updated_at: created.created_at,
      updated_by: 'owner',
      catalog_type: 'MANAGED_CATALOG',
      metastore_id: 'metastore',
    })
    expect(await server.owner(GetSchema, { full_name: 'main.movielens' })).toEqual(created)
    expect(await failure(server.owner(CreateSchema, input))).toMatchObject({ code: 'SCHEMA_ALREADY_EXISTS' })
    expect(await failure(aSchema(server.owner, 'nosuch.s'))).toMatchObject({ code: 'CATALOG_NOT_FOUND' })
  })

  test('are found by a percent-encoded name', async () => {
    await aSchema(server.owner, 'main.encoded')
    const answer = await server.app.inject('/api/2.1/unity-catalog/schemas/main%2Eencoded')
    expect(answer.json()).toMatchObject({ full_name: 'main.encoded' })
  })

  test.each(['main', 'main.a.b', 'main.', '.s', 'main..s', 'main.a b'])(
    'reject the full name %j',
    async (name) => {
      expect(await failure(server.owner(GetSchema, { full_name: name }))).toMatchObject({
        code: 'INVALID_PARAMETER_VALUE',
      })
    },
  )

  test('are not renamed without MANAGE', async () => {
    await aSchema(server.owner, 'main.read')
    const eve = await server.actor()
    await server.grant(eve.principal, 'catalog', 'main', 'USE CATALOG')
    await server.grant(eve.principal, 'schema', 'main.read', 'USE SCHEMA', 'SELECT', 'MODIFY')
    const error = await failure(eve.as(UpdateSchema, { full_name: 'main.read', new_name: 'mine' }))
    expect(error).toMatchObject({
      code: 'PERMISSION_DENIED',
      message: `'${eve.principal.name}' lacks MANAGE on schema 'main.read'. Ask 'owner' to grant it.`,
    })
    expect((await server.owner(GetSchema, { full_name: 'main.read' })).name).toBe('read')
  })

  test('are listed for their owner once the catalog is visible to it', async () => {
    const ada = await server.actor()
    await aSchema(server.owner, 'main.adas')
    await server.owner(UpdateSchema, { full_name: 'main.adas', owner: ada.principal.name })
    expect((await ada.as(ListSchemas, { catalog_name: 'main' })).schemas).toEqual([])
    expect(await failure(ada.as(GetSchema, { full_name: 'main.adas' }))).toMatchObject({
      code: 'PERMISSION_DENIED',
    })
    await server.grant(ada.principal, 'catalog', 'main', 'USE CATALOG')
    const { schemas } = await ada.as(ListSchemas, { catalog_name: 'main' })
    expect(schemas.map((one) => one.name)).toEqual(['adas'])
    expect((await ada.as(GetSchema, { full_name: 'main.adas' })).owner).toBe(ada.principal.name)
  })

  test('are transferred only to existing principals', async () => {
    await aSchema(server.owner, 'main.handed')
    const error = await failure(server.owner(UpdateSchema, { full_name: 'main.handed', owner: 'nobody' }))
    expect(error).toMatchObject({
      code: 'RESOURCE_DOES_NOT_EXIST',
      message: "Principal 'nobody', named by owner, does not exist.",
    })
  })

  test('are deleted with their tables only with force', async () => {
    await aSchema(server.owner, 'main.deleted')
    await aTable(server.owner, 'main.deleted.t')
    expect(await failure(server.owner(DeleteSchema, { full_name: 'main.deleted' }))).toMatchObject({
      code: 'FAILED_PRECONDITION',
    })
    await server.app.inject({
      method: 'DELETE',
      url: '/api/2.1/unity-catalog/schemas/main.deleted?force=true',
    })
    expect(await failure(server.owner(GetSchema, { full_name: 'main.deleted' }))).toMatchObject({
      code: 'SCHEMA_NOT_FOUND',
      message: 'Schema not found: main.deleted',
    })
  })

  test('of an absent catalog are a 404 for callers who may know', async () => {
    expect(await failure(server.owner(ListSchemas, { catalog_name: 'nosuch' }))).toMatchObject({
      code: 'CATALOG_NOT_FOUND',
    })
  })

  test('deleted while tables are created leave no orphans', async () => {
    await aCatalog(server.owner, 'race')
    await aSchema(server.owner, 'race.s')
    const makers = Array.from({ length: 8 }, (_, i) =>
      aTable(server.owner, `race.s.t${i}`).catch((e) => e.code),
    )
    await server.owner(DeleteSchema, { full_name: 'race.s', force: true })
    const codes = new Set((await Promise.all(makers)).filter((one) => typeof one === 'string'))
    // TABLE_NOT_FOUND: the table was created and deleted with the schema before it was read back.
    const expected = ['SCHEMA_NOT_FOUND', 'TABLE_NOT_FOUND']
    expect([...codes].filter((code) => !expected.includes(code))).toEqual([])
    const orphans = await server.context.db
      .for<{ tables: { schema_id: string }; schemas: { schema_id: string } }>()
      .read.selectFrom('tables')
      .leftJoin('schemas', 'schemas.schema_id', 'tables.schema_id')
      .selectAll('tables')
      .where('schemas.schema_id', 'is', null)
      .execute()
    expect(orphans).toEqual([])
  })
})
