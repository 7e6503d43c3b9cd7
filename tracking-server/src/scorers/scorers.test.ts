import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TrackingApp, trackingApp } from '../testing/tracking-app.js'
import { type SendV3, v3Client } from '../testing/v3-client.js'

const TIME = 1_700_000_000_000

describe.each(databases)('scorers on %s', (_name, database) => {
  let tracked: TrackingApp
  let send: SendV3
  beforeAll(async () => {
    tracked = await trackingApp(database, () => TIME)
    send = v3Client(tracked)
  })
  afterAll(() => tracked.close())

  let made = 0
  let experiment_id: string
  beforeEach(async () => {
    experiment_id = await tracked.createExperiment(`scorers ${made++}`)
  })
  const register = (name: string, scorer: unknown = {}) =>
    send('POST', 'scorers/register', { experiment_id, name, serialized_scorer: JSON.stringify(scorer) })
  const get = (what: string, query: Record<string, string> = {}) =>
    send('GET', `scorers/${what}?${new URLSearchParams({ experiment_id, ...query })}`)
  const remove = (query: object) => send('DELETE', 'scorers/delete', { experiment_id, ...query })
  const versions = async (name: string) =>
    (await get('versions', { name })).body.scorers?.map(
      (one: { scorer_version: number }) => one.scorer_version,
    )

  test('registers a version each time, in MLflow’s format', async () => {
    const { body } = await register('s', { a: 1 })
    expect(body).toEqual({
      version: 1,
      scorer_id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      experiment_id,
      name: 's',
      serialized_scorer: '{"a":1}',
      creation_time: TIME,
    })
    expect((await register('s', { a: 2 })).body).toMatchObject({ version: 2, scorer_id: body.scorer_id })
    const first = {
      experiment_id: Number(experiment_id),
      scorer_name: 's',
      scorer_version: 1,
      serialized_scorer: '{"a":1}',
      creation_time: TIME,
      scorer_id: body.scorer_id,
    }
    const second = { ...first, scorer_version: 2, serialized_scorer: '{"a":2}' }
    expect((await get('get', { name: 's' })).body).toEqual({ scorer: second })
    expect((await get('get', { name: 's', version: '1' })).body).toEqual({ scorer: first })
    expect((await get('versions', { name: 's' })).body).toEqual({ scorers: [first, second] })
    await register('a')
    expect((await get('list')).body.scorers).toMatchObject([
      { scorer_name: 'a', scorer_version: 1 },
      { scorer_name: 's', scorer_version: 2 },
    ])
  })

  test('returns no online scoring configurations', async () => {
    const { scorer_id } = (await register('s')).body
    expect(await send('GET', `scorers/online-configs?scorer_ids=${scorer_id}&scorer_ids=none`)).toEqual({
      status: 200,
      body: { configs: [] },
    })
    expect((await send('GET', 'scorers/online-configs')).body.message).toContain(
      "Missing value for required parameter 'scorer_ids'",
    )
  })

  test('deletes one version or all', async () => {
    for (let i = 0; i < 3; i++) await register('s')
    expect(await remove({ name: 's', version: 1 })).toEqual({ status: 200, body: {} })
    expect(await versions('s')).toEqual([2, 3])
    expect((await remove({ name: 's', version: 1 })).body.message).toBe(
      `Scorer with name 's' and version 1 not found for experiment ${experiment_id}.`,
    )
    expect((await remove({ name: 's' })).status).toBe(200)
    expect(await get('list')).toEqual({ status: 200, body: {} })
    const message = `Scorer with name 's' not found for experiment ${experiment_id}.`
    for (const response of [
      await get('versions', { name: 's' }),
      await get('get', { name: 's' }),
      await remove({ name: 's' }),
    ])
      expect(response).toMatchObject({
        status: 404,
        body: { error_code: 'RESOURCE_DOES_NOT_EXIST', message },
      })
    expect((await register('s')).body.version).toBe(1)
  })

  test('assigns distinct versions to concurrent registrations', async () => {
    await Promise.all(Array.from({ length: 8 }, () => register('s')))
    expect(await versions('s')).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  })

  const judge = (model: unknown) => ({ instructions_judge_pydantic_data: { model } })

  test.each<[string, string, unknown, number, string]>([
    ['a blank name', ' ', {}, 400, 'Scorer name cannot be empty or contain only whitespace.'],
    ['a list', 's', [], 400, "'serialized_scorer' must be a JSON object."],
    ['a model that is not a string', 's', judge(1), 400, 'Scorer model must be a string.'],
    [
      'a blank model',
      's',
      { builtin_scorer_pydantic_data: { model: ' ' } },
      400,
      'Scorer model cannot be empty or contain only whitespace.',
    ],
    [
      'a gateway endpoint',
      's',
      { memory_augmented_judge_data: { base_judge: judge('gateway:/e') } },
      404,
      "GatewayEndpoint not found (name='e')",
    ],
  ])('%s is refused', async (_case, name, scorer, status, message) => {
    expect(await register(name, scorer)).toMatchObject({ status, body: { message } })
  })

  test.each([
    ['malformed JSON', '{', /not valid JSON/],
    [
      'ten thousand nested judges',
      `${'{"memory_augmented_judge_data":{"base_judge":'.repeat(10_000)}{}${'}}'.repeat(10_000)}`,
      /nested deeper than 100/,
    ],
  ])('%s is refused', async (_case, serialized_scorer, message) => {
    const scorer = { experiment_id, name: 's', serialized_scorer }
    const { status, body } = await send('POST', 'scorers/register', scorer)
    expect(status).toBe(400)
    expect(body.message).toMatch(message)
  })

  test('keeps a judge with a provider’s model unchanged', async () => {
    const scorer = judge('openai:/gpt-4.1-mini')
    expect((await register('s', scorer)).body.serialized_scorer).toBe(JSON.stringify(scorer))
  })

  test('requires an active experiment', async () => {
    await register('s')
    await tracked.post('experiments/delete', { experiment_id })
    for (const response of [await register('s'), await get('list'), await remove({ name: 's' })])
      expect(response).toMatchObject({
        status: 400,
        body: { message: expect.stringContaining("'active' state") },
      })
    experiment_id = '99999'
    for (const answer of [await register('s'), await get('list'), await get('get', { name: 's' })])
      expect(answer).toMatchObject({ status: 404, body: { message: 'No Experiment with id=99999 exists' } })
  })
})
