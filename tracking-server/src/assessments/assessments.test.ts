import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TracingApp, tracingApp } from '../testing/tracing-app.js'

const SOURCE = { source_type: 'HUMAN', source_id: 'me' }

describe.each(databases)('assessments on %s', (_name, database) => {
  let traced: TracingApp
  let time = 1_700_000_000_000
  beforeAll(async () => {
    traced = await tracingApp(database, () => time)
  })
  afterAll(() => traced.close())

  let trace_id: string
  beforeEach(async () => {
    time = 1_700_000_000_000
    trace_id = await traced.createTrace()
  })

  const post = (assessment: object, id = trace_id) =>
    traced.traces('POST', `/${id}/assessments`, { assessment })
  const create = async (assessment: object) =>
    (await post({ assessment_name: 'q', source: SOURCE, ...assessment })).body.assessment
  const get = async (id: string) =>
    (await traced.traces('GET', `/${trace_id}/assessments/${id}`)).body.assessment
  const patch = (id: string, update_mask: string, assessment: object) =>
    traced.traces('PATCH', `/${trace_id}/assessments/${id}`, { update_mask, assessment })
  const remove = (id: string) => traced.traces('DELETE', `/${trace_id}/assessments/${id}`)

  test('creates feedback like MLflow', async () => {
    const created = await create({
      feedback: { value: true },
      rationale: 'r',
      metadata: { m: '1' },
      span_id: 's',
    })
    expect(created).toEqual({
      assessment_id: expect.stringMatching(/^a-[0-9a-f]{32}$/),
      assessment_name: 'q',
      trace_id,
      span_id: 's',
      source: SOURCE,
      create_time: '2023-11-14T22:13:20Z',
      last_update_time: '2023-11-14T22:13:20Z',
      feedback: { value: true },
      rationale: 'r',
      metadata: { m: '1' },
      valid: true,
    })
    expect(await get(created.assessment_id)).toEqual(created)
    const info = (await traced.traces('GET', `/${trace_id}`)).body.trace.trace_info
    expect(info.assessments).toEqual([created])
  })

  test.each<[string, object, object]>([
    ['a string', { feedback: { value: 'no' } }, { feedback: { value: 'no' } }],
    ['a map', { feedback: { value: { rating: 4 } } }, { feedback: { value: { rating: 4 } } }],
    [
      'an error',
      { feedback: { error: { error_code: 'E', error_message: 'm' } } },
      { feedback: { value: null, error: { error_code: 'E', error_message: 'm' } } },
    ],
    ['an expected number', { expectation: { value: 1.5 } }, { expectation: { value: 1.5 } }],
    [
      'an expected list',
      { expectation: { value: [1, 'a'] } },
      { expectation: { serialized_value: { serialization_format: 'JSON_FORMAT', value: '[1,"a"]' } } },
    ],
    [
      'a serialized string',
      { expectation: { serialized_value: { serialization_format: 'JSON_FORMAT', value: '"a"' } } },
      { expectation: { value: 'a' } },
    ],
    ['a null value', { feedback: {} }, { feedback: { value: null } }],
    ['an issue', { issue: { issue_name: 'slow' } }, { issue: { issue_name: 'slow' } }],
    [
      'explicit times',
      { feedback: { value: 1 }, create_time: '2020-01-01T00:00:00Z' },
      { feedback: { value: 1 }, create_time: '2020-01-01T00:00:00Z' },
    ],
    [
      'no source',
      { feedback: { value: 1 }, source: undefined },
      { source: { source_type: 'SOURCE_TYPE_UNSPECIFIED' } },
    ],
  ])('accepts %s', async (_what, content, expected) => {
    expect(await get((await create(content)).assessment_id)).toMatchObject(expected)
  })

  test.each([101, 20_000])('rejects a value nested %i deep', async (depth) => {
    const response = await traced.app.inject({
      method: 'POST',
      url: `/api/3.0/mlflow/traces/${trace_id}/assessments`,
      headers: { 'content-type': 'application/json' },
      payload: `{"assessment":{"assessment_name":"q","feedback":{"value":${'['.repeat(depth)}${']'.repeat(depth)}}}}`,
    })
    expect(response.statusCode).toBe(400)
    expect(response.json().message).toMatch(/'assessment.feedback.value' .* nested deeper than 100/)
  })

  test('truncates the start of a long stack trace', async () => {
    const error = { error_code: 'E', stack_trace: `${'x'.repeat(20_000)}the end` }
    const { feedback } = await create({ feedback: { error } })
    expect(feedback.error.stack_trace).toHaveLength(10_000)
    expect(feedback.error.stack_trace).toMatch(/^\[Stack trace is truncated\]\n\.\.\.\nx.*the end$/s)
  })

  test.each<[string, number, string, object]>([
    ['nothing', 400, 'Unknown assessment type: None', { assessment_name: 'q' }],
    [
      'two values',
      400,
      'Exactly one of',
      { assessment_name: 'q', feedback: { value: 1 }, issue: { issue_name: 'i' } },
    ],
    [
      'an expectation without a value',
      400,
      'The `value` field must be specified.',
      { assessment_name: 'q', expectation: { value: null } },
    ],
    [
      'an unknown serialization format',
      400,
      'Unknown serialization format: XML',
      {
        assessment_name: 'q',
        expectation: { serialized_value: { serialization_format: 'XML', value: '1' } },
      },
    ],
    [
      'broken JSON',
      400,
      'is not valid JSON',
      {
        assessment_name: 'q',
        expectation: { serialized_value: { serialization_format: 'JSON_FORMAT', value: '{' } },
      },
    ],
    ['no name', 400, "'assessment.assessment_name'", { feedback: { value: 1 } }],
    [
      'a malformed time',
      400,
      'assessment.create_time',
      { assessment_name: 'q', feedback: { value: 1 }, create_time: 'x' },
    ],
    [
      'a name that is too long',
      400,
      'exceeds the maximum length of 250',
      { assessment_name: 'q'.repeat(251), feedback: { value: 1 } },
    ],
    [
      'an override of a missing assessment',
      404,
      "Assessment with ID 'a-none' not found for trace",
      { assessment_name: 'q', feedback: { value: 1 }, overrides: 'a-none' },
    ],
  ])('rejects %s', async (_what, status, words, assessment) => {
    const response = await post(assessment)
    expect([response.status, response.body.message]).toEqual([status, expect.stringContaining(words)])
  })

  test('rejects assessments of missing traces, and an id that another trace uses', async () => {
    const judgement = { assessment_name: 'q', feedback: { value: 1 }, assessment_id: 'a-mine' }
    expect(await post(judgement, 'tr-none')).toMatchObject({ status: 404 })
    await post(judgement)
    expect((await post(judgement)).status).toBe(200)
    expect(await post(judgement, await traced.createTrace())).toMatchObject({
      status: 400,
      body: { error_code: 'RESOURCE_ALREADY_EXISTS' },
    })
  })

  test('changes only the fields in the mask', async () => {
    const { assessment_id: id } = await create({
      feedback: { value: 1 },
      rationale: 'r',
      metadata: { a: '1', b: '1' },
    })
    time += 5000
    const change = {
      assessment_name: 'new',
      feedback: { value: { rating: 5 } },
      rationale: 'why',
      metadata: { b: '2' },
    }
    const response = await patch(id, 'assessmentName,feedback,metadata', change)
    expect(response.body.assessment).toMatchObject({
      assessment_name: 'new',
      feedback: { value: { rating: 5 } },
      rationale: 'r',
      metadata: { a: '1', b: '2' },
      create_time: '2023-11-14T22:13:20Z',
      last_update_time: '2023-11-14T22:13:25Z',
    })
    expect(
      (await patch(id, 'rationale, valid', { rationale: 'why', valid: false })).body.assessment,
    ).toMatchObject({
      rationale: 'why',
      valid: false,
    })
  })

  test.each<[string, string, string, object]>([
    [
      'feedback',
      'Cannot update expectation value on a Feedback assessment.',
      'expectation',
      { expectation: { value: 1 } },
    ],
    [
      'expectation',
      'Cannot update feedback value on an Expectation assessment.',
      'feedback',
      { feedback: { value: 1 } },
    ],
    ['feedback', 'Cannot specify both', 'feedback,expectation', {}],
    ['feedback', "required parameter 'update_mask'", '', {}],
  ])('rejects changing the kind of %s: %s', async (kind, words, mask, change) => {
    const { assessment_id } = await create({ [kind]: { value: 'x' } })
    const response = await patch(assessment_id, mask, change)
    expect([response.status, response.body.message]).toEqual([400, expect.stringContaining(words)])
  })

  test('deletes an override whose overridden assessment is gone', async () => {
    const original = await create({ feedback: { value: 1 } })
    const override = await create({ feedback: { value: 2 }, overrides: original.assessment_id })
    await remove(original.assessment_id)
    expect((await remove(override.assessment_id)).body).toEqual({})
    expect(await get(override.assessment_id)).toBeUndefined()
  })

  test('keeps the metadata of concurrent updates', async () => {
    const { assessment_id: id } = await create({ feedback: { value: 1 } })
    await Promise.all(
      Array.from({ length: 8 }, (_, i) => patch(id, 'metadata', { metadata: { [`m${i}`]: '1' } })),
    )
    expect(Object.keys((await get(id)).metadata)).toHaveLength(8)
  })

  test('invalidates an overridden assessment until the override is deleted', async () => {
    const original = await create({ feedback: { value: 1 } })
    const override = await create({ feedback: { value: 2 }, overrides: original.assessment_id })
    expect(override).toMatchObject({ valid: true, overrides: original.assessment_id })
    expect(await get(original.assessment_id)).toMatchObject({ valid: false })
    expect((await remove(override.assessment_id)).body).toEqual({})
    expect((await remove(override.assessment_id)).body).toEqual({})
    expect(await get(original.assessment_id)).toMatchObject({ valid: true })
  })

  test('names the missing object', async () => {
    const ask = (path: string) => traced.traces('GET', path)
    expect(await ask(`/${trace_id}/assessments/a-none`)).toMatchObject({
      status: 404,
      body: { message: `Assessment with ID 'a-none' not found for trace '${trace_id}'` },
    })
    expect(await ask('/tr-none/assessments/a-none')).toMatchObject({
      status: 404,
      body: { message: "Trace with request_id 'tr-none' not found" },
    })
  })

  test('returns the assessments of a trace in order', async () => {
    const judged = await traced.createTrace({
      assessments: ['c', 'a', 'b'].map((assessment_name) => ({
        assessment_name,
        source: SOURCE,
        feedback: { value: 1 },
      })),
    })
    const { assessments } = (await traced.traces('GET', `/${judged}`)).body.trace.trace_info
    expect(assessments.map((one: { assessment_name: string }) => one.assessment_name)).toEqual([
      'c',
      'a',
      'b',
    ])
  })
})
