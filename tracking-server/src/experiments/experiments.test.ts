import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TrackingApp, trackingApp } from '../testing/tracking-app.js'

describe.each(databases)('experiments on %s', (_name, database) => {
  let tracked: TrackingApp
  beforeAll(async () => {
    tracked = await trackingApp(database)
  })
  afterAll(() => tracked.close())

  const create = (name: string, more: object = {}) => tracked.createExperiment(name, more)
  const get = async (experiment_id: string) =>
    (await tracked.get('experiments/get', { experiment_id })).body.experiment

  test('creates the default experiment at startup and numbers others from 1', async () => {
    expect(await get('0')).toMatchObject({
      experiment_id: '0',
      name: 'Default',
      artifact_location: 'mlflow-artifacts:/0',
      lifecycle_stage: 'active',
    })
    const first = await create('first', { tags: [{ key: 'b', value: '1' }, { key: 'a' }] })
    expect(first).toBe('1')
    expect(await get(first)).toMatchObject({
      artifact_location: 'mlflow-artifacts:/1',
      tags: [
        { key: 'b', value: '1' },
        { key: 'a', value: '' },
      ],
    })
    const { body } = await tracked.get('experiments/get-by-name', { experiment_name: 'first' })
    expect(body.experiment.experiment_id).toBe(first)
  })

  test('treats an empty artifact location as the default', async () => {
    const id = await create('nowhere', { artifact_location: '' })
    expect((await get(id)).artifact_location).toBe(`mlflow-artifacts:/${id}`)
    const { body } = await tracked.post('runs/create', { experiment_id: id })
    expect(body.run.info.artifact_uri).toMatch(`mlflow-artifacts:/${id}/`)
  })

  test('keeps the default folders of later experiments free', async () => {
    const id = Number(await create('last so far'))
    for (const folder of [`${id + 2}`, `${id + 3}/runs`, `./${id + 2}/`]) {
      const squatted = { name: `at ${folder}`, artifact_location: `mlflow-artifacts:/${folder}` }
      const answer = await tracked.post('experiments/create', squatted)
      expect([folder, answer.status, answer.body.message]).toEqual([
        folder,
        400,
        expect.stringMatching(/artifact_location.*later experiment/),
      ])
    }
    const own = await create('own', { artifact_location: `mlflow-artifacts:/${id + 1}` })
    expect(own).toBe(String(id + 1))
    await create('named', { artifact_location: 'mlflow-artifacts:/team/99999' })
    await create('elsewhere', { artifact_location: 's3://bucket/99999' })
  })

  test('keeps names unique, including deleted experiments and concurrent requests', async () => {
    const responses = await Promise.all(
      Array.from({ length: 5 }, () => tracked.post('experiments/create', { name: 'wanted' })),
    )
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(1)
    const id = responses.find(({ status }) => status === 200)?.body.experiment_id
    await tracked.post('experiments/delete', { experiment_id: id })
    expect(await tracked.post('experiments/create', { name: 'wanted' })).toMatchObject({
      status: 400,
      body: { error_code: 'RESOURCE_ALREADY_EXISTS', message: 'Experiment(name=wanted) already exists.' },
    })
  })

  test('deletes and restores an experiment with its runs', async () => {
    const experiment_id = await create('with runs')
    const run_id = await tracked.createRun({ experiment_id })
    const stage = async () => (await tracked.get('runs/get', { run_id })).body.run.info.lifecycle_stage
    await tracked.post('experiments/delete', { experiment_id })
    expect([(await get(experiment_id)).lifecycle_stage, await stage()]).toEqual(['deleted', 'deleted'])
    expect((await tracked.post('experiments/delete', { experiment_id })).body.message).toBe(
      `No Experiment with id=${experiment_id} exists`,
    )
    for (const [path, body] of [
      ['runs/create', { experiment_id }],
      ['experiments/set-experiment-tag', { experiment_id, key: 'k', value: 'v' }],
    ] as const)
      expect((await tracked.post(path, body)).body.message).toBe(
        `The experiment ${experiment_id} must be in the 'active' state. Current state is deleted.`,
      )
    expect(await tracked.post('experiments/update', { experiment_id, new_name: 'q' })).toMatchObject({
      status: 400,
      body: { error_code: 'INVALID_STATE' },
    })
    await tracked.post('experiments/restore', { experiment_id })
    expect([(await get(experiment_id)).lifecycle_stage, await stage()]).toEqual(['active', 'active'])
    expect((await tracked.post('experiments/restore', { experiment_id })).status).toBe(404)
  })

  test('renames and tags experiments', async () => {
    const experiment_id = await create('old name')
    expect(
      (await tracked.post('experiments/update', { experiment_id, new_name: 'Default' })).body,
    ).toMatchObject({
      error_code: 'RESOURCE_ALREADY_EXISTS',
    })
    await tracked.post('experiments/update', { experiment_id, new_name: 'new name' })
    for (const [key, value] of [
      ['k', '1'],
      ['k', '2'],
      ['gone', ''],
    ])
      await tracked.post('experiments/set-experiment-tag', { experiment_id, key, value })
    await tracked.post('experiments/delete-experiment-tag', { experiment_id, key: 'gone' })
    expect(await get(experiment_id)).toMatchObject({ name: 'new name', tags: [{ key: 'k', value: '2' }] })
    expect(
      (await tracked.post('experiments/delete-experiment-tag', { experiment_id, key: 'gone' })).body,
    ).toMatchObject({
      error_code: 'RESOURCE_DOES_NOT_EXIST',
      message: `No tag with name: gone in experiment with id ${experiment_id}`,
    })
    expect((await tracked.post('experiments/set-experiment-tag', { experiment_id, key: 'k' })).status).toBe(
      200,
    )
    expect((await get(experiment_id)).tags).toEqual([{ key: 'k', value: '' }])
  })

  test.each([
    ['create', {}, "Missing value for required parameter 'name'"],
    ['create', { name: 'x'.repeat(501) }, "'name' exceeds the maximum length of 500 characters"],
    [
      'create',
      { name: 'g', artifact_location: 'runs:/abc' },
      "Artifact location cannot be a runs:/ URI. Given: 'runs:/abc'",
    ],
    [
      'create',
      { name: 'g', artifact_location: 's3://b/p#f' },
      "'artifact_location' URL can't include fragments or params.",
    ],
    ['create', { name: 'g', artifact_location: 's3://b/p?x=%252e./y' }, 'Invalid query string'],
    [
      'create',
      { name: 'g', tags: [{ key: 'a', value: 'x'.repeat(5001) }] },
      "'value' exceeds the maximum length of 5000 characters",
    ],
    [
      'create',
      { name: 'g', tags: [{ key: 'a$', value: '' }] },
      'Invalid value "a$" for parameter \'key\' supplied',
    ],
    [
      'delete',
      { experiment_id: 'abc' },
      "Invalid experiment ID 'abc'. Experiment ID must be a valid integer.",
    ],
    ['search', {}, "Invalid value 0 for parameter 'max_results' supplied. It must be a positive integer"],
    [
      'search',
      { max_results: 50_001 },
      "Invalid value 50001 for parameter 'max_results' supplied. It must be at most 50000",
    ],
    [
      'search',
      { max_results: 5, filter: "foo = 'x'" },
      "Invalid attribute key 'foo' specified. Valid keys are '{'name', 'creation_time', 'last_update_time', 'experiment_id'}'",
    ],
    ['search', { max_results: 5, order_by: ['foo'] }, "Invalid attribute key 'foo' specified."],
    ['search', { max_results: 5, filter: "experiment_id = 'x'" }, "Invalid experiment ID 'x'."],
    ['search', { max_results: 5, filter: "experiment_id LIKE '1%'" }, "Invalid comparator 'LIKE'"],
    ['search', { max_results: 5, order_by: ['tags.x'] }, 'Invalid order_by entity: tag'],
    ['search', { max_results: 5, page_token: '@@' }, 'Invalid page token'],
    ['search-datasets', {}, 'SearchDatasets request must specify at least one experiment_id.'],
  ])('rejects %s %j', async (what, body, message) => {
    const response = await tracked.post(`experiments/${what}`, body)
    expect(response).toMatchObject({ status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE' } })
    expect(response.body.message).toContain(message)
  })

  test('returns 404 for an id outside of the integer range', async () => {
    expect((await tracked.get('experiments/get', { experiment_id: '9'.repeat(40) })).status).toBe(404)
  })
})

describe.each(databases)('searching experiments on %s', (_name, database) => {
  let tracked: TrackingApp
  let time = 1_000
  beforeAll(async () => {
    tracked = await trackingApp(database, () => time)
    for (const [name, value] of [
      ['apple', 'x'],
      ['Banana', 'y'],
      ['cherry_1', 'x'],
      ['100% done', undefined],
    ]) {
      time += 10
      await tracked.post('experiments/create', { name, tags: value ? [{ key: 'team', value }] : [] })
    }
  })
  afterAll(() => tracked.close())

  const names = async (body: object) => {
    const response = await tracked.post('experiments/search', { max_results: 10, ...body })
    return (response.body.experiments ?? []).map((one: { name: string }) => one.name)
  }

  test.each([
    [undefined, ['100% done', 'cherry_1', 'Banana', 'apple', 'Default']],
    ["name = 'apple'", ['apple']],
    ["name LIKE 'b%'", []],
    ["attribute.name ILIKE 'b%'", ['Banana']],
    ["name LIKE '%!%'", []],
    ["name LIKE '100\\% %'", []],
    ["tags.team = 'x'", ['cherry_1', 'apple']],
    ["tags.team != 'x'", ['Banana']],
    ['tags.team IS NULL', ['100% done', 'Default']],
    ["tag.`team` IS NOT NULL AND name != 'apple'", ['cherry_1', 'Banana']],
    ['creation_time > 1010 AND last_update_time <= 1030', ['cherry_1', 'Banana']],
    ["experiment_id = '0'", ['Default']],
    ["attribute.experiment_id != '0' AND tags.team IS NULL", ['100% done']],
    ["experiment_id IN ('0', '99')", ['Default']],
    ["experiment_id NOT IN ('0') AND name LIKE '%e'", ['100% done', 'apple']],
  ])('%s', async (filter, expected) => {
    expect(await names({ filter })).toEqual(expected)
  })

  test('pages of any size contain the same experiments, in every order', async () => {
    for (const order_by of [[], ['name DESC'], ['last_update_time'], ['experiment_id ASC']]) {
      const all = await names({ order_by })
      for (const max_results of [1, 2, 3]) {
        const seen: string[] = []
        for (let page_token: string | undefined = ''; page_token !== undefined; ) {
          const { body }: { body: { experiments: { name: string }[]; next_page_token?: string } } =
            await tracked.post('experiments/search', { max_results, order_by, page_token })
          seen.push(...body.experiments.map((one) => one.name))
          page_token = body.next_page_token
        }
        expect(seen).toEqual(all)
      }
    }
  })

  test('lists all experiments, in pages', async () => {
    const list = async (query: Record<string, string>) => (await tracked.get('experiments/list', query)).body
    expect((await list({})).experiments).toHaveLength(5)
    const first = await list({ max_results: '3' })
    const second = await list({ max_results: '3', page_token: first.next_page_token })
    expect([...first.experiments, ...second.experiments]).toEqual(
      (await list({ max_results: '0' })).experiments,
    )
  })

  test('rejects the page token of another search', async () => {
    const { body } = await tracked.post('experiments/search', { max_results: 1 })
    const response = await tracked.post('experiments/search', {
      max_results: 1,
      order_by: ['name'],
      page_token: body.next_page_token,
    })
    expect(response.status).toBe(400)
  })
})
