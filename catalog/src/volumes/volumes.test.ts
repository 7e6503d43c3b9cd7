import {
  CreateVolume,
  DeleteVolume,
  GetVolume,
  ListVolumes,
  UpdateVolume,
} from '@cairn/platform/protocol/unity/volumes'
import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aCatalog, aSchema, failure, type TestCatalog, testCatalog } from '../testing/catalog.js'

describe.each(databases)('volumes on %s', (_, database) => {
  let server: TestCatalog
  beforeAll(async () => {
    server = await testCatalog(database)
    await aCatalog(server.owner, 'main')
    await aSchema(server.owner, 'main.files')
  })
  afterAll(() => server.close())
  const inSchema = { catalog_name: 'main', schema_name: 'files', volume_type: 'MANAGED' as const }

  test('are created in Unity Catalog’s format, with unique names', async () => {
    const created = await server.owner(CreateVolume, { ...inSchema, name: 'posters', comment: 'drawn' })
    expect(created).toEqual({
      volume_id: expect.any(String),
      name: 'posters',
      catalog_name: 'main',
      schema_name: 'files',
      full_name: 'main.files.posters',
      volume_type: 'MANAGED',
      storage_location: server.context.blobs.uri(`volumes/${created.volume_id}`),
      comment: 'drawn',
      owner: 'owner',
      created_at: expect.any(Number),
      created_by: 'owner',
      updated_at: created.created_at,
      updated_by: 'owner',
      metastore_id: 'metastore',
    })
    expect(await server.owner(GetVolume, { name: 'main.files.posters' })).toEqual(created)
    expect(await failure(server.owner(CreateVolume, { ...inSchema, name: 'posters' }))).toMatchObject({
      code: 'RESOURCE_ALREADY_EXISTS',
    })
  })

  test('are visible with READ VOLUME, and changed with MANAGE', async () => {
    const eve = await server.actor()
    await server.owner(CreateVolume, { ...inSchema, name: 'closed' })
    await server.owner(CreateVolume, { ...inSchema, name: 'open' })
    await server.grant(eve.principal, 'catalog', 'main', 'USE CATALOG', 'USE SCHEMA')
    await server.grant(eve.principal, 'volume', 'main.files.open', 'READ VOLUME')
    const { volumes } = await eve.as(ListVolumes, { catalog_name: 'main', schema_name: 'files' })
    expect(volumes.map((one) => one.name)).toEqual(['open'])
    expect(await failure(eve.as(GetVolume, { name: 'main.files.closed' }))).toMatchObject({
      code: 'PERMISSION_DENIED',
    })
    expect(await failure(eve.as(UpdateVolume, { name: 'main.files.open', new_name: 'x' }))).toMatchObject({
      code: 'PERMISSION_DENIED',
    })
    const renamed = await server.owner(UpdateVolume, {
      name: 'main.files.open',
      new_name: 'opened',
      owner: eve.principal.name,
    })
    expect(renamed).toMatchObject({ full_name: 'main.files.opened', owner: eve.principal.name })
  })

  test('that are external need a location; managed ones reject one', async () => {
    const location = { storage_location: 'file:///srv/files' }
    const external = { ...inSchema, volume_type: 'EXTERNAL' as const, name: 'srv' }
    expect(await server.owner(CreateVolume, { ...external, ...location })).toMatchObject(location)
    for (const bad of [external, { ...inSchema, ...location, name: 'bad' }])
      expect((await failure(server.owner(CreateVolume, bad))).message).toContain('storage_location')
  })

  test('are deleted with their data', async () => {
    const { volume_id } = await server.owner(CreateVolume, { ...inSchema, name: 'gone' })
    await server.context.blobs.put(`volumes/${volume_id}/a`, Buffer.from('x'))
    await server.owner(DeleteVolume, { name: 'main.files.gone' })
    expect(await failure(server.owner(GetVolume, { name: 'main.files.gone' }))).toMatchObject({
      code: 'NOT_FOUND',
      message: 'Volume not found: main.files.gone',
    })
    await expect(server.context.blobs.head(`volumes/${volume_id}/a`)).rejects.toThrow()
  })
})
