import {
  CreateVolume,
  DeleteVolume,
  GetVolume,
  ListVolumes,
  UpdateVolume,
} from '@cairn/platform/protocol/volumes'
import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aCatalog, aSchema, failure, type TestCatalog, testCatalog } from '../testing/catalog.js'

describe.each(databases)('volumes on %s', (_, database) => {
  let house: TestCatalog
  beforeAll(async () => {
    house = await testCatalog(database)
    await aCatalog(house.owner, 'main')
    await aSchema(house.owner, 'main.files')
  })
  afterAll(() => house.close())
  const inSchema = { catalog_name: 'main', schema_name: 'files', volume_type: 'MANAGED' as const }

  test('are created in Unity Catalog’s shape, once per name', async () => {
    const created = await house.owner(CreateVolume, { ...inSchema, name: 'posters', comment: 'drawn' })
    expect(created).toEqual({
      volume_id: expect.any(String),
      name: 'posters',
      catalog_name: 'main',
      schema_name: 'files',
      full_name: 'main.files.posters',
      volume_type: 'MANAGED',
      storage_location: house.context.blobs.uri(`volumes/${created.volume_id}`),
      comment: 'drawn',
      owner: 'owner',
      created_at: expect.any(Number),
      created_by: 'owner',
      updated_at: created.created_at,
      updated_by: 'owner',
      metastore_id: 'metastore',
    })
    expect(await house.owner(GetVolume, { name: 'main.files.posters' })).toEqual(created)
    expect(await failure(house.owner(CreateVolume, { ...inSchema, name: 'posters' }))).toMatchObject({
      code: 'RESOURCE_ALREADY_EXISTS',
    })
  })

  test('are seen by who may read them, changed by who manages them', async () => {
    const eve = await house.actor()
    await house.owner(CreateVolume, { ...inSchema, name: 'closed' })
    await house.owner(CreateVolume, { ...inSchema, name: 'open' })
    await house.grant(eve.principal, 'catalog', 'main', 'USE CATALOG', 'USE SCHEMA')
    await house.grant(eve.principal, 'volume', 'main.files.open', 'READ VOLUME')
    const { volumes } = await eve.as(ListVolumes, { catalog_name: 'main', schema_name: 'files' })
    expect(volumes.map((one) => one.name)).toEqual(['open'])
    expect(await failure(eve.as(GetVolume, { name: 'main.files.closed' }))).toMatchObject({
      code: 'PERMISSION_DENIED',
    })
    expect(await failure(eve.as(UpdateVolume, { name: 'main.files.open', new_name: 'x' }))).toMatchObject({
      code: 'PERMISSION_DENIED',
    })
    const renamed = await house.owner(UpdateVolume, {
      name: 'main.files.open',
      new_name: 'opened',
      owner: eve.principal.name,
    })
    expect(renamed).toMatchObject({ full_name: 'main.files.opened', owner: eve.principal.name })
  })

  test('outside need a place outside; inside they are given one', async () => {
    const place = { storage_location: 'file:///srv/files' }
    const external = { ...inSchema, volume_type: 'EXTERNAL' as const, name: 'srv' }
    expect(await house.owner(CreateVolume, { ...external, ...place })).toMatchObject(place)
    for (const bad of [external, { ...inSchema, ...place, name: 'bad' }])
      expect((await failure(house.owner(CreateVolume, bad))).message).toContain('storage_location')
  })

  test('take their data with them', async () => {
    const { volume_id } = await house.owner(CreateVolume, { ...inSchema, name: 'gone' })
    await house.context.blobs.put(`volumes/${volume_id}/a`, Buffer.from('x'))
    await house.owner(DeleteVolume, { name: 'main.files.gone' })
    expect(await failure(house.owner(GetVolume, { name: 'main.files.gone' }))).toMatchObject({
      code: 'NOT_FOUND',
      message: 'Volume not found: main.files.gone',
    })
    await expect(house.context.blobs.head(`volumes/${volume_id}/a`)).rejects.toThrow()
  })
})
