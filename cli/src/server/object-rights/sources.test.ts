import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { METASTORE } from '@cairn/platform/auth/metastore'
import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import { loadConfig } from '@cairn/platform/config'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'

let app: FastifyInstance
let folder: string
const tokens = new Map<string, string>()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cairn-sources-'))
  vi.resetModules() // a server configures DuckDB, which other files may have opened
  const { createServiceContext } = await import('../service-context.js')
  const { registerServices } = await import('../services.js')
  const config = loadConfig({ CAIRN_LOG_LEVEL: 'silent', CAIRN_AUTH: 'required' }, { data: folder })
  const created = await createServiceContext(config)
  ;({ app } = created)
  const { identities, tokens: issued, grants } = created.context
  await registerServices(app, created.context, '')
  await app.ready()
  for (const person of ['ann', 'eve']) {
    const { id } = await identities.create('user', person)
    tokens.set(person, (await issued.issue(id, 'test')).secret)
    const creates = { principal_id: id, add: ['CREATE EXPERIMENT', 'CREATE MODEL'] as const, remove: [] }
    await grants.change(METASTORE[0], [creates], LOCAL_OWNER)
  }
})
afterAll(async () => {
  await app.close()
  await rm(folder, { recursive: true, force: true })
})

async function post(person: string, path: string, payload: object) {
  const headers = { authorization: `Bearer ${tokens.get(person)}` }
  const answer = await app.inject({ method: 'POST', url: `/api/2.0/mlflow/${path}`, headers, payload })
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
