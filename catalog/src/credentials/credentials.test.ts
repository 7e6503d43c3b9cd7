import {
  TemporaryPathCredentials,
  TemporaryTableCredentials,
  TemporaryVolumeCredentials,
} from '@cairn/platform/protocol/unity/credentials'
import { CreateStagingTable } from '@cairn/platform/protocol/unity/tables'
import { CreateVolume } from '@cairn/platform/protocol/unity/volumes'
import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { aCatalog, aSchema, aTable, failure, type TestCatalog, testCatalog } from '../testing/catalog.js'

describe.each(databases)('temporary credentials on %s', (_, database) => {
  let server: TestCatalog
  let table_id: string
  beforeAll(async () => {
    server = await testCatalog(database)
    await aCatalog(server.owner, 'main')
    await aSchema(server.owner, 'main.s')
    table_id = (await aTable(server.owner, 'main.s.t')).table_id
  })
  afterAll(() => server.close())
  const reader = async () => {
    const actor = await server.actor()
    await server.grant(actor.principal, 'catalog', 'main', 'USE CATALOG', 'USE SCHEMA')
    return actor
  }

  test('for a table on disk contain its address behind the S3 gateway, an expiry and keys, under both API versions', async () => {
    const ada = await reader()
    await server.grant(ada.principal, 'table', 'main.s.t', 'SELECT')
    for (const version of ['2.0', '2.1']) {
      const answer = await server.app.inject({
        method: 'POST',
        url: `/api/${version}/unity-catalog/temporary-table-credentials`,
        headers: { authorization: `Bearer ${ada.token}` },
        payload: { table_id, operation: 'READ' },
      })
      expect(answer.json()).toEqual({
        url: `s3://cairn/tables/${table_id}`,
        expiration_time: expect.any(Number),
        aws_temp_credentials: {
          access_key_id: expect.stringMatching(/^CAIRN/),
          secret_access_key: expect.any(String),
          session_token: expect.any(String),
          access_point: expect.stringContaining('/api/cairn/v1/s3'),
        },
      })
      expect(answer.headers['cache-control']).toBe('no-store')
      expect(answer.json().expiration_time).toBeGreaterThan(Date.now() + 3_500_000)
    }
  })

  test('for writing require MODIFY and SELECT', async () => {
    const [ada, bo] = [await reader(), await reader()]
    await server.grant(ada.principal, 'table', 'main.s.t', 'SELECT')
    await server.grant(bo.principal, 'table', 'main.s.t', 'MODIFY')
    const ask = { table_id, operation: 'READ_WRITE' as const }
    for (const [as, lacks] of [
      [ada.as, 'MODIFY'],
      [bo.as, 'SELECT'],
    ] as const)
      expect(await failure(as(TemporaryTableCredentials, ask))).toMatchObject({
        code: 'PERMISSION_DENIED',
        message: expect.stringContaining(`lacks ${lacks} on table 'main.s.t'`),
      })
    await server.grant(ada.principal, 'table', 'main.s.t', 'MODIFY')
    expect(await ada.as(TemporaryTableCredentials, ask)).toMatchObject({ url: expect.any(String) })
  })

  test('reveal to strangers neither that an id exists nor its name', async () => {
    const eve = await server.actor()
    const nosuch = '00000000-0000-4000-8000-000000000000'
    const [hidden, absent] = await Promise.all(
      [table_id, nosuch].map((id) =>
        failure(eve.as(TemporaryTableCredentials, { table_id: id, operation: 'READ' })),
      ),
    )
    expect(hidden!.code).toBe('PERMISSION_DENIED')
    expect(JSON.stringify(hidden).replaceAll(table_id, nosuch)).toBe(JSON.stringify(absent))
    expect(JSON.stringify(hidden)).not.toContain('main.s')
    const owned = await failure(
      server.owner(TemporaryTableCredentials, { table_id: nosuch, operation: 'READ' }),
    )
    expect(owned.code).toBe('TABLE_NOT_FOUND')
  })

  test('for a staged table are issued to its creator only', async () => {
    const [ada, bo] = [await reader(), await reader()]
    for (const one of [ada, bo]) await server.grant(one.principal, 'schema', 'main.s', 'CREATE TABLE')
    const inSchema = { catalog_name: 'main', schema_name: 's' }
    const { id, staging_location } = await ada.as(CreateStagingTable, { name: 'staged', ...inSchema })
    const ask = { table_id: id, operation: 'READ_WRITE' as const }
    expect((await ada.as(TemporaryTableCredentials, ask)).url).toBe(staging_location)
    expect(await failure(bo.as(TemporaryTableCredentials, ask))).toMatchObject({ code: 'PERMISSION_DENIED' })
  })

  test('for a volume require READ VOLUME, for writing WRITE VOLUME too', async () => {
    const ada = await reader()
    const { volume_id, storage_location } = await server.owner(CreateVolume, {
      catalog_name: 'main',
      schema_name: 's',
      name: 'v',
      volume_type: 'MANAGED',
    })
    await server.grant(ada.principal, 'volume', 'main.s.v', 'READ VOLUME')
    const read = { volume_id, operation: 'READ_VOLUME' as const }
    expect(storage_location).toBe(server.context.blobs.uri(`volumes/${volume_id}`))
    expect((await ada.as(TemporaryVolumeCredentials, read)).url).toBe(`s3://cairn/volumes/${volume_id}`)
    const write = { volume_id, operation: 'WRITE_VOLUME' as const }
    expect(await failure(ada.as(TemporaryVolumeCredentials, write))).toMatchObject({
      code: 'PERMISSION_DENIED',
    })
  })

  test('are paths on disk for everybody if the server is configured so', async () => {
    const open = await testCatalog(database, { settings: { local_table_paths: true } })
    onTestFinished(() => open.close())
    await aCatalog(open.owner, 'main')
    await aSchema(open.owner, 'main.s')
    const table = await aTable(open.owner, 'main.s.t')
    const ada = await open.actor()
    await open.grant(ada.principal, 'catalog', 'main', 'USE CATALOG', 'USE SCHEMA', 'SELECT')
    const ask = { table_id: table.table_id, operation: 'READ' as const }
    expect((await ada.as(TemporaryTableCredentials, ask)).url).toBe(table.storage_location)
    expect(table.storage_location).toMatch(/^file:\/\/\//)
  })

  test('for a path are decided on the table that contains it', async () => {
    const [ada, eve] = [await reader(), await reader()]
    await server.grant(ada.principal, 'table', 'main.s.t', 'SELECT')
    const root = server.context.blobs.uri(`tables/${table_id}`)
    const ask = (url: string, as = ada.as) => as(TemporaryPathCredentials, { url, operation: 'PATH_READ' })
    const address = `s3://cairn/tables/${table_id}`
    for (const spelling of [root, address])
      expect((await ask(`${spelling}/_delta_log/`)).url).toBe(`${address}/_delta_log`)
    expect((await ask(address, server.owner)).url).toBe(root)
    expect(await failure(ask(root, eve.as))).toMatchObject({ code: 'PERMISSION_DENIED' })
    for (const outside of [
      server.context.blobs.uri('tables'),
      `${root}x/y`,
      's3://cairn/tables',
      `s3://cairn/artifacts/tables/${table_id}`,
      'file:///etc/passwd',
      's3://b/k',
    ])
      expect(await failure(ask(outside))).toMatchObject({ code: 'PERMISSION_DENIED' })
    for (const climbing of [`${root}/../x`, `${root}/%2e%2e/x`, 'etc/passwd'])
      expect(await failure(ask(climbing))).toMatchObject({ code: 'INVALID_PARAMETER_VALUE' })
    const external = { table_type: 'EXTERNAL' as const, storage_location: 'file:///srv/lake/events' }
    await aTable(server.owner, 'main.s.outside', external)
    await server.grant(ada.principal, 'table', 'main.s.outside', 'SELECT')
    expect((await ask('file:///srv/lake/events/part=1')).url).toBe('file:///srv/lake/events/part=1')
    expect(await failure(ask('file:///srv/lake'))).toMatchObject({ code: 'PERMISSION_DENIED' })
    expect(await failure(ask('file:///srv/lake/events2'))).toMatchObject({ code: 'PERMISSION_DENIED' })
  })
})
