import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from '../../testing/test-server.js'

let server: TestServer
const tokens = new Map<string, string>()

beforeAll(async () => {
  server = await testServer({ env: { CAIRN_AUTH: 'required' } })
  for (const person of ['ann', 'eve'])
    tokens.set(person, await server.createUser(person, 'CREATE EXPERIMENT', 'CREATE MODEL'))
})
afterAll(() => server?.close())

async function post(person: string, path: string, payload: object) {
  const headers = { authorization: `Bearer ${tokens.get(person)}` }
  const answer = await server.app.inject({ method: 'POST', url: `/api/2.0/mlflow/${path}`, headers, payload })
  return { status: answer.statusCode, ...answer.json() }
}

/** An experiment of a person, with a run and a logged model in it. */
async function experimentOf(person: string, name: string) {
  const { experiment_id } = await post(person, 'experiments/create', { name })
  const { run } = await post(person, 'runs/create', { experiment_id })
  const run_id: string = run.info.run_id
  const { model } = await post(person, 'logged-models', { experiment_id, source_run_id: run_id })
  return { experiment_id, run_id, model_id: model.info.model_id as string }
}

test('nobody registers a model that they may not read, however its URI is written', async () => {
  const { model_id } = await experimentOf('ann', 'victim')
  await post('ann', 'registered-models/create', { name: 'a@b' })
  await post('ann', 'registered-models/create', { name: 'mine' })
  const source = `models:/${model_id}`
  expect(await post('ann', 'model-versions/create', { name: 'a@b', source })).toMatchObject({ status: 200 })
  // Models of the attacker, under the names that another reading of the URIs would find
  for (const name of [model_id, 'a', 'own'])
    expect(await post('eve', 'registered-models/create', { name })).toMatchObject({ status: 200 })
  const sources = [source, `${source}/`, `${source}//`, `models:///${model_id}`, `MODELS:/${model_id}/`]
  for (const hidden of [...sources, 'models:/a@b/1', 'models:/a@b/1/', 'models:/a@b/latest'])
    expect(await post('eve', 'model-versions/create', { name: 'own', source: hidden }), hidden).toMatchObject(
      { status: 404, error_code: 'RESOURCE_DOES_NOT_EXIST' },
    )
  for (const known of [`${source}/`, 'models:/a@b/1'])
    expect(await post('ann', 'model-versions/create', { name: 'mine', source: known }), known).toMatchObject({
      status: 200,
    })
})

test('nobody names a run that they may not read as the source of a logged model or a version', async () => {
  const victim = await experimentOf('ann', 'of the run')
  const own = await experimentOf('eve', 'of the attacker')
  const { experiment_id } = own
  expect(await post('eve', 'logged-models', { experiment_id, source_run_id: victim.run_id })).toMatchObject({
    status: 404,
    error_code: 'RESOURCE_DOES_NOT_EXIST',
  })
  expect(await post('eve', 'logged-models', { experiment_id, source_run_id: own.run_id })).toMatchObject({
    status: 200,
  })
  // A logged model of an earlier release, which nobody checked
  await server.context.db
    .for<{ logged_models: { model_id: string; source_run_id: string } }>()
    .transaction((tx) =>
      tx
        .updateTable('logged_models')
        .set({ source_run_id: victim.run_id })
        .where('model_id', '=', own.model_id)
        .execute(),
    )
  await post('eve', 'registered-models/create', { name: 'from a run' })
  const version = { name: 'from a run', source: `models:/${own.model_id}` }
  expect(await post('eve', 'model-versions/create', version)).toMatchObject({ status: 404 })
  const named = await post('eve', 'model-versions/create', { ...version, run_id: own.run_id })
  expect(named.model_version).toMatchObject({ run_id: own.run_id })
})

test('a right on the metastore admits no request about all objects if one of them is denied', async () => {
  const { experiment_id } = await experimentOf('ann', 'denied')
  await post('ann', 'registered-models/create', { name: 'denied' })
  const all = ['READ EXPERIMENTS', 'READ MODELS', 'EDIT MODELS', 'CREATE MODEL'] as const
  for (const person of ['dan', 'roy']) {
    tokens.set(person, await server.createUser(person, ...all))
    await post(person, 'registered-models/create', { name: `of ${person}` })
  }
  const dan = await server.context.identities.get('dan')
  const denial = [{ principal_id: dan.id, add: ['DENY'] as const, remove: [] }]
  for (const [type, name] of [
    ['experiment', experiment_id],
    ['registered_model', 'denied'],
  ] as const) {
    const id = (
      await server.context.authorizer.objects
        .namings(type)!
        [type === 'experiment' ? 'experiment_id' : 'name']!.find([name])
    ).get(name)![0]!
    await server.context.grants.change({ type, id, name, owner: '' }, denial, LOCAL_OWNER)
  }
  const get = (person: string, url: string) =>
    server.app.inject({ url, headers: { authorization: `Bearer ${tokens.get(person)}` } })
  const source = 's3://elsewhere/model'
  const createdBy = (person: string) =>
    post(person, 'model-versions/create', { name: `of ${person}`, source })
  expect(await createdBy('roy')).toMatchObject({ status: 200 })
  expect(await createdBy('dan')).toMatchObject({
    status: 403,
    message: "'dan' lacks READ EXPERIMENTS on some experiment, and the request concerns every experiment.",
  })
  const file = 'path=MLmodel&version=1&name=of%20roy'
  for (const url of [
    '/api/cairn/v1/model-versions/locations',
    '/api/2.0/mlflow-artifacts/artifacts',
    `/model-versions/get-artifact?${file}`,
  ]) {
    expect((await get('dan', url)).statusCode, url).toBe(403)
    expect((await get('roy', url)).statusCode, url).not.toBe(403)
  }
})
