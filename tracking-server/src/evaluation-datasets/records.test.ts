import { databases } from '@cairn/platform/testing/databases'
import { share } from '@cairn/platform/testing/effort'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Clock } from '../clock.js'
import type { TrackingSchema } from '../schema.js'
import { type DatasetClient, datasetClient } from '../testing/dataset-client.js'
import { type TrackingApp, trackingApp } from '../testing/tracking-app.js'
import { EvaluationRecordStore } from './records.js'

const TIME = 1_700_000_000_000

describe.each(databases)('records of evaluation datasets on %s', (_name, database) => {
  let tracked: TrackingApp
  let datasets: DatasetClient
  let time = TIME
  beforeAll(async () => {
    tracked = await trackingApp(database, () => time)
    datasets = datasetClient(tracked)
  })
  afterAll(() => tracked.close())
  beforeEach(() => {
    time = TIME
  })

  test('returns records in the order of insertion, in MLflow’s format', async () => {
    const { dataset_id, digest } = await datasets.create()
    time += 10
    const response = await datasets.put(dataset_id, [
      { inputs: { q: '1' }, expectations: { a: '2' } },
      {
        inputs: { q: '2', n: 1, x: 1.5, on: true, list: [], map: {}, none: null },
        outputs: 'text',
        tags: { 'mlflow.user': 'me' },
        source: { source_type: 'trace', source_data: { trace_id: 'tr-1' } },
      },
      { inputs: {}, outputs: null, source: { source_type: 'HUMAN' } },
    ])
    expect(response.body).toEqual({ inserted_count: 3, updated_count: 0 })
    const ids = { dataset_record_id: expect.stringMatching(/^dr-[0-9a-f]{32}$/), dataset_id }
    const times = { created_time: TIME + 10, last_update_time: TIME + 10 }
    expect((await datasets.list(dataset_id)).records).toEqual([
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
    const dataset = await datasets.get(dataset_id)
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

  test('merges records with equal inputs, independent of the order of fields', async () => {
    const { dataset_id } = await datasets.create()
    await datasets.put(
      dataset_id,
      '[{"inputs": {"a": 1, "b": {"c": 2, "d": 3}}, "expectations": {"x": 1}, "outputs": 1}]',
    )
    time += 5
    const response = await datasets.put(
      dataset_id,
      `[{"inputs": {"b": {"d": 3, "c": 2}, "a": 1}, "expectations": {"y": 2}, "tags": {"t": "1", "mlflow.user": "you"}},
        {"inputs": {"a": 1.0, "b": {"c": 2, "d": 3}}},
        {"inputs": {"a": 1.0, "b": {"c": 2, "d": 3}}, "outputs": null}]`,
    )
    expect(response.body).toEqual({ inserted_count: 1, updated_count: 2 })
    expect((await datasets.list(dataset_id)).records).toMatchObject([
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
    expect((await datasets.list(dataset_id)).records[1]).not.toHaveProperty('outputs')
    expect((await datasets.get(dataset_id)).profile).toBe('{"num_records": 2}')
  })

  test('keeps numbers, names and NaN as Python writes them', async () => {
    const { dataset_id } = await datasets.create()
    const inputs = '{"big": 9007199254740993, "one": 1.0, "__proto__": NaN, "далеко": [-Infinity, 1e-07]}'
    await datasets.put(dataset_id, `[{"inputs": ${inputs}, "tags": {"\\u0000": "\\ud800"}}]`)
    const { body } = await datasets.send('GET', `datasets/${dataset_id}/records`)
    expect(body.records).toContain(`"inputs": ${inputs}`)
    expect(JSON.parse((await datasets.get(dataset_id)).schema).inputs).toEqual(
      JSON.parse('{"big": "integer", "one": "float", "__proto__": "float", "далеко": "array"}'),
    )
  })

  test('behaves like a map with inputs as keys', async () => {
    const { dataset_id } = await datasets.create()
    const record = fc.record({ inputs: fc.record({ q: fc.nat(9) }), outputs: fc.nat() })
    const expected = new Map<number, number>()
    await fc.assert(
      fc.asyncProperty(fc.array(record, { maxLength: 8 }), async (records) => {
        const before = expected.size
        for (const { inputs, outputs } of records) expected.set(inputs.q, outputs)
        const inserted_count = expected.size - before
        const { body } = await datasets.put(dataset_id, records)
        expect(body).toEqual({ inserted_count, updated_count: records.length - inserted_count })
        const stored = (await datasets.list(dataset_id)).records as typeof records
        expect(stored.map(({ inputs, outputs }) => [inputs.q, outputs])).toEqual([...expected])
      }),
      { numRuns: share(20, database.engine) },
    )
  })

  test('keeps the records of concurrent writers', async () => {
    const { dataset_id } = await datasets.create()
    const responses = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        datasets.put(dataset_id, [{ inputs: { q: 'same' }, expectations: { [i]: i } }, { inputs: { q: i } }]),
      ),
    )
    const inserted = responses.map(({ body }) => body.inserted_count as number)
    expect(inserted.reduce((a, b) => a + b)).toBe(9)
    const { records } = await datasets.list(dataset_id)
    expect(records).toHaveLength(9)
    expect(Object.keys(records[0].expectations)).toHaveLength(8)
    expect((await datasets.get(dataset_id)).profile).toBe('{"num_records": 9}')
  })

  test('pages and deletes records', async () => {
    const { dataset_id } = await datasets.create()
    await datasets.put(
      dataset_id,
      Array.from({ length: 5 }, (_, i) => ({ inputs: { i } })),
    )
    const first = await datasets.list(dataset_id, '?max_results=3')
    const rest = await datasets.list(dataset_id, `?max_results=3&page_token=${first.next}`)
    const records: { dataset_record_id: string; inputs: { i: number } }[] = [
      ...first.records,
      ...rest.records,
    ]
    expect(records.map(({ inputs }) => inputs.i)).toEqual([0, 1, 2, 3, 4])
    expect(rest.next).toBeUndefined()
    const other = await datasets.create()
    expect(
      (await datasets.send('GET', `datasets/${other.dataset_id}/records?page_token=${first.next}`)).status,
    ).toBe(400)

    const deleted = records.slice(1, 3).map(({ dataset_record_id }) => dataset_record_id)
    const remove = (dataset_record_ids: string[], id = dataset_id) =>
      datasets.send('DELETE', `datasets/${id}/records`, { dataset_record_ids })
    expect((await remove(deleted, other.dataset_id)).body).toEqual({ deleted_count: 0 })
    expect((await remove([...deleted, 'dr-none'])).body).toEqual({ deleted_count: 2 })
    expect((await remove(deleted)).body).toEqual({ deleted_count: 0 })
    expect(
      (await datasets.list(dataset_id)).records.map((one: { inputs: { i: number } }) => one.inputs.i),
    ).toEqual([0, 3, 4])
    expect((await datasets.get(dataset_id)).profile).toBe('{"num_records": 3}')
  })

  test('pages contain all records that two servers stored at the same time', async () => {
    const { dataset_id } = await datasets.create()
    const db = tracked.context.db.for<TrackingSchema>()
    for (const q of ['a', 'b']) {
      const server = new EvaluationRecordStore(db, new Clock(() => TIME))
      await server.put({ dataset_id, records: JSON.stringify([{ inputs: { q } }]) })
    }
    const first = await datasets.list(dataset_id, '?max_results=1')
    const rest = await datasets.list(dataset_id, `?max_results=1&page_token=${first.next}`)
    const inputs = [...first.records, ...rest.records].map((one: { inputs: { q: string } }) => one.inputs.q)
    expect(inputs.sort()).toEqual(['a', 'b'])
  })

  test.each<[string, string, string]>([
    ['malformed JSON', '[', "'records' is not valid JSON."],
    ['JSON that is not a list', '{}', "'records' must be a JSON list."],
    ['a record that is not an object', '[1]', "'records[0]' must be a JSON object."],
    [
      'inputs that are a string',
      '[{"inputs": {}}, {"inputs": "q"}]',
      "'records[1].inputs' must be a JSON object.",
    ],
    ['tags that are a list', '[{"tags": []}]', "'records[0].tags' must be a JSON object."],
    [
      'a source of an unknown type',
      '[{"source": {"source_type": "dream"}}]',
      "Invalid dataset record source type: DREAM. Valid source types: ['UNSPECIFIED', 'TRACE', 'HUMAN', 'DOCUMENT', 'CODE']",
    ],
  ])('rejects records: %s', async (_case, records, message) => {
    const { dataset_id } = await datasets.create()
    expect(await datasets.put(dataset_id, records)).toMatchObject({
      status: 400,
      body: { error_code: 'INVALID_PARAMETER_VALUE', message },
    })
    expect(await datasets.get(dataset_id)).not.toHaveProperty('schema')
  })

  test('stores or rejects arbitrary JSON as records and tags', { timeout: 120_000 }, async () => {
    const { dataset_id } = await datasets.create()
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
        const responses = [
          await datasets.put(dataset_id, records),
          await datasets.send('GET', `datasets/${dataset_id}/records`),
          await datasets.send('PATCH', `datasets/${dataset_id}/tags`, { tags: JSON.stringify(tags) }),
          await datasets.send('GET', `datasets/${dataset_id}`),
        ]
        expect(
          responses.map(({ status }) => status).filter((status) => ![200, 400].includes(status)),
        ).toEqual([])
        expect(responses[1]!.status).toBe(200)
      }),
      { numRuns: share(25, database.engine) },
    )
  })
})
