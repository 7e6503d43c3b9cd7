import {
  CreateCatalog,
  DeleteCatalog,
  GetCatalog,
  GetCurrentMetastoreAssignment,
  GetMetastoreSummary,
  ListCatalogs,
  UpdateCatalog,
} from '@cairn/platform/protocol/unity/catalogs'
import { ListSchemas } from '@cairn/platform/protocol/unity/schemas'
import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aCatalog, aSchema, aTable, failure, type TestCatalog, testCatalog } from '../testing/catalog.js'

describe.each(databases)('catalogs on %s', (_, database) => {
  let server: TestCatalog
  beforeAll(async () => {
    server = await testCatalog(database)
  })
  afterAll(() => server.close())

  test('are created and returned in Unity Catalog’s format', async () => {
    const input = { name: 'main', comment: 'all of it', properties: { team: 'data' } }
    const created = await server.owner(CreateCatalog, input)
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
    expect(await server.owner(GetCatalog, { name: 'main' })).toEqual(created)
  })

  test('have unique names; a conflict has the error body of Unity Catalog', async () => {
    await aCatalog(server.owner, 'once')
    const answer = await server.app.inject({
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
    'reject the name %j with a 400 that names the field',
    async (name) => {
      const error = await failure(aCatalog(server.owner, name))
      expect(error).toMatchObject({
        code: 'INVALID_PARAMETER_VALUE',
        message: expect.stringContaining('name'),
      })
    },
  )

  test('belong to their creator, who may rename them and transfer ownership', async () => {
    const [ada, bo] = [await server.actor(), await server.actor()]
    await server.grant(ada.principal, 'metastore', '', 'CREATE CATALOG')
    await aCatalog(ada.as, 'adas')
    await server.grant(bo.principal, 'catalog', 'adas', 'USE CATALOG')
    expect(await failure(bo.as(UpdateCatalog, { name: 'adas', new_name: 'bos' }))).toMatchObject({
      code: 'PERMISSION_DENIED',
    })
    const renamed = await ada.as(UpdateCatalog, { name: 'adas', new_name: 'ours', comment: 'x' })
    expect(renamed).toMatchObject({ name: 'ours', comment: 'x', updated_by: ada.principal.name })
    expect((await bo.as(GetCatalog, { name: 'ours' })).id).toBe(renamed.id) // grants are by id, not by name
    const { secret } = await server.context.tokens.issue(ada.principal.id, 'ci', { scopes: ['catalog'] })
    const scoped = server.context.client(secret)
    await scoped(UpdateCatalog, { name: 'ours', comment: 'y' })
    expect(await failure(scoped(UpdateCatalog, { name: 'ours', owner: bo.principal.name }))).toMatchObject({
      code: 'PERMISSION_DENIED',
      message: expect.stringContaining('owner: the token is only for catalog'),
    })
    await ada.as(UpdateCatalog, { name: 'ours', owner: bo.principal.name })
    expect(await bo.as(GetCatalog, { name: 'ours' })).toMatchObject({ owner: bo.principal.name })
    expect(await failure(ada.as(GetCatalog, { name: 'ours' }))).toMatchObject({ code: 'PERMISSION_DENIED' })
  })

  test('are deleted with their contents only with force, and leave no grants and entries', async () => {
    await aCatalog(server.owner, 'deleted')
    await aSchema(server.owner, 'deleted.s')
    await aTable(server.owner, 'deleted.s.t')
    const chain = await server.locator.find('table', 'deleted.s.t')
    const eve = await server.actor()
    await server.grant(eve.principal, 'catalog', 'deleted', 'USE CATALOG', 'USE SCHEMA', 'SELECT')
    await server.grant(eve.principal, 'table', 'deleted.s.t', 'MODIFY')
    expect(await failure(server.owner(DeleteCatalog, { name: 'deleted' }))).toMatchObject({
      code: 'FAILED_PRECONDITION',
    })
    await server.owner(DeleteCatalog, { name: 'deleted', force: true })
    expect(await failure(server.owner(GetCatalog, { name: 'deleted' }))).toMatchObject({
      code: 'CATALOG_NOT_FOUND',
    })
    const remaining = await server.context.db
      .for<{ grants: { principal_id: string } }>()
      .read.selectFrom('grants')
      .selectAll()
      .where('principal_id', '=', eve.principal.id)
      .execute()
    expect(remaining).toEqual([])
    const entries = await Promise.all(chain.map(({ type, id }) => server.context.securables.find(type, id)))
    expect(entries).toEqual([undefined, undefined, undefined, undefined])
    await aCatalog(server.owner, 'deleted')
    expect((await eve.as(ListCatalogs, {})).catalogs).toEqual([])
  })

  test('are paged with any page size, and page tokens reveal nothing hidden', async () => {
    const eve = await server.actor()
    for (const name of ['p1', 'p2hidden', 'p3', 'p4', 'p5hidden', 'p6', 'p7hidden']) {
      await aCatalog(server.owner, name)
      if (!name.endsWith('hidden')) await server.grant(eve.principal, 'catalog', name, 'USE CATALOG')
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

  test('that are absent look the same to strangers as hidden ones', async () => {
    const eve = await server.actor()
    await aCatalog(server.owner, 'closed')
    await aSchema(server.owner, 'closed.s')
    const responses = await Promise.all(
      ['closed', 'nosuch'].map(async (name) => {
        const error = await failure(eve.as(GetCatalog, { name }))
        const schemas = await eve.as(ListSchemas, { catalog_name: name })
        return [error.code, error.message.replaceAll(name, 'NAME'), schemas]
      }),
    )
    expect(responses[0]).toEqual(responses[1])
    expect(responses[0]![2]).toEqual({ schemas: [], next_page_token: null })
  })

  test('belong to a single metastore', async () => {
    const eve = await server.actor()
    expect(await eve.as(GetMetastoreSummary, {})).toMatchObject({ metastore_id: 'metastore', owner: 'owner' })
    expect(await eve.as(GetCurrentMetastoreAssignment, {})).toMatchObject({ metastore_id: 'metastore' })
  })
})
