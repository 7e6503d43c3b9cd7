import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import type { Blobs } from '@cairn/platform/blobs/blobs'
import { S3Blobs } from '@cairn/platform/blobs/s3'
import { migrate } from '@cairn/platform/db/migrate'
import { testAuth } from '@cairn/platform/testing/auth'
import { databases } from '@cairn/platform/testing/databases'
import { testS3 } from '@cairn/platform/testing/s3'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { CatalogSchema } from '../schema.js'
import { StoreAddresses } from './store-addresses.js'

const storeAt = (root: string) => ({ uri: (key: string) => (key ? `${root}/${key}` : root) }) as Blobs
const LOCAL = { local_table_paths: false, auth: 'local' } as const
const ADA = { id: 'ada', type: 'user', name: 'ada' } as const

describe('addresses of managed data', () => {
  test('are behind the gateway for all but the owner of the machine, who gets paths on its disk', () => {
    const addresses = new StoreAddresses(storeAt('file:///srv/cairn/artifacts'), LOCAL)
    const path = 'file:///srv/cairn/artifacts/tables/a'
    expect(addresses.uri('tables/a', LOCAL_OWNER)).toBe(path)
    for (const caller of [
      ADA,
      { ...LOCAL_OWNER, token: 't' },
      { ...LOCAL_OWNER, session: 's' },
      { ...LOCAL_OWNER, via: 'password' as const },
    ])
      expect(addresses.uri('tables/a', caller)).toBe('s3://cairn/tables/a')
    const required = new StoreAddresses(storeAt('file:///srv/cairn/artifacts'), {
      ...LOCAL,
      auth: 'required',
    })
    expect(required.uri('tables/a', LOCAL_OWNER)).toBe('s3://cairn/tables/a')
    expect(
      new StoreAddresses(storeAt('file:///srv/cairn/artifacts'), { ...LOCAL, local_table_paths: true }).uri(
        'tables/a',
        ADA,
      ),
    ).toBe(path)
  })

  test.skipIf(!testS3).each(['', 'warehouse'])(
    'are those of the bucket for a store of S3 below "%s"',
    async (prefix) => {
      const root = [`s3://${testS3!.bucket}`, prefix].filter(Boolean).join('/')
      const blobs = await S3Blobs.open(testS3!.bucket, prefix, testS3!.options)
      onTestFinished(() => blobs.close())
      const addresses = new StoreAddresses(blobs, LOCAL)
      for (const caller of [ADA, LOCAL_OWNER]) {
        expect(addresses.uri('volumes/v', caller)).toBe(`${root}/volumes/v`)
        expect(addresses.location(addresses.uri('tables/a', caller))).toBe('tables/a')
      }
      expect(addresses.location('s3://cairn/tables/a')).toBe('s3://cairn/tables/a')
      expect(addresses.reserved.slice(1)).toEqual([`${root}/tables`, `${root}/volumes`])
    },
  )

  test('lead back to keys, whole segments only, and those of external data to themselves', () => {
    const addresses = new StoreAddresses(storeAt('file:///srv/artifacts'), LOCAL)
    for (const uri of ['file:///srv/artifacts/tables/a/x', 's3://cairn/tables/a/x', 's3://cairn/tables/a/x/'])
      expect(addresses.location(uri)).toBe('tables/a/x')
    for (const uri of [
      'file:///srv/artifacts/tablesx/a',
      's3://cairn/7/artifacts',
      's3://lake/events',
      'file:///srv',
    ])
      expect([addresses.location(uri), addresses.uri(uri, ADA)]).toEqual([uri, uri])
  })
})

describe.each(databases)('the upgrade to relative locations on %s', (_name, database) => {
  test('turns locations of managed data into keys, wherever the store was, and keeps those of external data', async () => {
    const { db, close } = await testAuth(database, { isEmpty: true })
    onTestFinished(() => close())
    const folder = new URL('../migrations/', import.meta.url)
    await migrate(db, 'catalog', folder, { upTo: 2 })
    const who = { created_at: 1, created_by: 'o', updated_at: 1, updated_by: 'o' }
    const old = db.for<CatalogSchema>()
    await old.transaction(async (tx) => {
      await tx
        .insertInto('catalogs')
        .values({ id: 'c', name: 'c', comment: null, properties: '{}', ...who })
        .execute()
      const schema = { schema_id: 's', catalog_id: 'c', name: 's', comment: null, properties: '{}' }
      await tx
        .insertInto('schemas')
        .values({ ...schema, ...who })
        .execute()
      const table = {
        schema_id: 's',
        data_source_format: 'DELTA',
        columns: '[]',
        comment: null,
        properties: '{}',
      } as const
      const at = (table_id: string, table_type: 'MANAGED' | 'EXTERNAL', storage_location: string) =>
        ({ ...table, ...who, table_id, name: table_id, table_type, storage_location }) as const
      await tx
        .insertInto('tables')
        .values([
          at('t', 'MANAGED', 'file:///old/place/artifacts/tables/t'),
          at('x', 'EXTERNAL', 'file:///old/place/elsewhere'),
        ])
        .execute()
      const staged = { id: 'g', schema_id: 's', name: 'g', staging_location: 's3://lake/tables/g' }
      await tx
        .insertInto('staging_tables')
        .values({ ...staged, owner: 'o', created_at: 1 })
        .execute()
      const volume = {
        volume_id: 'v',
        schema_id: 's',
        name: 'v',
        volume_type: 'MANAGED',
        comment: null,
      } as const
      await tx
        .insertInto('volumes')
        .values({ ...volume, ...who, storage_location: 'file:///old/volumes/v' })
        .execute()
    })
    await migrate(db, 'catalog', folder)
    const locations = async (table: 'tables' | 'volumes') =>
      (await old.read.selectFrom(table).select('storage_location').orderBy('name').execute()).map(
        (row) => row.storage_location,
      )
    expect(await locations('tables')).toEqual(['tables/t', 'file:///old/place/elsewhere'])
    expect(await locations('volumes')).toEqual(['volumes/v'])
    const staged = await old.read.selectFrom('staging_tables').selectAll().execute()
    expect(staged.map((row) => row.staging_location)).toEqual(['tables/g'])
  })
})
