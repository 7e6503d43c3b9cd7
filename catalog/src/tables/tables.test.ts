import { UpdateSchema } from '@cairn/platform/protocol/unity/schemas'
import {
  CreateStagingTable,
  CreateTable,
  DeleteTable,
  GetTable,
  ListTables,
  TableExists,
  UpdateTable,
} from '@cairn/platform/protocol/unity/tables'
import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aCatalog, aSchema, aTable, failure, type TestCatalog, testCatalog } from '../testing/catalog.js'

describe.each(databases)('tables on %s', (_, database) => {
  let server: TestCatalog
  beforeAll(async () => {
    server = await testCatalog(database)
    await aCatalog(server.owner, 'main')
    await aSchema(server.owner, 'main.movielens')
  })
  afterAll(() => server.close())
  const inSchema = { catalog_name: 'main', schema_name: 'movielens' }

  test('are created with a managed location and complete columns', async () => {
    const created = await aTable(server.owner, 'main.movielens.ratings', {
      comment: 'who liked what',
      properties: { rows: '100004', digest: 'abc' },
      columns: [
        { name: 'user_id', type_name: 'INT', nullable: false },
        { name: 'rating', type_name: 'DECIMAL', type_precision: 3, type_scale: 1, comment: 'of 5' },
        { name: 'tags', type_name: 'ARRAY', type_text: 'array<string>', type_json: '{}' },
      ],
    })
    expect(created).toMatchObject({
      full_name: 'main.movielens.ratings',
      table_type: 'MANAGED',
      data_source_format: 'DELTA',
      storage_location: server.context.blobs.uri(`tables/${created.table_id}`),
      owner: 'owner',
      properties: { rows: '100004', digest: 'abc' },
      columns: [
        {
          name: 'user_id',
          type_name: 'INT',
          type_text: 'int',
          type_json: '{"name":"user_id","type":"integer","nullable":false,"metadata":{}}',
          type_precision: 0,
          type_scale: 0,
          position: 0,
          nullable: false,
        },
        { type_text: 'decimal(3,1)', type_precision: 3, type_scale: 1, position: 1, comment: 'of 5' },
        { type_text: 'array<string>', position: 2 },
      ],
    })
    expect(await server.owner(GetTable, { full_name: 'main.movielens.ratings' })).toEqual(created)
    const encoded = await server.app.inject('/api/2.1/unity-catalog/tables/main%2Emovielens%2Eratings')
    expect(encoded.json()).toEqual(created)
  })

  test.each([
    [{ columns: [{ name: 'a', type_name: 'WORD' as 'INT' }] }, 'columns[0].type_name'],
    [{ columns: [{ name: 'a', type_name: 'STRUCT' as const }] }, "Column 'a'"],
    [
      {
        columns: [
          { name: 'a', type_name: 'INT' as const },
          { name: 'A', type_name: 'INT' as const },
        ],
      },
      "'A' occurs twice",
    ],
    [{ table_type: 'VIEW' as 'MANAGED' }, 'table_type'],
    [{ data_source_format: 'CSV' as const }, 'data_source_format'],
    [{ storage_location: 'file:///etc' }, 'storage_location'],
    [{ table_type: 'EXTERNAL' as const }, 'storage_location'],
    [{ table_type: 'EXTERNAL' as const, storage_location: '/etc' }, 'storage_location'],
    [{ table_type: 'EXTERNAL' as const, storage_location: 'https://x/y' }, 'storage_location'],
    [{ table_type: 'EXTERNAL' as const, storage_location: 'file:///a/../etc' }, 'storage_location'],
    [{ table_type: 'EXTERNAL' as const, storage_location: 'file:///a/%2e%2e/etc' }, 'storage_location'],
    [{ table_type: 'EXTERNAL' as const, storage_location: 's3://u:p@b/x' }, 'storage_location'],
  ])('reject %j', async (more, named) => {
    expect(await failure(aTable(server.owner, 'main.movielens.bad', more))).toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
      message: expect.stringContaining(named),
    })
  })

  test('that are external require MANAGE on the metastore, and locations outside of the managed store', async () => {
    const ada = await server.actor()
    await server.grant(ada.principal, 'catalog', 'main', 'USE CATALOG', 'USE SCHEMA', 'CREATE TABLE')
    const outside = { table_type: 'EXTERNAL' as const, storage_location: 's3://bucket/events/' }
    expect(await failure(aTable(ada.as, 'main.movielens.outside', outside))).toMatchObject({
      code: 'PERMISSION_DENIED',
      message: expect.stringContaining("MANAGE on metastore 'metastore'"),
    })
    const created = await aTable(server.owner, 'main.movielens.outside', outside)
    expect(created).toMatchObject({ table_type: 'EXTERNAL', storage_location: 's3://bucket/events' })
    for (const storage_location of [
      server.context.blobs.uri('tables'),
      's3://cairn/tables/x',
      's3://cairn/volumes',
    ]) {
      const inside = aTable(server.owner, 'main.movielens.inside', { ...outside, storage_location })
      expect((await failure(inside)).message).toContain('overlaps')
    }
  })

  test('may be staged, and are created from the stage once, by its creator', async () => {
    const [ada, eve] = [await server.actor(), await server.actor()]
    for (const one of [ada, eve])
      await server.grant(one.principal, 'catalog', 'main', 'USE CATALOG', 'USE SCHEMA', 'CREATE TABLE')
    const staged = await ada.as(CreateStagingTable, { name: 'staged', ...inSchema })
    expect(staged.staging_location).toBe(`s3://cairn/tables/${staged.id}`)
    expect(await failure(server.owner(GetTable, { full_name: 'main.movielens.staged' }))).toMatchObject({
      code: 'TABLE_NOT_FOUND',
    })
    const storage_location = staged.staging_location
    expect(await failure(aTable(eve.as, 'main.movielens.staged', { storage_location }))).toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
    })
    const table = await aTable(ada.as, 'main.movielens.staged', { storage_location })
    expect(table).toMatchObject({ table_id: staged.id, storage_location })
    expect(await failure(aTable(ada.as, 'main.movielens.again', { storage_location }))).toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
    })
  })

  test('report the missing privilege and who can grant it', async () => {
    const [team, mo] = [
      await server.context.identities.create('group', 'data-engineering'),
      await server.actor(),
    ]
    await aSchema(server.owner, 'main.owned')
    await server.owner(UpdateSchema, { full_name: 'main.owned', owner: team.name })
    await aTable(server.owner, 'main.owned.tags')
    await server.grant(mo.principal, 'catalog', 'main', 'USE CATALOG')
    await server.grant(mo.principal, 'schema', 'main.owned', 'USE SCHEMA')
    const denied = await failure(mo.as(DeleteTable, { full_name: 'main.owned.tags' }))
    expect(denied.message).toBe(
      `'${mo.principal.name}' lacks MANAGE on table 'main.owned.tags'. Ask 'owner' or 'data-engineering' to grant it.`,
    )
    expect(denied.details).toMatchObject({
      missing: [{ privileges: ['MANAGE'], securable_type: 'table', securable: 'main.owned.tags' }],
      can_grant: ['owner', 'data-engineering'],
    })
  })

  test('reveal whether they exist only to principals that see the schema', async () => {
    const [eve, mo] = [await server.actor(), await server.actor()]
    await server.grant(mo.principal, 'catalog', 'main', 'USE CATALOG', 'USE SCHEMA', 'SELECT')
    await aTable(server.owner, 'main.movielens.there')
    const ask = (name: string, as = mo.as) => as(TableExists, { full_name: `main.movielens.${name}` })
    expect(await ask('there')).toEqual({ table_exists: true })
    expect(await ask('nosuch')).toEqual({ table_exists: false })
    const [there, nosuch] = [await failure(ask('there', eve.as)), await failure(ask('nosuch', eve.as))]
    expect(there.message.replaceAll('there', 'X')).toBe(nosuch.message.replaceAll('nosuch', 'X'))
  })

  test('are described with MODIFY, but renamed and transferred only with MANAGE', async () => {
    const ada = await server.actor()
    await aTable(server.owner, 'main.movielens.mutable')
    await server.grant(ada.principal, 'catalog', 'main', 'USE CATALOG', 'USE SCHEMA')
    await server.grant(ada.principal, 'table', 'main.movielens.mutable', 'MODIFY')
    const full_name = 'main.movielens.mutable'
    const changed = await ada.as(UpdateTable, {
      full_name,
      properties: { rows: '5' },
      columns: [{ name: 'n', type_name: 'STRING' }],
    })
    expect(changed).toMatchObject({
      properties: { rows: '5' },
      columns: [{ name: 'n', type_text: 'string' }],
    })
    for (const change of [{ owner: ada.principal.name }, { new_name: 'mine' }])
      expect(await failure(ada.as(UpdateTable, { full_name, ...change }))).toMatchObject({
        code: 'PERMISSION_DENIED',
      })
  })

  test('are listed without columns on request, and deleted with their data', async () => {
    const { table_id } = await aTable(server.owner, 'main.movielens.gone')
    const key = `tables/${table_id}/_delta_log/00000000000000000000.json`
    await server.context.blobs.put(key, Buffer.from('{}'))
    const { tables } = await server.owner(ListTables, { ...inSchema, omit_columns: true })
    expect(tables.find((one) => one.name === 'gone')?.columns).toEqual([])
    await server.owner(DeleteTable, { full_name: 'main.movielens.gone' })
    expect(await failure(server.owner(GetTable, { full_name: 'main.movielens.gone' }))).toMatchObject({
      code: 'TABLE_NOT_FOUND',
    })
    await expect(server.context.blobs.head(key)).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' })
  })

  test('created again under the same name inherit no grants', async () => {
    const eve = await server.actor()
    await server.grant(eve.principal, 'catalog', 'main', 'USE CATALOG', 'USE SCHEMA')
    await aTable(server.owner, 'main.movielens.phoenix')
    await server.grant(eve.principal, 'table', 'main.movielens.phoenix', 'SELECT')
    await eve.as(GetTable, { full_name: 'main.movielens.phoenix' })
    await server.owner(DeleteTable, { full_name: 'main.movielens.phoenix' })
    await aTable(server.owner, 'main.movielens.phoenix')
    expect(await failure(eve.as(GetTable, { full_name: 'main.movielens.phoenix' }))).toMatchObject({
      code: 'PERMISSION_DENIED',
    })
  })

  test('are created once by concurrent requests', async () => {
    const tries = await Promise.allSettled(
      Array.from({ length: 6 }, () =>
        server.owner(CreateTable, { ...inSchema, name: 'one', table_type: 'MANAGED', columns: [] }),
      ),
    )
    expect(tries.filter((one) => one.status === 'fulfilled')).toHaveLength(1)
    for (const one of tries)
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'TABLE_ALREADY_EXISTS' })
  })
})
