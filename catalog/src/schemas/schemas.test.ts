import {
  CreateSchema,
  DeleteSchema,
  GetSchema,
  ListSchemas,
  UpdateSchema,
} from '@cairn/platform/protocol/schemas'
import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aCatalog, aSchema, aTable, failure, type TestCatalog, testCatalog } from '../testing/catalog.js'

describe.each(databases)('schemas on %s', (_, database) => {
  let house: TestCatalog
  beforeAll(async () => {
    house = await testCatalog(database)
    await aCatalog(house.owner, 'main')
  })
  afterAll(() => house.close())

  test('are created in a catalog and answered in Unity Catalog’s shape', async () => {
    const input = { catalog_name: 'main', name: 'movielens', comment: 'ratings', properties: { a: 'b' } }
    const created = await house.owner(CreateSchema, input)
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
    expect(await house.owner(GetSchema, { full_name: 'main.movielens' })).toEqual(created)
    expect(await failure(house.owner(CreateSchema, input))).toMatchObject({ code: 'SCHEMA_ALREADY_EXISTS' })
    expect(await failure(aSchema(house.owner, 'nosuch.s'))).toMatchObject({ code: 'CATALOG_NOT_FOUND' })
  })

  test('are found by a percent-encoded name', async () => {
    await aSchema(house.owner, 'main.encoded')
    const answer = await house.app.inject('/api/2.1/unity-catalog/schemas/main%2Eencoded')
    expect(answer.json()).toMatchObject({ full_name: 'main.encoded' })
  })

  test.each(['main', 'main.a.b', 'main.', '.s', 'main..s', 'main.a b'])(
    'refuse the full name %j',
    async (name) => {
      expect(await failure(house.owner(GetSchema, { full_name: name }))).toMatchObject({
        code: 'INVALID_PARAMETER_VALUE',
      })
    },
  )

  test('are not renamed by those who may only use them', async () => {
    await aSchema(house.owner, 'main.read')
    const eve = await house.actor()
    await house.grant(eve.principal, 'catalog', 'main', 'USE CATALOG')
    await house.grant(eve.principal, 'schema', 'main.read', 'USE SCHEMA', 'SELECT', 'MODIFY')
    const error = await failure(eve.as(UpdateSchema, { full_name: 'main.read', new_name: 'mine' }))
    expect(error).toMatchObject({
      code: 'PERMISSION_DENIED',
      message: `'${eve.principal.name}' lacks MANAGE on schema 'main.read'. Ask 'owner' to grant it.`,
    })
    expect((await house.owner(GetSchema, { full_name: 'main.read' })).name).toBe('read')
  })

  test('are listed for their owner, who can see the catalog', async () => {
    const ada = await house.actor()
    await aSchema(house.owner, 'main.adas')
    await house.owner(UpdateSchema, { full_name: 'main.adas', owner: ada.principal.name })
    expect((await ada.as(ListSchemas, { catalog_name: 'main' })).schemas).toEqual([])
    expect(await failure(ada.as(GetSchema, { full_name: 'main.adas' }))).toMatchObject({
      code: 'PERMISSION_DENIED',
    })
    await house.grant(ada.principal, 'catalog', 'main', 'USE CATALOG')
    const { schemas } = await ada.as(ListSchemas, { catalog_name: 'main' })
    expect(schemas.map((one) => one.name)).toEqual(['adas'])
    expect((await ada.as(GetSchema, { full_name: 'main.adas' })).owner).toBe(ada.principal.name)
  })

  test('are handed only to principals that there are', async () => {
    await aSchema(house.owner, 'main.handed')
    const error = await failure(house.owner(UpdateSchema, { full_name: 'main.handed', owner: 'nobody' }))
    expect(error).toMatchObject({
      code: 'RESOURCE_DOES_NOT_EXIST',
      message: "Principal 'nobody', named by owner, does not exist.",
    })
  })

  test('go with their tables only when forced', async () => {
    await aSchema(house.owner, 'main.doomed')
    await aTable(house.owner, 'main.doomed.t')
    expect(await failure(house.owner(DeleteSchema, { full_name: 'main.doomed' }))).toMatchObject({
      code: 'FAILED_PRECONDITION',
    })
    await house.app.inject({ method: 'DELETE', url: '/api/2.1/unity-catalog/schemas/main.doomed?force=true' })
    expect(await failure(house.owner(GetSchema, { full_name: 'main.doomed' }))).toMatchObject({
      code: 'SCHEMA_NOT_FOUND',
      message: 'Schema not found: main.doomed',
    })
  })

  test('of a catalog that is not there are a 404 to those who may know', async () => {
    expect(await failure(house.owner(ListSchemas, { catalog_name: 'nosuch' }))).toMatchObject({
      code: 'CATALOG_NOT_FOUND',
    })
  })

  test('and tables may be made while their container goes: nothing is left without one', async () => {
    await aCatalog(house.owner, 'race')
    await aSchema(house.owner, 'race.s')
    const makers = Array.from({ length: 8 }, (_, i) =>
      aTable(house.owner, `race.s.t${i}`).catch((e) => e.code),
    )
    await house.owner(DeleteSchema, { full_name: 'race.s', force: true })
    const codes = new Set((await Promise.all(makers)).filter((one) => typeof one === 'string'))
    // The second is of a table that went with the schema before it could be answered.
    const expected = ['SCHEMA_NOT_FOUND', 'TABLE_NOT_FOUND']
    expect([...codes].filter((code) => !expected.includes(code))).toEqual([])
    const orphans = await house.context.db
      .for<{ tables: { schema_id: string }; schemas: { schema_id: string } }>()
      .read.selectFrom('tables')
      .leftJoin('schemas', 'schemas.schema_id', 'tables.schema_id')
      .selectAll('tables')
      .where('schemas.schema_id', 'is', null)
      .execute()
    expect(orphans).toEqual([])
  })
})
