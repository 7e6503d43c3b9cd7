import { handle } from '@cairn/platform/http/handle'
import { type ImportedModel, ImportRegisteredModel } from '@cairn/platform/protocol/cairn/imports'
import { SearchLoggedModels } from '@cairn/platform/protocol/mlflow/logged-models'
import {
  CreateModelVersion,
  GetModelVersion,
  GetModelVersionDownloadUri,
} from '@cairn/platform/protocol/mlflow/model-versions'
import { GetRegisteredModel } from '@cairn/platform/protocol/mlflow/registered-models'
import { GetRun } from '@cairn/platform/protocol/mlflow/runs'
import { type TestApp, testApp } from '@cairn/platform/testing/app'
import { databases } from '@cairn/platform/testing/databases'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { registry } from '../plugin.js'

const MODEL: ImportedModel = {
  name: 'movies',
  creation_timestamp: 5,
  last_updated_timestamp: 9,
  description: 'the model',
  user_id: 'ann',
  tags: [{ key: 'owner (long ago)', value: 'ann' }],
  versions: [
    {
      version: 3,
      creation_timestamp: 6,
      last_updated_timestamp: 7,
      current_stage: 'Production',
      description: 'third',
      source: 's3://elsewhere/model',
      run_id: 'r',
      tags: [{ key: 'a!', value: '1' }],
    },
    { version: 7, creation_timestamp: 8, last_updated_timestamp: 9, current_stage: 'Deleted_Internal' },
  ],
  aliases: [{ alias: 'champion', version: 3 }],
}

const RUN = {
  run_name: 'r',
  experiment_id: '0',
  user_id: 'u',
  status: 'FINISHED',
  start_time: 0,
  end_time: 0,
  artifact_uri: 'mlflow-artifacts:/0/r/artifacts',
  lifecycle_stage: 'active',
} as const

describe.each(databases)('imported models on %s', (_name, database) => {
  let served: TestApp
  beforeEach(async () => {
    served = await testApp(async (app, context) => void (await app.register(registry, { context })), {
      database,
    })
  })
  afterEach(() => served.close())
  const call = () => served.context.client()

  test('keep numbers, timestamps, stages, tags and aliases, and are unchanged when imported again', async () => {
    expect(await call()(ImportRegisteredModel, MODEL)).toMatchObject({ outcome: 'created', versions: 2 })
    const { registered_model } = await call()(GetRegisteredModel, { name: 'movies' })
    expect(registered_model).toMatchObject({
      creation_timestamp: 5,
      last_updated_timestamp: 9,
      description: 'the model',
      tags: MODEL.tags,
      aliases: [{ alias: 'champion', version: '3' }],
    })
    const { model_version } = await call()(GetModelVersion, { name: 'movies', version: '3' })
    expect(model_version).toMatchObject({
      creation_timestamp: 6,
      last_updated_timestamp: 7,
      current_stage: 'Production',
      source: 's3://elsewhere/model',
      aliases: ['champion'],
      tags: [{ key: 'a!', value: '1' }],
    })
    expect(await call()(ImportRegisteredModel, MODEL)).toMatchObject({ outcome: 'merged' })
    expect(await call()(GetRegisteredModel, { name: 'movies' })).toEqual({ registered_model })
  })

  test('are found in the artifacts of their own run', async () => {
    await served.close()
    served = await testApp(
      async (app, context) => {
        handle(app, GetRun, async ({ run_id }) => ({
          run: { info: { ...RUN, run_id, run_uuid: run_id }, data: {}, inputs: {} },
        }))
        handle(app, SearchLoggedModels, async () => ({}))
        await app.register(registry, { context })
      },
      { database },
    )
    const times = { creation_timestamp: 6, last_updated_timestamp: 7 }
    const versions = ['r', '', 'another'].map((run_id, i) => ({
      ...{ version: i + 1, source: 'runs:/r/model', run_id, ...times },
    }))
    await call()(ImportRegisteredModel, { ...MODEL, versions, aliases: [] })
    const locations = await Promise.all(
      versions.map(({ version }) =>
        call()(GetModelVersionDownloadUri, { name: 'movies', version: String(version) }),
      ),
    )
    expect(locations.map(({ artifact_uri }) => artifact_uri)).toEqual([
      ...['mlflow-artifacts:/0/r/artifacts/model', 'mlflow-artifacts:/0/r/artifacts/model', 'runs:/r/model'],
    ])
  })

  test('keep the numbers of deleted versions reserved', async () => {
    await call()(ImportRegisteredModel, MODEL)
    await expect(call()(GetModelVersion, { name: 'movies', version: '7' })).rejects.toThrow(/not found/)
    const created = await call()(CreateModelVersion, { name: 'movies', source: 's3://b/m' })
    expect(created.model_version.version).toBe('8')
  })

  test('lose the tags and aliases of a version that has been deleted since', async () => {
    await call()(ImportRegisteredModel, MODEL)
    const deleted = { ...MODEL.versions![0]!, current_stage: 'Deleted_Internal' }
    await call()(ImportRegisteredModel, { ...MODEL, versions: [deleted], aliases: [] })
    const { registered_model } = await call()(GetRegisteredModel, { name: 'movies' })
    expect(registered_model.aliases).toBeUndefined()
    const bare = { ...MODEL.versions![0]!, tags: [] }
    await call()(ImportRegisteredModel, { ...MODEL, versions: [bare], aliases: [] })
    const { model_version } = await call()(GetModelVersion, { name: 'movies', version: '3' })
    expect(model_version.tags).toBeUndefined()
  })

  test('conflict with another version of the same number, and nothing is imported', async () => {
    await call()(ImportRegisteredModel, MODEL)
    const [third] = MODEL.versions!
    const clash = { ...MODEL, description: 'changed', versions: [{ ...third!, creation_timestamp: 66 }] }
    await expect(call()(ImportRegisteredModel, clash)).rejects.toThrow(/another version 3/)
    const { registered_model } = await call()(GetRegisteredModel, { name: 'movies' })
    expect(registered_model.description).toBe('the model')
  })

  test.each([
    ['an unknown stage', { versions: [{ ...MODEL.versions![0]!, current_stage: 'Prod' }] }, /stage: Prod/],
    [
      'a source with ..',
      { versions: [{ ...MODEL.versions![0]!, source: 'file:///a/%252e%252e/b' }] },
      /versions\[0\]\.source/,
    ],
    ['an alias of an unknown version', { aliases: [{ alias: 'x', version: 12 }] }, /version=12\) not found/],
    ['a name with a slash', { name: 'a/b' }, /a\/b/],
  ])('with %s are rejected', async (_case, change, message) => {
    await expect(call()(ImportRegisteredModel, { ...MODEL, ...change })).rejects.toThrow(message)
  })
})
