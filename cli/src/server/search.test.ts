import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import type { SearchHit } from '@cairn/platform/protocol/cairn/search'
import type { Privilege } from '@cairn/platform/protocol/privileges'
import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestServer, testServer } from '../testing/test-server.js'

const CREATES: readonly Privilege[] = ['CREATE EXPERIMENT', 'CREATE MODEL', 'CREATE JOB', 'CREATE CATALOG']

describe.each(databases)('a search on %s', (_name, database) => {
  let server: TestServer
  const tokens = new Map<string, string>()

  beforeAll(async () => {
    server = await testServer({ database, env: { CAIRN_AUTH: 'required' } })
    for (const person of ['ann', 'eve']) tokens.set(person, await server.createUser(person, ...CREATES))
  })
  afterAll(() => server?.close())

  async function call(person: string, method: 'GET' | 'POST' | 'PATCH', url: string, payload?: object) {
    const headers = { authorization: `Bearer ${tokens.get(person)}` }
    const answer = await server.app.inject({ method, url, headers, ...(payload && { payload }) })
    return { status: answer.statusCode, body: answer.json() }
  }
  const post = async (person: string, path: string, payload: object) => {
    const { status, body } = await call(person, 'POST', path, payload)
    expect(status, `${path}: ${JSON.stringify(body)}`).toBeLessThan(300)
    return body
  }
  const mlflow = (person: string, path: string, payload: object) =>
    post(person, `/api/2.0/mlflow/${path}`, payload)
  async function search(person: string, query: string, limit?: number) {
    const parameters = new URLSearchParams({ query, ...(limit && { limit: String(limit) }) })
    const { status, body } = await call(person, 'GET', `/api/cairn/v1/search?${parameters}`)
    expect(status).toBe(200)
    return (body.hits as SearchHit[]).map(
      ({ kind, name, id }) => `${kind} ${name === id ? id : `${name} ${id}`}`,
    )
  }

  test('finds objects of every kind by the words of their names, for those who may read them only', async () => {
    const { experiment_id } = await mlflow('ann', 'experiments/create', { name: 'Orca films' })
    const { run } = await mlflow('ann', 'runs/create', { experiment_id, run_name: 'bold-orca-12' })
    await mlflow('ann', 'registered-models/create', { name: 'orca_ranker' })
    const { run_id } = run.info
    const tags = [{ key: 'mlflow.prompt.is_prompt', value: 'true' }]
    await mlflow('ann', 'registered-models/create', { name: 'orca-prompt', tags })
    const tasks = [{ task_key: 'a', condition_task: { op: 'EQUAL_TO', left: '1', right: '1' } }]
    const { job_id } = await post('ann', '/api/2.2/jobs/create', { name: 'train orca nightly', tasks })
    const uc = '/api/2.1/unity-catalog'
    await post('ann', `${uc}/catalogs`, { name: 'orcas' })
    await post('ann', `${uc}/schemas`, { name: 'raw', catalog_name: 'orcas' })
    expect(await search('ann', 'orca')).toEqual([
      `experiment Orca films ${experiment_id}`,
      `run bold-orca-12 ${run_id}`,
      'model orca_ranker',
      'prompt orca-prompt',
      `job train orca nightly ${job_id}`,
      'catalog orcas',
      'schema orcas.raw',
    ])
    expect(await search('eve', 'orca')).toEqual([])
    expect(await search('ann', 'FILMS orc')).toEqual([`experiment Orca films ${experiment_id}`])
    expect(await search('ann', 'orca 12')).toEqual([`run bold-orca-12 ${run_id}`])
    const { id: eve } = await server.context.identities.get('eve')
    const reads = [{ principal_id: eve, add: ['READ EXPERIMENTS'] as const, remove: [] }]
    await server.context.grants.change(
      { type: 'experiment', id: experiment_id, name: 'Orca films', owner: '' },
      reads,
      LOCAL_OWNER,
    )
    expect(await search('eve', 'orca')).toEqual([
      `experiment Orca films ${experiment_id}`,
      `run bold-orca-12 ${run_id}`,
    ])
  })

  test('finds runs, logged models, experiments and jobs by id, and versions by number', async () => {
    const { experiment_id } = await mlflow('ann', 'experiments/create', { name: 'by id' })
    const { run } = await mlflow('ann', 'runs/create', { experiment_id, run_name: 'named' })
    const { run_id } = run.info
    const { model } = await mlflow('ann', 'logged-models', {
      experiment_id,
      source_run_id: run_id,
      name: 'net',
    })
    const { model_id } = model.info
    await mlflow('ann', 'registered-models/create', { name: 'counted' })
    await mlflow('ann', 'model-versions/create', { name: 'counted', source: `models:/${model_id}` })
    expect(await search('ann', run_id)).toEqual([`run named ${run_id}`])
    expect(await search('ann', run_id.slice(0, 12))).toEqual([`run named ${run_id}`])
    expect(await search('eve', run_id)).toEqual([])
    expect(await search('ann', model_id)).toEqual([`logged_model net ${model_id}`])
    expect(await search('eve', model_id)).toEqual([])
    expect(await search('ann', experiment_id)).toContain(`experiment by id ${experiment_id}`)
    for (const text of ['counted 1', 'counted v1', 'counted/1'])
      expect(await search('ann', text)).toEqual(['version counted 1'])
    expect(await search('eve', 'counted 1')).toEqual([])
  })

  test('follows the names of runs, and forgets deleted objects', async () => {
    const { experiment_id } = await mlflow('ann', 'experiments/create', { name: 'renames' })
    const { run } = await mlflow('ann', 'runs/create', { experiment_id, run_name: 'before-zebra' })
    const { run_id } = run.info
    await mlflow('ann', 'runs/set-tag', { run_id, key: 'mlflow.runName', value: 'after-yak' })
    expect(await search('ann', 'zebra')).toEqual([])
    expect(await search('ann', 'yak')).toEqual([`run after-yak ${run_id}`])
    await mlflow('ann', 'runs/update', { run_id, run_name: '새벽 얼룩말' })
    expect(await search('ann', 'yak')).toEqual([])
    expect(await search('ann', '얼룩')).toEqual([`run 새벽 얼룩말 ${run_id}`])
    await mlflow('ann', 'runs/delete', { run_id })
    expect(await search('ann', '얼룩')).toEqual([])
    await mlflow('ann', 'experiments/delete', { experiment_id })
    expect(await search('ann', 'renames')).toEqual([])
  })

  test('finds letters beyond ASCII in any case, and nothing in deleted experiments', async () => {
    const { experiment_id } = await mlflow('ann', 'experiments/create', { name: 'ÉTUDE Øst' })
    const { model } = await mlflow('ann', 'logged-models', { experiment_id, name: 'net' })
    const { model_id } = model.info
    for (const text of ['étude', 'ÉTUDE', 'øst'])
      expect(await search('ann', text)).toEqual([`experiment ÉTUDE Øst ${experiment_id}`])
    expect(await search('ann', model_id)).toEqual([`logged_model net ${model_id}`])
    await mlflow('ann', 'experiments/delete', { experiment_id })
    expect(await search('ann', model_id)).toEqual([])
  })

  test('shows the best runs first, then the newest', async () => {
    const { experiment_id } = await mlflow('ann', 'experiments/create', { name: 'order' })
    const names = ['my gnu', 'gnu-1', 'gnu', 'gnu-0']
    for (const [start_time, run_name] of names.entries())
      await mlflow('ann', 'runs/create', { experiment_id, run_name, start_time })
    const found = (await search('ann', 'gnu')).map((hit) => hit.split(' ').slice(1, -1).join(' '))
    expect(found).toEqual(['gnu', 'gnu-0', 'gnu-1', 'my gnu'])
  })

  test('shows at most as many of a kind as wanted, the best and the natural order first', async () => {
    for (const name of ['lynx-10', 'lynx-9', 'my lynx', 'lynx'])
      await mlflow('ann', 'experiments/create', { name })
    const names = (await search('ann', 'lynx', 3)).map((hit) => hit.split(' ').slice(1, -1).join(' '))
    expect(names).toEqual(['lynx', 'lynx-9', 'lynx-10'])
    expect(await search('ann', '%_!?')).toEqual([])
    for (const query of ['m-\u0000', 'tr-\u0000', `a'; --`, '😀', '1'.repeat(200), '٣'])
      expect(
        (await call('ann', 'GET', `/api/cairn/v1/search?${new URLSearchParams({ query })}`)).status,
      ).toBeLessThan(500)
    for (const [field, parameters] of [
      ['query', {}],
      ['query', { query: 'x'.repeat(201) }],
      ['limit', { query: 'x', limit: '21' }],
    ] as const) {
      const url = `/api/cairn/v1/search?${new URLSearchParams(parameters)}`
      const { status, body } = await call('ann', 'GET', url)
      expect([status, body.message]).toEqual([400, expect.stringContaining(field)])
    }
  })
})
