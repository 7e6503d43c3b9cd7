import { missing } from '@cairn/platform/errors'
import { handle } from '@cairn/platform/http/handle'
import { NoteLoggedModelVersion } from '@cairn/platform/protocol/cairn/logged-model-versions'
import { GetLoggedModel, SearchLoggedModels } from '@cairn/platform/protocol/mlflow/logged-models'
import { GetRun } from '@cairn/platform/protocol/mlflow/runs'
import { type TestApp, testApp } from '@cairn/platform/testing/app'
import { afterEach, expect, test } from 'vitest'
import { registry } from '../plugin.js'

let served: TestApp
afterEach(() => served.close())

const serve = async (pattern: string) => {
  served = await testApp(async (app, context) => {
    const config = { ...context.config, model_version_source_pattern: pattern }
    await app.register(registry, { context: { ...context, config } })
  })
}
const LOGGED = {
  model_id: 'm-1',
  experiment_id: '0',
  name: 'logged',
  creation_timestamp_ms: 0,
  last_updated_timestamp_ms: 0,
  artifact_uri: 'mlflow-artifacts:/0/models/m-1/artifacts',
  status: 'LOGGED_MODEL_READY',
  source_run_id: 'run',
} as const
const RUN = {
  run_id: 'run',
  run_uuid: 'run',
  run_name: 'r',
  experiment_id: '0',
  user_id: 'u',
  status: 'FINISHED',
  start_time: 0,
  end_time: 0,
  artifact_uri: 'mlflow-artifacts:/0/run/artifacts',
  lifecycle_stage: 'active',
} as const
const post = async (path: string, payload: object) => {
  const answer = await served.app.inject({ method: 'POST', url: `/api/2.0/mlflow/${path}`, payload })
  return { status: answer.statusCode, ...answer.json() }
}

test('rejects sources that do not match the configured pattern', async () => {
  await serve('^mlflow-artifacts:/.*$')
  await post('registered-models/create', { name: 'm' })
  const version = (source: string) => post('model-versions/create', { name: 'm', source })
  expect((await version('mlflow-artifacts:/1/run/artifacts/model')).status).toBe(200)
  expect(await version('s3://path/to/model')).toMatchObject({
    status: 400,
    error_code: 'INVALID_PARAMETER_VALUE',
    message: expect.stringContaining("Invalid model version source: 's3://path/to/model'"),
  })
})

test('rejects a file URI with a host', async () => {
  await serve('')
  await post('registered-models/create', { name: 'm' })
  const source = 'file://123.456.789.123/path/to/source'
  expect(await post('model-versions/create', { name: 'm', source })).toMatchObject({
    status: 400,
    message: expect.stringContaining('is not a valid remote uri'),
  })
})

test('replaces an alias or a stage in a source by the version', async () => {
  await serve('')
  const version = (source: string) => post('model-versions/create', { name: 'm', source })
  const resolved = async (source: string) => (await version(source)).model_version?.source
  await post('registered-models/create', { name: 'm' })
  for (const source of ['s3://b/one', 's3://b/two']) await version(source)
  await post('registered-models/alias', { name: 'm', alias: 'champion', version: '1' })
  const move = { name: 'm', version: '2', stage: 'Production', archive_existing_versions: false }
  await post('model-versions/transition-stage', move)
  expect(await resolved('models:/m@champion')).toBe('models:/m/1')
  expect(await resolved('models:/m/production')).toBe('models:/m/2')
  expect(await resolved('models:/m/latest')).toBe('models:/m/4')
  const uri = await served.app.inject('/api/2.0/mlflow/model-versions/get-download-uri?name=m&version=5')
  expect(uri.json()).toEqual({ artifact_uri: 's3://b/two' })
  expect(await version('models:/m@gone')).toMatchObject({
    status: 400,
    message: expect.stringMatching(/alias gone not found/),
  })
  expect(await version('models:/m/Staging')).toMatchObject({
    status: 404,
    message: expect.stringMatching(/stage 'Staging'/),
  })
  expect(await version('models:/m/soon')).toMatchObject({
    status: 400,
    message: expect.stringMatching(/Model Version stage: soon/),
  })
  expect(await version('models:xm/1')).toMatchObject({
    status: 400,
    message: expect.stringMatching(/models:xm/),
  })
})

test.each(['m-1', 'a@b', 'a%20b'])('resolves a model named %s', async (name) => {
  await serve('')
  const version = async (model: string, source: string) =>
    (await post('model-versions/create', { name: model, source })).model_version?.source
  for (const model of [name, 'a', 'a b', 'of']) await post('registered-models/create', { name: model })
  await version(name, 's3://b/one')
  await post('registered-models/alias', { name, alias: 'champion', version: '1' })
  for (const source of [`models:/${name}@champion`, `models:/${name}/latest`, `models:/${name}/1`])
    expect(await version('of', source)).toBe(`models:/${name}/1`)
})

test.each(['s3:b', 'mem:model', 'C:\\model'])('rejects the relative source %s', async (source) => {
  await serve('')
  await post('registered-models/create', { name: 'm' })
  expect(await post('model-versions/create', { name: 'm', source })).toMatchObject({
    status: 400,
    message: expect.stringContaining('Please provide an absolute path.'),
  })
})

test('takes the run from the logged model unless the request names another', async () => {
  served = await testApp(async (app, context) => {
    handle(app, GetLoggedModel, async () => ({ model: { info: LOGGED, data: {} } }))
    handle(app, NoteLoggedModelVersion, async () => ({}))
    await app.register(registry, { context })
  })
  await post('registered-models/create', { name: 'm' })
  for (const input of [
    { source: 'models:/m-1', model_id: 'm-1' },
    { source: 's3://bucket/model', model_id: 'm-1' },
  ])
    expect((await post('model-versions/create', { name: 'm', ...input })).model_version.run_id).toBe('run')
  const named = { name: 'm', source: 'models:/m-1', run_id: 'another' }
  expect((await post('model-versions/create', named)).model_version.run_id).toBe('another')
})

const serveRun = async () => {
  served = await testApp(async (app, context) => {
    handle(app, GetRun, async ({ run_id }) => {
      if (run_id !== 'run') throw missing(`Run with id=${run_id} not found`)
      return { run: { info: RUN, data: {}, inputs: {} } }
    })
    handle(app, SearchLoggedModels, async ({ filter }) =>
      filter === "source_run_id = 'run' AND name = 'logged'" ? { models: [{ info: LOGGED, data: {} }] } : {},
    )
    handle(app, GetLoggedModel, async () => ({ model: { info: LOGGED, data: {} } }))
    handle(app, NoteLoggedModelVersion, async () => ({}))
    await app.register(registry, { context })
  })
  await post('registered-models/create', { name: 'm' })
}

test('keeps the logged model of a version whose source is a folder of a run', async () => {
  await serveRun()
  const input = { name: 'm', source: 'runs:/run/some/model', model_id: 'm-1' }
  const { model_version } = await post('model-versions/create', input)
  expect(model_version).toMatchObject({ source: input.source, model_id: 'm-1', run_id: 'run' })
})

test('resolves a folder or a logged model of a run', async () => {
  await serveRun()
  const location = async (source: string) => {
    const { model_version } = await post('model-versions/create', { name: 'm', source })
    expect(model_version.source).toBe(source)
    const url = `/api/2.0/mlflow/model-versions/get-download-uri?name=m&version=${model_version.version}`
    return (await served.app.inject(url)).json().artifact_uri
  }
  expect(await location('runs:/run/some/model/')).toBe(`${RUN.artifact_uri}/some/model`)
  expect(await location('runs:/run/logged')).toBe(LOGGED.artifact_uri)
  expect(await location("runs:/run/it's")).toBe(`${RUN.artifact_uri}/it's`)
  expect(await location('runs:/absent/model')).toBe('runs:/absent/model')
})
