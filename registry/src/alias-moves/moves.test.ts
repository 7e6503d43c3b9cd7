import { databases } from '@cairn/platform/testing/databases'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type RegistryApp, registryApp } from '../testing/registry-app.js'

describe.each(databases)('moves of aliases on %s', (_name, database) => {
  let registry: RegistryApp
  beforeEach(async () => {
    registry = await registryApp(database)
    await registry.call('POST', 'registered-models/create', { name: 'm' })
    for (let version = 0; version < 3; version++)
      await registry.call('POST', 'model-versions/create', {
        name: 'm',
        source: 'mlflow-artifacts:/1/r/artifacts/m',
      })
  })
  afterEach(() => registry.close())

  const put = (alias: string, version: string) =>
    registry.call('POST', 'registered-models/alias', { name: 'm', alias, version })
  const moves = async (name = 'm') => {
    const { moves } = await registry.call('GET', `/api/cairn/v1/registered-models/${name}/alias-moves`)
    return moves.map(({ alias, version }: { alias: string; version?: string }) => [alias, version])
  }

  test('are recorded when an alias is set, promoted and deleted, also with its version', async () => {
    await put('challenger', '1')
    await put('challenger', '1') // does not move
    await registry.call('POST', '/api/cairn/v1/registered-models/m/promotions', {
      ...{ version: '2', force: true, reason: 'first' },
    })
    await put('challenger', '3')
    await registry.call('DELETE', 'registered-models/alias', { name: 'm', alias: 'challenger' })
    await registry.call('DELETE', 'model-versions/delete', { name: 'm', version: '2' })
    expect(await moves()).toEqual([
      ['champion', undefined],
      ['challenger', undefined],
      ['challenger', '3'],
      ['champion', '2'],
      ['challenger', '1'],
    ])
  })

  test('follow a renamed model, and are those of an existing one', async () => {
    await put('challenger', '1')
    await registry.call('POST', 'registered-models/rename', { name: 'm', new_name: 'n' })
    expect(await moves('n')).toEqual([['challenger', '1']])
    expect(await registry.call('GET', '/api/cairn/v1/registered-models/none/alias-moves')).toMatchObject({
      status: 404,
    })
  })
})
