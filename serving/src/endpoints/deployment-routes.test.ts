import { CollectModelCache } from '@cairn/platform/protocol/cairn/garbage'
import {
  CompareEndpointDeployments,
  ListEndpointDeployments,
  RollBackServingEndpoint,
} from '@cairn/platform/protocol/cairn/serving-deployments'
import {
  GetServedModelBuildLogs,
  GetServedModelLogs,
} from '@cairn/platform/protocol/databricks/served-model-logs'
import {
  CreateServingEndpoint,
  GetServingEndpoint,
  UpdateServingEndpointConfig,
} from '@cairn/platform/protocol/databricks/serving-endpoints'
import { UpdateNotifications } from '@cairn/platform/protocol/databricks/serving-settings'
import { type TestApp, testApp } from '@cairn/platform/testing/app'
import { databases } from '@cairn/platform/testing/databases'
import { receiver } from '@cairn/platform/testing/receiver'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { serving } from '../plugin.js'
import { TestRegistry } from '../testing/registry.js'

const name = 'e'

describe.each(databases)('the history of an endpoint on %s', (_name, database) => {
  let served: TestApp
  let registry: TestRegistry
  beforeEach(async () => {
    served = await testApp(
      async (app, context) => {
        registry = new TestRegistry(context.blobs)
        registry.serve(app)
        const config = { ...context.config, webhook_allowed_schemes: 'http', webhook_allow_private_ips: true }
        await app.register(serving, { context: { ...context, config } })
      },
      { database },
    )
    for (const version of ['1', '2']) await registry.put(version)
    registry.aliases.set('champion', '1')
  })
  afterEach(() => served.close())

  const call = ((op, input) => served.context.client()(op, input)) as ReturnType<TestApp['context']['client']>
  const entities = (entity_version: string) => ({
    served_entities: [{ name: 'm', entity_name: 'movies', entity_version }],
  })
  const get = () => call(GetServingEndpoint, { name })
  const serves = (version: string) =>
    expect
      .poll(
        async () => {
          const { state, config } = await get()
          return [state.config_update, state.ready, config?.served_entities[0]?.entity_version]
        },
        { timeout: 120_000 },
      )
      .toEqual(['NOT_UPDATING', 'READY', version])
  const list = async () => (await call(ListEndpointDeployments, { name })).deployments
  const follow = async (version: string) => {
    registry.aliases.set('champion', version)
    served.context.events.announce({ type: 'model_alias', name: 'movies', alias: 'champion' })
    await serves(version)
  }
  const create = async () => {
    await call(CreateServingEndpoint, { name, config: entities('@champion') })
    await serves('1')
  }

  test('rolls back in one call, to the versions of that time', async () => {
    await create()
    await follow('2')
    const { digest } = (await list())[1]!.served_entities[0]!
    await registry.put('1', { 'version.txt': 'replaced' })
    const proposed = await call(RollBackServingEndpoint, { name })
    expect(proposed.pending_config?.served_entities).toMatchObject([{ name: 'm', entity_version: '1' }])
    await serves('1')
    expect((await list())[0]!.served_entities[0]).toMatchObject({ version: '1', digest })
    await call(RollBackServingEndpoint, { name, number: 2 })
    await serves('2')
    expect((await list()).map(({ number, reason, active }) => [number, reason, active])).toEqual([
      [4, 'rolled back to 2', true],
      [3, 'rolled back to 1', false],
      [2, 'alias champion moved from 1 to 2', false],
      [1, 'created', false],
    ])
  })

  test('a second roll back goes further back instead of undoing the first', async () => {
    await create()
    await follow('2')
    await call(RollBackServingEndpoint, { name })
    await serves('1')
    await expect(call(RollBackServingEndpoint, { name })).rejects.toThrow(/no earlier deployment/)
  })

  test('rejects rolling back to a deployment that failed, or that does not exist', async () => {
    await registry.put('3', { MLmodel: 'flavors: {}' })
    await create()
    await expect(call(RollBackServingEndpoint, { name })).rejects.toThrow(/no earlier deployment/)
    await call(UpdateServingEndpointConfig, { name, ...entities('3') })
    await expect
      .poll(async () => (await get()).state.config_update, { timeout: 120_000 })
      .toBe('UPDATE_FAILED')
    await expect(call(RollBackServingEndpoint, { name, number: 2 })).rejects.toMatchObject({
      code: 'INVALID_STATE',
      message: expect.stringContaining('did not succeed'),
    })
    await expect(call(RollBackServingEndpoint, { name, number: 9 })).rejects.toMatchObject({
      code: 'RESOURCE_DOES_NOT_EXIST',
    })
  })

  test('is listed in pages and compared', async () => {
    await create()
    await call(UpdateServingEndpointConfig, { name, ...entities('2') })
    await serves('2')
    const first = await call(ListEndpointDeployments, { name, max_results: 1 })
    const second = await call(ListEndpointDeployments, {
      name,
      max_results: 1,
      page_token: first.next_page_token!,
    })
    expect([...first.deployments, ...second.deployments].map(({ number }) => number)).toEqual([2, 1])
    expect(second.next_page_token).toBeUndefined()
    const { changes } = await call(CompareEndpointDeployments, { name, number: 2 })
    expect(changes.slice(0, 2)).toEqual([
      { field: 'm.entity_version', before: '@champion', after: '2' },
      { field: 'm.version', before: '1', after: '2' },
    ])
    const ofFirst = await call(CompareEndpointDeployments, { name, number: 1 })
    expect(ofFirst.against).toBe(0)
    expect(ofFirst.changes).toContainEqual({ field: 'm.version', after: '1' })
    for (const change of ofFirst.changes) expect(change).not.toHaveProperty('before')
    await expect(call(ListEndpointDeployments, { name, page_token: 'x' })).rejects.toThrow(/page token/)
  })

  test('has a build log and a log of each served entity', async () => {
    await create()
    const m = { name, served_model_name: 'm' }
    expect((await call(GetServedModelBuildLogs, m)).logs).toMatch(/\[m\] Resolved @champion.*version 1\.\n/)
    expect((await call(GetServedModelLogs, m)).logs).toMatch(/\[m\] Version 1 is ready\.\n/)
    for (const op of [GetServedModelBuildLogs, GetServedModelLogs] as const)
      await expect(call(op, { name, served_model_name: 'x' })).rejects.toMatchObject({
        code: 'RESOURCE_DOES_NOT_EXIST',
      })
  })

  test('garbage collection deletes only cached models that are not served', async () => {
    await create()
    const collect = async (apply: boolean) =>
      (await call(CollectModelCache, { older_than_seconds: 0, apply })).items.map(({ id, files }) => [
        id,
        files,
      ])
    expect(await collect(true)).toEqual([])
    await call(UpdateServingEndpointConfig, { name, ...entities('2') })
    await serves('2')
    const [after, before] = await list()
    const old = [before!.served_entities[0]!.digest, expect.any(Number)]
    await expect.poll(() => collect(false), { timeout: 120_000 }).toEqual([old]) // its thread ends after its last response
    expect(await collect(true)).toEqual([old])
    expect(await collect(true)).toEqual([])
    await call(RollBackServingEndpoint, { name })
    await serves('1')
    expect(after!.served_entities[0]!.digest).not.toBe(old[0])
  })

  test('is sent to the URLs of the endpoint', async () => {
    await using succeeded = await receiver()
    await using failed = await receiver()
    await create()
    await call(UpdateNotifications, {
      name,
      email_notifications: { on_update_success: [succeeded.url], on_update_failure: [failed.url] },
    })
    await call(UpdateServingEndpointConfig, { name, ...entities('2') })
    const [success] = await succeeded.until(1)
    expect(JSON.parse(success!.body)).toMatchObject({
      entity: 'SERVING_ENDPOINT',
      action: 'UPDATE_SUCCEEDED',
      data: { name, deployment: 2, reason: 'updated', creator: 'owner', config_version: 2 },
    })
    await registry.put('3', { MLmodel: 'flavors: {}' })
    await call(UpdateServingEndpointConfig, { name, ...entities('3') })
    const [failure] = await failed.until(1)
    expect(JSON.parse(failure!.body)).toMatchObject({
      action: 'UPDATE_FAILED',
      data: { deployment: 3, message: expect.stringContaining('flavor') },
    })
    expect(succeeded.received).toHaveLength(1)
  })
})
