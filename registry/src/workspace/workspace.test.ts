import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import {
  GetWorkspaceModel,
  ListWorkspaceModels,
  TransitionWorkspaceModelVersion,
} from '@cairn/platform/protocol/databricks/workspace-registry'
import { CreateModelVersion, GetModelVersion } from '@cairn/platform/protocol/mlflow/model-versions'
import { CreateRegisteredModel } from '@cairn/platform/protocol/mlflow/registered-models'
import type { Privilege } from '@cairn/platform/protocol/privileges'
import { sampledDatabases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RegistryApp, registryApp } from '../testing/registry-app.js'

const name = 'movies'

describe.each(sampledDatabases)('calls of the workspace registry on %s', (_name, database) => {
  let served: RegistryApp
  beforeAll(async () => {
    served = await registryApp(database)
    const call = served.context.client()
    for (const one of [name, 'other']) await call(CreateRegisteredModel, { name: one })
    for (let i = 0; i < 2; i++) await call(CreateModelVersion, { name, source: 's3://bucket/model' })
  })
  afterAll(() => served.close())

  /** A client of a new user with privileges on the model. */
  async function userWith(user: string, ...add: Privilege[]) {
    const { context } = served
    const { id } = await context.identities.create('user', user)
    const [model] = (await context.securables.chain('registered_model', await modelId()))!
    await context.grants.change(model, [{ principal_id: id, add, remove: [] }], LOCAL_OWNER)
    return context.client((await context.tokens.issue(id, 'test')).secret)
  }
  const modelId = async () =>
    (await served.context.client()(GetWorkspaceModel, { name })).registered_model_databricks.id

  test.each<[Privilege[], string]>([
    [['READ MODELS'], 'CAN_READ'],
    [['READ MODELS', 'EDIT MODELS'], 'CAN_EDIT'],
    [['READ MODELS', 'EDIT MODELS', 'PROMOTE MODELS'], 'CAN_MANAGE_PRODUCTION_VERSIONS'],
    [['READ MODELS', 'EDIT MODELS', 'PROMOTE MODELS', 'MANAGE'], 'CAN_MANAGE'],
  ])('a model shows the level of a caller with %j', async (privileges, permission_level) => {
    const call = await userWith(permission_level.toLowerCase(), ...privileges)
    const { registered_model_databricks: model } = await call(GetWorkspaceModel, { name })
    expect(model).toMatchObject({ name, permission_level, latest_versions: [{ version: '2' }] })
  })

  test('a transition moves the version, archives others of the stage, and needs the right to edit', async () => {
    const [editor, reader] = [
      await userWith('editor', 'READ MODELS', 'EDIT MODELS'),
      await userWith('reader', 'READ MODELS'),
    ]
    const transition = { name, stage: 'Production', archive_existing_versions: true }
    await expect(reader(TransitionWorkspaceModelVersion, { ...transition, version: '1' })).rejects.toThrow(
      'EDIT MODELS',
    )
    for (const version of ['1', '2']) {
      const moved = await editor(TransitionWorkspaceModelVersion, { ...transition, version })
      expect(moved.model_version_databricks).toMatchObject({
        ...{ name, version, current_stage: 'Production', permission_level: 'CAN_EDIT' },
      })
    }
    const { model_version } = await reader(GetModelVersion, { name, version: '1' })
    expect(model_version.current_stage).toBe('Archived')
    await expect(
      editor(TransitionWorkspaceModelVersion, { ...transition, version: '1', comment: 'why' }),
    ).rejects.toThrow('comment')
  })

  test('the list is paged and has only what the caller may read', async () => {
    const call = served.context.client()
    const first = await call(ListWorkspaceModels, { max_results: 1 })
    const second = await call(ListWorkspaceModels, {
      max_results: 1,
      ...(first.next_page_token && { page_token: first.next_page_token }),
    })
    const names = [first, second].map(({ registered_models }) => registered_models?.map((one) => one.name))
    expect(names).toEqual([[name], ['other']])
    const reader = await userWith('lister', 'READ MODELS')
    expect((await reader(ListWorkspaceModels, {})).registered_models).toMatchObject([{ name }])
  })
})
