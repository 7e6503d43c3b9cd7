import {
  CreateCatalog,
  DeleteCatalog,
  GetCatalog,
  GetCurrentMetastoreAssignment,
  GetMetastoreSummary,
  ListCatalogs,
  UpdateCatalog,
} from '@cairn/platform/protocol/catalogs'
import { ListSchemas } from '@cairn/platform/protocol/schemas'
import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aCatalog, aSchema, aTable, failure, type TestCatalog, testCatalog } from '../testing/catalog.js'

describe.each(databases)('catalogs on %s', (_, database) => {
  let house: TestCatalog
  beforeAll(async () => {
    house = await testCatalog(database)
  })
  afterAll(() => house.close())

  test('are created and answered in Unity Catalog’s shape', async () => {
    const input = { name: 'main', comment: 'all of it', properties: { team: 'data' } }
    const created = await house.owner(CreateCatalog, input)
    expect(created).toEqual({
      ...input,
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      full_name: 'main',
      owner: 'owner',
      created_at: expect.any(Number),
      created_by: 'owner',
      updated_at: created.created_at,
      updated_by: 'owner',
      metastore_id: 'metastore',
      catalog_type: 'MANAGED_CATALOG',
    })
    expect(await house.owner(GetCatalog, { name: 'main' })).toEqual(created)
  })

  test('exist once per name, and say so with the error body of Unity Catalog', async () => {
    await aCatalog(house.owner, 'once')
    const answer = await house.app.inject({
      method: 'POST',
      url: '/api/2.1/unity-catalog/catalogs',
      payload: { name: 'once' },
    })
    expect(answer.statusCode).toBe(400)
    expect(answer.json()).toMatchObject({
      error_code: 'CATALOG_ALREADY_EXISTS',
      message: 'Catalog already exists: once',
      details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'CATALOG_ALREADY_EXISTS' }],
    })
  })

  test.each(['a.b', '', 'a b', '../x', 'naïve', 'x'.repeat(256), 'a*', "a'b", '%2e'])(
    'refuse the name %j with a 400 that names the field',
    async (name) => {
      const error = await failure(aCatalog(house.owner, name))
      expect(error).toMatchObject({
        code: 'INVALID_PARAMETER_VALUE',
        message: expect.stringContaining('name'),
      })
    },
  )

  test('belong to who made them, who may rename them and hand them on', async () => {
    const [ada, bo] = [await house.actor(), await house.actor()]
    await house.grant(ada.principal, 'metastore', '', 'CREATE CATALOG')
    await aCatalog(ada.as, 'adas')
    await house.grant(bo.principal, 'catalog', 'adas', 'USE CATALOG')
    expect(await failure(bo.as(UpdateCatalog, { name: 'adas', new_name: 'bos' }))).toMatchObject({
      code: 'PERMISSION_DENIED',
    })
    const renamed = await ada.as(UpdateCatalog, { name: 'adas', new_name: 'ours', comment: 'x' })
    expect(renamed).toMatchObject({ name: 'ours', comment: 'x', updated_by: ada.principal.name })
    expect((await bo.as(GetCatalog, { name: 'ours' })).id).toBe(renamed.id) // grants follow the thing, not the name
    await ada.as(UpdateCatalog, { name: 'ours', owner: bo.principal.name })
    expect(await bo.as(GetCatalog, { name: 'ours' })).toMatchObject({ owner: bo.principal.name })
    expect(await failure(ada.as(GetCatalog, { name: 'ours' }))).toMatchObject({ code: 'PERMISSION_DENIED' })
  })

  test('go with what is in them only when forced, and leave no grant behind', async () => {
    await aCatalog(house.owner, 'doomed')
    await aSchema(house.owner, 'doomed.s')
    await aTable(house.owner, 'doomed.s.t')
    const eve = await house.actor()
    await house.grant(eve.principal, 'catalog', 'doomed', 'USE CATALOG', 'USE SCHEMA', 'SELECT')
    await house.grant(eve.principal, 'table', 'doomed.s.t', 'MODIFY')
    expect(await failure(house.owner(DeleteCatalog, { name: 'doomed' }))).toMatchObject({
      code: 'FAILED_PRECONDITION',
    })
    await house.owner(DeleteCatalog, { name: 'doomed', force: true })
    expect(await failure(house.owner(GetCatalog, { name: 'doomed' }))).toMatchObject({
      code: 'CATALOG_NOT_FOUND',
    })
    const left = await house.context.db
      .for<{ grants: { principal_id: string } }>()
      .read.selectFrom('grants')
      .selectAll()
      .where('principal_id', '=', eve.principal.id)
      .execute()
    expect(left).toEqual([])
    await aCatalog(house.owner, 'doomed')
    expect((await eve.as(ListCatalogs, {})).catalogs).toEqual([])
  })

  test('list in pages of any size, and a page token tells nothing that was not shown', async () => {
    const eve = await house.actor()
    for (const name of ['p1', 'p2hidden', 'p3', 'p4', 'p5hidden', 'p6', 'p7hidden']) {
      await aCatalog(house.owner, name)
      if (!name.endsWith('hidden')) await house.grant(eve.principal, 'catalog', name, 'USE CATALOG')
    }
    for (const max_results of [0, 1, 2, 3, 4, 1000]) {
      const names: string[] = []
      let page_token: string | null | undefined
      do {
        const page = await eve.as(ListCatalogs, { max_results, ...(page_token && { page_token }) })
        names.push(...page.catalogs.map((one) => one.name))
        page_token = page.next_page_token
        expect(Buffer.from(page_token ?? '', 'base64url').toString()).not.toContain('hidden')
      } while (page_token)
      expect(names).toEqual(['p1', 'p3', 'p4', 'p6'])
    }
    expect(await failure(eve.as(ListCatalogs, { max_results: -1 }))).toMatchObject({
      message: expect.stringContaining('max_results'),
    })
    expect(await failure(eve.as(ListCatalogs, { page_token: 'zzz' }))).toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
    })
  })

  test('that are absent and those that are closed look the same from outside', async () => {
    const eve = await house.actor()
    await aCatalog(house.owner, 'closed')
    await aSchema(house.owner, 'closed.s')
    const sayings = await Promise.all(
      ['closed', 'nosuch'].map(async (name) => {
        const error = await failure(eve.as(GetCatalog, { name }))
        const schemas = await eve.as(ListSchemas, { catalog_name: name })
        return [error.code, error.message.replaceAll(name, 'NAME'), schemas]
      }),
    )
    expect(sayings[0]).toEqual(sayings[1])
    expect(sayings[0]![2]).toEqual({ schemas: [], next_page_token: null })
  })

  test('belong to one metastore', async () => {
    const eve = await house.actor()
    expect(await eve.as(GetMetastoreSummary, {})).toMatchObject({ metastore_id: 'metastore', owner: 'owner' })
    expect(await eve.as(GetCurrentMetastoreAssignment, {})).toMatchObject({ metastore_id: 'metastore' })
  })
})
