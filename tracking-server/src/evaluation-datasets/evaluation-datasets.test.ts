import { databases } from '@cairn/platform/testing/databases'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Tracked, trackedApp } from '../testing/tracked.js'
import { type SendV3, v3 } from '../testing/v3.js'

const TIME = 1_700_000_000_000

describe.each(databases)('evaluation data sets on %s', (_name, database) => {
  let tracked: Tracked
  let send: SendV3
  let time = TIME
  beforeAll(async () => {
    tracked = await trackedApp(database, () => time)
    send = v3(tracked)
  })
  afterAll(() => tracked.close())
  beforeEach(() => {
    time = TIME
  })

  let made = 0
  const anExperiment = async () =>
    (await tracked.post('experiments/create', { name: `evaluation ${made++}` })).body.experiment_id as string
  const create = async (dataset: object = {}) =>
    (await send('POST', 'datasets/create', { name: 'ds', ...dataset })).body.dataset
  const get = async (id: string) => (await send('GET', `datasets/${id}`)).body.dataset
  const put = (id: string, records: unknown, more: object = {}) =>
    send('POST', `datasets/${id}/records`, {
      records: typeof records === 'string' ? records : JSON.stringify(records),
      ...more,
    })
  const list = async (id: string, query = '') => {
    const { body } = await send('GET', `datasets/${id}/records${query}`)
    return { records: JSON.parse(body.records), next: body.next_page_token }
  }

  test('one is created and read as MLflow does', async () => {
    const experiment = await anExperiment()
    const dataset = await create({ experiment_ids: [experiment], tags: '{"a":"b", "mlflow.user": "me"}' })
    expect(dataset).toEqual({
      dataset_id: expect.stringMatching(/^d-[0-9a-f]{32}$/),
      name: 'ds',
      tags: '{"a": "b", "mlflow.user": "me"}',
      digest: expect.stringMatching(/^[0-9a-f]{8}$/),
      created_time: TIME,
      last_update_time: TIME,
      created_by: 'me',
      last_updated_by: 'me',
      experiment_ids: [experiment],
    })
    const { experiment_ids: _, ...rest } = dataset
    expect(await get(dataset.dataset_id)).toEqual(rest)
  })

  test('its tags are set beside others, and deleted', async () => {
    const { dataset_id } = await create({ tags: '{"env":"dev","initial":"value"}' })
    const tags = JSON.stringify({ env: 'staging', number: 1.5, unset: null, list: ['a'] })
    expect(await send('PATCH', `datasets/${dataset_id}/tags`, { tags })).toEqual({ status: 200, body: {} })
    expect(JSON.parse((await get(dataset_id)).tags)).toEqual({
      env: 'staging',
      initial: 'value',
      number: '1.5',
      list: '["a"]',
    })
    for (let i = 0; i < 2; i++)
      expect((await send('DELETE', `datasets/${dataset_id}/tags/number`)).status).toBe(200)
    expect((await get(dataset_id)).tags).toBe('{"env": "staging", "initial": "value", "list": "[\\"a\\"]"}')
  })

  test('of names that are the same once cleaned, the last tag wins', async () => {
    const { dataset_id } = await create({ tags: '{"\\ud800": "a", "\\u0000": "b"}' })
    expect((await get(dataset_id)).tags).toBe('{"\ufffd": "b"}')
  })

  test('a deleted one is gone with its records; deleting it again is no error', async () => {
    const { dataset_id } = await create()
    await put(dataset_id, [{ inputs: { q: 1 } }])
    for (let i = 0; i < 2; i++) expect((await send('DELETE', `datasets/${dataset_id}`)).status).toBe(200)
    expect(await send('GET', `datasets/${dataset_id}`)).toMatchObject({
      status: 404,
      body: {
        error_code: 'RESOURCE_DOES_NOT_EXIST',
        message: `Evaluation dataset with id '${dataset_id}' not found`,
      },
    })
    expect((await send('GET', `datasets/${dataset_id}/records`)).status).toBe(404)
  })

  test('records come back in the order they came, in the shape MLflow gives them', async () => {
    const { dataset_id, digest } = await create()
    time += 10
    const answer = await put(dataset_id, [
      { inputs: { q: '1' }, expectations: { a: '2' } },
      {
        inputs: { q: '2', n: 1, x: 1.5, on: true, list: [], map: {}, none: null },
        outputs: 'text',
        tags: { 'mlflow.user': 'me' },
        source: { source_type: 'trace', source_data: { trace_id: 'tr-1' } },
      },
      { inputs: {}, outputs: null, source: { source_type: 'HUMAN' } },
    ])
    expect(answer.body).toEqual({ inserted_count: 3, updated_count: 0 })
    const ids = { dataset_record_id: expect.stringMatching(/^dr-[0-9a-f]{32}$/), dataset_id }
    const times = { created_time: TIME + 10, last_update_time: TIME + 10 }
    expect((await list(dataset_id)).records).toEqual([
      { ...ids, inputs: { q: '1' }, expectations: { a: '2' }, tags: {}, ...times, outputs: {} },
      {
        ...ids,
        inputs: { q: '2', n: 1, x: 1.5, on: true, list: [], map: {}, none: null },
        tags: { 'mlflow.user': 'me' },
        source: { source_type: 'TRACE', source_data: { trace_id: 'tr-1' } },
        source_id: 'tr-1',
        source_type: 'TRACE',
        ...times,
        created_by: 'me',
        last_updated_by: 'me',
        outputs: 'text',
      },
      {
        ...ids,
        inputs: {},
        tags: {},
        source: { source_type: 'HUMAN', source_data: {} },
        source_type: 'HUMAN',
        ...times,
      },
    ])
    const dataset = await get(dataset_id)
    expect(dataset).toMatchObject({
      profile: '{"num_records": 3}',
      last_update_time: TIME + 10,
      last_updated_by: 'me',
    })
    expect(dataset.digest).not.toBe(digest)
    expect(JSON.parse(dataset.schema)).toEqual({
      inputs: {
        q: 'string',
        n: 'integer',
        x: 'float',
        on: 'boolean',
        list: 'array',
        map: 'object',
        none: 'null',
      },
      outputs: 'string',
      expectations: { a: 'string' },
      version: '1.0',
    })
  })

  test('records with the inputs of one that is there are merged into it, in whatever order their fields are', async () => {
    const { dataset_id } = await create()
    await put(
      dataset_id,
      '[{"inputs": {"a": 1, "b": {"c": 2, "d": 3}}, "expectations": {"x": 1}, "outputs": 1}]',
    )
    time += 5
    const answer = await put(
      dataset_id,
      `[{"inputs": {"b": {"d": 3, "c": 2}, "a": 1}, "expectations": {"y": 2}, "tags": {"t": "1", "mlflow.user": "you"}},
        {"inputs": {"a": 1.0, "b": {"c": 2, "d": 3}}},
        {"inputs": {"a": 1.0, "b": {"c": 2, "d": 3}}, "outputs": null}]`,
    )
    expect(answer.body).toEqual({ inserted_count: 1, updated_count: 2 })
    expect((await list(dataset_id)).records).toMatchObject([
      {
        expectations: { x: 1, y: 2 },
        outputs: 1,
        tags: { t: '1' },
        created_time: TIME,
        last_update_time: TIME + 5,
        last_updated_by: 'you',
      },
      { inputs: { a: 1 }, created_time: TIME + 5 },
    ])
    expect((await list(dataset_id)).records[1]).not.toHaveProperty('outputs')
    expect((await get(dataset_id)).profile).toBe('{"num_records": 2}')
  })

  test('numbers, names and what is no number are kept as Python wrote them', async () => {
    const { dataset_id } = await create()
    const inputs = '{"big": 9007199254740993, "one": 1.0, "__proto__": NaN, "далеко": [-Infinity, 1e-07]}'
    await put(dataset_id, `[{"inputs": ${inputs}, "tags": {"\\u0000": "\\ud800"}}]`)
    const { body } = await send('GET', `datasets/${dataset_id}/records`)
    expect(body.records).toContain(`"inputs": ${inputs}`)
    expect(JSON.parse((await get(dataset_id)).schema).inputs).toEqual(
      JSON.parse('{"big": "integer", "one": "float", "__proto__": "float", "далеко": "array"}'),
    )
  })

  test('what is put is what a map by inputs would hold', async () => {
    const { dataset_id } = await create()
    const record = fc.record({ inputs: fc.record({ q: fc.nat(9) }), outputs: fc.nat() })
    const expected = new Map<number, number>()
    await fc.assert(
      fc.asyncProperty(fc.array(record, { maxLength: 8 }), async (records) => {
        const before = expected.size
        for (const { inputs, outputs } of records) expected.set(inputs.q, outputs)
        const inserted_count = expected.size - before
        const { body } = await put(dataset_id, records)
        expect(body).toEqual({ inserted_count, updated_count: records.length - inserted_count })
        const held = (await list(dataset_id)).records as typeof records
        expect(held.map(({ inputs, outputs }) => [inputs.q, outputs])).toEqual([...expected])
      }),
      { numRuns: 20 },
    )
  })

  test('writers at the same time lose nothing', async () => {
    const { dataset_id } = await create()
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        put(dataset_id, [{ inputs: { q: 'same' }, expectations: { [i]: i } }, { inputs: { q: i } }]),
      ),
    )
    const inserted = answers.map(({ body }) => body.inserted_count as number)
    expect(inserted.reduce((a, b) => a + b)).toBe(9)
    const { records } = await list(dataset_id)
    expect(records).toHaveLength(9)
    expect(Object.keys(records[0].expectations)).toHaveLength(8)
    expect((await get(dataset_id)).profile).toBe('{"num_records": 9}')
  })

  test('records are paged, and deleted', async () => {
    const { dataset_id } = await create()
    await put(
      dataset_id,
      Array.from({ length: 5 }, (_, i) => ({ inputs: { i } })),
    )
    const first = await list(dataset_id, '?max_results=3')
    const rest = await list(dataset_id, `?max_results=3&page_token=${first.next}`)
    const records: { dataset_record_id: string; inputs: { i: number } }[] = [
      ...first.records,
      ...rest.records,
    ]
    expect(records.map(({ inputs }) => inputs.i)).toEqual([0, 1, 2, 3, 4])
    expect(rest.next).toBeUndefined()
    const other = await create()
    expect((await send('GET', `datasets/${other.dataset_id}/records?page_token=${first.next}`)).status).toBe(
      400,
    )

    const doomed = records.slice(1, 3).map(({ dataset_record_id }) => dataset_record_id)
    const remove = (dataset_record_ids: string[], id = dataset_id) =>
      send('DELETE', `datasets/${id}/records`, { dataset_record_ids })
    expect((await remove(doomed, other.dataset_id)).body).toEqual({ deleted_count: 0 })
    expect((await remove([...doomed, 'dr-none'])).body).toEqual({ deleted_count: 2 })
    expect((await remove(doomed)).body).toEqual({ deleted_count: 0 })
    expect((await list(dataset_id)).records.map((one: { inputs: { i: number } }) => one.inputs.i)).toEqual([
      0, 3, 4,
    ])
    expect((await get(dataset_id)).profile).toBe('{"num_records": 3}')
  })

  test.each<[string, string, string]>([
    ['no JSON', '[', "'records' is not valid JSON."],
    ['no list', '{}', "'records' must be a JSON list."],
    ['no object', '[1]', "'records[0]' must be a JSON object."],
    [
      'inputs that are a text',
      '[{"inputs": {}}, {"inputs": "q"}]',
      "'records[1].inputs' must be a JSON object.",
    ],
    ['tags that are a list', '[{"tags": []}]', "'records[0].tags' must be a JSON object."],
    [
      'a source of no known type',
      '[{"source": {"source_type": "dream"}}]',
      "Invalid dataset record source type: DREAM. Valid source types: ['UNSPECIFIED', 'TRACE', 'HUMAN', 'DOCUMENT', 'CODE']",
    ],
  ])('%s is refused as records', async (_case, records, message) => {
    const { dataset_id } = await create()
    expect(await put(dataset_id, records)).toMatchObject({
      status: 400,
      body: { error_code: 'INVALID_PARAMETER_VALUE', message },
    })
    expect(await get(dataset_id)).not.toHaveProperty('schema')
  })

  test('whatever JSON comes as records or tags is kept or refused', { timeout: 120_000 }, async () => {
    const { dataset_id } = await create()
    const odd = fc.constantFrom('\0', '\ud800', '\ufdd01', '__proto__', 'inputs', 'mlflow.user')
    const json = fc.jsonValue({ maxDepth: 3, noUnicodeString: false })
    const map = fc.dictionary(fc.oneof(odd, fc.string()), fc.oneof(odd, json), { maxKeys: 3 })
    const field = fc.oneof(map, json)
    const record = fc.record(
      { inputs: field, outputs: field, expectations: field, tags: field, source: field },
      { requiredKeys: [] },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(record, { maxLength: 3 }), map, async (records, tags) => {
        const answers = [
          await put(dataset_id, records),
          await send('GET', `datasets/${dataset_id}/records`),
          await send('PATCH', `datasets/${dataset_id}/tags`, { tags: JSON.stringify(tags) }),
          await send('GET', `datasets/${dataset_id}`),
        ]
        expect(answers.map(({ status }) => status).filter((status) => ![200, 400].includes(status))).toEqual(
          [],
        )
        expect(answers[1]!.status).toBe(200)
      }),
      { numRuns: 25 },
    )
  })

  test('it belongs to experiments, which are added and removed', async () => {
    const [one, two, three] = [await anExperiment(), await anExperiment(), await anExperiment()]
    const { dataset_id } = await create({ experiment_ids: [two] })
    const ids = async () => (await send('GET', `datasets/${dataset_id}/experiment-ids`)).body.experiment_ids
    const change = (what: string, experiment_ids: string[], id = dataset_id) =>
      send('POST', `datasets/${id}/${what}-experiments`, { experiment_ids })
    time += 1
    expect((await change('add', [one, two, three])).body.dataset).toMatchObject({
      dataset_id,
      last_update_time: TIME + 1,
    })
    expect(await ids()).toEqual([two, one, three])
    expect((await change('remove', [two, three, '0'])).status).toBe(200)
    expect(await ids()).toEqual([one])
    await change('remove', [one])
    expect(await ids()).toBeUndefined()
    expect((await change('add', [one, '99999'])).body.message).toBe('No Experiment with id=99999 exists')
    expect((await change('add', ['x'])).status).toBe(400)
    expect((await change('add', [one], 'd-none')).status).toBe(404)
    expect((await change('remove', [one], 'd-none')).status).toBe(404)
  })

  describe('are searched', () => {
    let experiment: string
    beforeAll(async () => {
      experiment = await anExperiment()
      for (const [i, team] of ['ml', 'data', 'ml'].entries()) {
        time = TIME + i
        await create({
          name: `s${i}`,
          experiment_ids: [experiment],
          tags: JSON.stringify({ team }),
          ...(i === 0 && { created_by: 'me' }),
        })
      }
    })
    const search = async (query: object) => {
      const { body } = await send('POST', 'datasets/search', { experiment_ids: [experiment], ...query })
      return body.datasets?.map(({ name }: { name: string }) => name) ?? body.message
    }

    test.each<[string, object, unknown]>([
      ['the latest first', {}, ['s2', 's1', 's0']],
      ['by name', { order_by: ['name ASC'] }, ['s0', 's1', 's2']],
      ['by a tag', { filter_string: "tags.team = 'ml'" }, ['s2', 's0']],
      ['by name and time', { filter_string: `name LIKE 's%' AND created_time < ${TIME + 2}` }, ['s1', 's0']],
      ['by who made it', { filter_string: "created_by = 'me'" }, ['s0']],
      ['by no name', { filter_string: "name = 'S0'" }, 'none'],
      ['by whatever case', { filter_string: "name ILIKE 'S0'" }, ['s0']],
      ['with OR', { filter_string: "name = 's0' OR tags.team = 'data'" }, ['s1', 's0']],
      [
        'by an unknown key',
        { filter_string: "foo = 'a'" },
        expect.stringContaining("Invalid attribute key 'foo' specified. Valid keys are"),
      ],
      [
        'ordered by a tag',
        { order_by: ['tags.team'] },
        expect.stringContaining('Invalid order_by entity: tag'),
      ],
      ['by the page of 0 that clients send for none', { max_results: 0 }, ['s2', 's1', 's0']],
      ['with less than no page', { max_results: -1 }, expect.stringContaining("parameter 'max_results'")],
      ['with too large a page', { max_results: 50_001 }, expect.stringContaining('at most 50000')],
    ])('%s', async (_case, query, expected) => {
      expect((await search(query)) ?? 'none').toEqual(expected)
    })

    test('page by page, and over GET', async () => {
      const seen: string[] = []
      for (let token: string | undefined = ''; token !== undefined; ) {
        const { body } = await send(
          'GET',
          `datasets/search?experiment_ids=${experiment}&max_results=2&page_token=${token}`,
        )
        seen.push(...body.datasets.map(({ name }: { name: string }) => name))
        token = body.next_page_token
      }
      expect(seen).toEqual(['s2', 's1', 's0'])
    })

    test('without an experiment, all of them', async () => {
      const { body } = await send('POST', 'datasets/search', {})
      expect(body.datasets.length).toBeGreaterThan(3)
    })
  })

  test.each<[string, object]>([
    ['no name', {}],
    ['a name of 256 characters', { name: 'x'.repeat(256) }],
    ['tags that are no JSON', { name: 'a', tags: '{' }],
    ['tags that are a list', { name: 'a', tags: '[]' }],
    ['a tag of 5001 characters', { name: 'a', tags: JSON.stringify({ a: 'x'.repeat(5001) }) }],
  ])('%s is refused', async (_case, dataset) => {
    expect(await send('POST', 'datasets/create', dataset)).toMatchObject({
      status: 400,
      body: { error_code: 'INVALID_PARAMETER_VALUE' },
    })
  })
})
