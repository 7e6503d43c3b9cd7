import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Db } from '@cairn/platform/db/db'
import { migrate } from '@cairn/platform/db/migrate'
import { databases } from '@cairn/platform/testing/databases'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RegistrySchema } from '../schema.js'
import { type RegistryApp, registryApp } from '../testing/registry-app.js'
import { nextPosition } from './locations.js'

describe.each(databases)('the locations of versions on %s', (_name, database) => {
  let registry: RegistryApp
  beforeEach(async () => {
    registry = await registryApp(database)
  })
  afterEach(() => registry.close())
  const list = async (after?: number) => {
    const query = after === undefined ? {} : { after }
    const response = await registry.call('GET', '/api/cairn/v1/model-versions/locations', query)
    return response.locations as { name: string; version: string; location: string; position: number }[]
  }
  const create = async (name: string, source: string) =>
    (await registry.call('POST', 'model-versions/create', { name, source })).model_version

  test('are listed in order of creation, imported versions with old timestamps too', async () => {
    await registry.call('POST', 'registered-models/create', { name: 'm' })
    await create('m', 's3://b/1')
    await create('m', 'models:/m/1')
    await create('m', 's3://b/3')
    await registry.call('DELETE', 'model-versions/delete', { name: 'm', version: '3' })
    const before = await list()
    expect(before.map(({ name, version, location }) => [name, version, location])).toEqual([
      ['m', '1', 's3://b/1'],
      ['m', '2', 's3://b/1'],
    ])
    const times = { creation_timestamp: 1, last_updated_timestamp: 1 }
    const model = {
      name: 'old',
      ...times,
      versions: [7, 3].map((version) => ({ version, source: 's3://b/o', ...times })),
    }
    await registry.call('POST', '/api/cairn/v1/import/registered-models', model)
    const after = await list(before.at(-1)!.position)
    expect(after.map(({ name, version }) => [name, version])).toEqual([
      ['old', '7'],
      ['old', '3'],
    ])
  })

  test('never reuse the position of a deleted version', async () => {
    await registry.call('POST', 'registered-models/create', { name: 'gone' })
    await create('gone', 's3://b/1')
    const position = (await list()).at(-1)!.position
    await registry.call('DELETE', 'registered-models/delete', { name: 'gone' })
    await registry.call('POST', 'registered-models/create', { name: 'new' })
    await create('new', 's3://b/2')
    expect((await list(position)).map(({ name }) => name)).toEqual(['new'])
  })

  test('include versions without a position, created by an older server', async () => {
    await registry.call('POST', 'registered-models/create', { name: 'm' })
    await registry.context.db.engine.script(`insert into model_versions (name, version, creation_timestamp,
      last_updated_timestamp, current_stage, description, source, storage_location, run_id, run_link)
      values ('m', 1, 1, 1, 'None', '', 's3://b/1', 's3://b/1', '', '')`)
    expect((await list()).map(({ location }) => location)).toEqual(['s3://b/1'])
  })

  test('are complete for a reader that follows while versions are created', async () => {
    const names = Array.from({ length: 8 }, (_, i) => `m${i}`)
    for (const name of names) await registry.call('POST', 'registered-models/create', { name })
    const seen = new Set<string>()
    let position: number | undefined
    const read = async () => {
      for (const version of await list(position)) {
        seen.add(`${version.name}/${version.version}`)
        position = version.position
      }
    }
    let creating = true
    const reading = (async () => {
      while (creating) {
        await read()
        await nextTurn() // lets the other requests of this process run
      }
    })()
    const created = await Promise.all(
      names.map(async (name) => {
        const own: string[] = []
        for (let i = 0; i < 10; i++) own.push(`${name}/${(await create(name, 's3://b/x')).version}`)
        return own
      }),
    )
    creating = false
    await reading
    await read()
    expect(seen).toEqual(new Set(created.flat()))
  })
})

describe.each(databases)('positions on %s', (_name, database) => {
  let db: Db<unknown>
  let close: () => Promise<void>
  beforeEach(async () => {
    ;({ db, close } = await database.open({ isEmpty: true }))
  })
  afterEach(() => close())

  test('are assigned to existing versions by the migration and never reused', async () => {
    const folder = new URL('../migrations/', import.meta.url)
    await migrate(db, 'registry', folder, { upTo: 2 })
    await db.engine.script(`
      insert into registered_models (name, creation_timestamp, last_updated_timestamp) values ('b', 1, 1), ('a', 1, 1);
      insert into model_versions (name, version, creation_timestamp, last_updated_timestamp, current_stage, description,
        source, storage_location, run_id, run_link)
        values ('b', 1, 1, 1, 'None', '', '', '', '', ''), ('a', 2, 1, 1, 'None', '', '', '', '', '')`)
    await migrate(db, 'registry', folder)
    const registry = db.for<RegistrySchema>()
    const rows = await registry.read
      .selectFrom('model_versions')
      .select(['name', 'position'])
      .orderBy('position')
      .execute()
    expect(rows).toEqual([
      { name: 'a', position: 1 },
      { name: 'b', position: 2 },
    ])
    await registry.transaction((tx) => tx.deleteFrom('registered_models').where('name', '=', 'b').execute())
    expect(await registry.transaction(nextPosition)).toBe(3)
  })
})
