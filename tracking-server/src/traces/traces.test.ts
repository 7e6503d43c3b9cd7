import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TrackingSchema } from '../schema.js'
import { type TracingApp, tracingApp } from '../testing/tracing-app.js'

describe.each(databases)('traces on %s', (_name, database) => {
  let traced: TracingApp
  beforeAll(async () => {
    traced = await tracingApp(database)
  })
  afterAll(() => traced.close())

  const info = async (id: string) => (await traced.traces('GET', `/${id}`)).body.trace.trace_info
  const location = (experiment_id: string) => ({
    type: 'MLFLOW_EXPERIMENT',
    mlflow_experiment: { experiment_id },
  })
  const start = (trace_info: object) => traced.traces('POST', '', { trace: { trace_info } })

  test('records a trace like MLflow', async () => {
    const trace_id = `tr-${'a'.repeat(32)}`
    const input = {
      trace_id,
      client_request_id: 'mine',
      trace_location: location('0'),
      request_time: '2026-01-01T00:00:00.123Z',
      execution_duration: '1.5s',
      state: 'OK',
      request_preview: '{"a":1}',
      response_preview: '2',
      trace_metadata: { 'mlflow.trace.session': 's1' },
      tags: { k: 'v', 'mlflow.artifactLocation': '/etc' },
    }
    const recorded = {
      ...input,
      execution_duration: '1.500s',
      trace_metadata: { 'mlflow.trace.session': 's1', 'mlflow.trace.infoFinalized': 'true' },
      tags: { 'mlflow.artifactLocation': `mlflow-artifacts:/0/traces/${trace_id}/artifacts`, k: 'v' },
    }
    expect(await start(input)).toEqual({ status: 200, body: { trace: { trace_info: recorded } } })
    expect(await info(trace_id)).toEqual(recorded)
    const infos = await traced.traces('POST', '/batchGetInfos', {
      trace_ids: [trace_id, 'tr-none', trace_id],
    })
    expect(infos.body).toEqual({ trace_infos: [recorded] })
    expect((await traced.traces('POST', '/batchGetInfos', { trace_ids: ['tr-none'] })).body).toEqual({})
  })

  test('is idempotent, and keeps assessments that were added in between', async () => {
    const trace_id = await traced.createTrace({ request_preview: 'asked', tags: { a: '1', b: '1' } })
    await traced.traces('PATCH', `/${trace_id}/tags`, { key: 'late', value: 'x' })
    await traced.createTrace({ trace_id, state: 'ERROR', tags: { b: '2' } })
    expect(await info(trace_id)).toMatchObject({
      state: 'ERROR',
      request_preview: 'asked',
      tags: { a: '1', b: '2', late: 'x' },
    })
  })

  test.each<[string, number, string, object]>([
    ['a missing trace', 400, "'trace'", {}],
    [
      'a missing id',
      400,
      "'trace.trace_info.trace_id'",
      { trace: { trace_info: { trace_location: location('0') } } },
    ],
    [
      'a missing experiment',
      400,
      "'trace.trace_info.trace_location.mlflow_experiment.experiment_id'",
      of({ trace_location: {} }),
    ],
    ['an unknown experiment', 404, 'No Experiment with id=77 exists', of({ trace_location: location('77') })],
    [
      'an experiment id that is not a number',
      400,
      'Invalid experiment ID',
      of({ trace_location: location('a') }),
    ],
    ['an id that escapes its folder', 400, 'Trace ids may contain', of({ trace_id: '../../x' })],
    ['a malformed time', 400, 'trace.trace_info.request_time', of({ request_time: 'yesterday' })],
    ['an invalid date', 400, 'trace.trace_info.request_time', of({ request_time: '2026-13-45T99:99:99Z' })],
    [
      'a malformed duration',
      400,
      'trace.trace_info.execution_duration',
      of({ execution_duration: '5 minutes' }),
    ],
    ['a tag that is not a string', 400, "'trace.trace_info.tags.a'", of({ tags: { a: 1 } })],
    ['an empty assessment', 400, 'Unknown assessment type', of({ assessments: [{ assessment_name: 'q' }] })],
  ])('rejects %s', async (_what, status, words, body) => {
    const response = await traced.traces('POST', '', body)
    expect([response.status, response.body.message]).toEqual([status, expect.stringContaining(words)])
  })

  test('rejects traces of a deleted experiment', async () => {
    const experiment_id = await traced.createExperiment('gone')
    await traced.post('experiments/delete', { experiment_id })
    const refused = {
      status: 400,
      body: { message: expect.stringContaining("must be in the 'active' state") },
    }
    expect(await start({ trace_id: 'tr-x', trace_location: location(experiment_id) })).toMatchObject(refused)
    expect(await traced.sendSpans([{}], { experiment: experiment_id })).toMatchObject(refused)
  })

  test('uses protobuf’s format for times and durations', async () => {
    const trace_id = await traced.createTrace({
      request_time: '2026-01-01T02:00:00.5+02:00',
      execution_duration: '-0.25s',
    })
    expect(await info(trace_id)).toMatchObject({
      request_time: '2026-01-01T00:00:00.500Z',
      execution_duration: '-0.250s',
    })
    expect(await info(await traced.createTrace())).toMatchObject({ request_time: '1970-01-01T00:00:00Z' })
  })

  test('sets and deletes tags with both versions of the API', async () => {
    const trace_id = await traced.createTrace({ tags: { k: 'v' } })
    for (const [version, key] of [
      ['2.0', 'two'],
      ['3.0', 'three'],
    ]) {
      const url = `/api/${version}/mlflow/traces/${trace_id}/tags`
      const send = async (method: 'PATCH' | 'DELETE', payload: object) =>
        (await traced.app.inject({ method, url, payload })).json()
      expect(await send('PATCH', { key, value: 'x'.repeat(9000) })).toEqual({})
      expect((await info(trace_id)).tags[key!]).toHaveLength(8000)
      expect(await send('DELETE', { key })).toEqual({})
      expect(await send('DELETE', { key })).toMatchObject({
        error_code: 'RESOURCE_DOES_NOT_EXIST',
        message: `No trace tag with key '${key}' for trace with ID '${trace_id}'`,
      })
    }
    expect(Object.keys((await info(trace_id)).tags)).toEqual(['k', 'mlflow.artifactLocation'])
  })

  test.each([
    ['PATCH', 'tr-none', { key: 'a', value: 'b' }, 404, "Trace with ID 'tr-none' not found."],
    ['DELETE', 'tr-none', { key: 'a' }, 404, "Trace with ID 'tr-none' not found."],
    ['PATCH', 'tr-none', { value: 'b' }, 400, "Missing value for required parameter 'key'"],
    ['PATCH', 'tr-none', { key: 'k'.repeat(251) }, 400, "'key' exceeds the maximum length of 250 characters"],
    ['PATCH', 'tr-none', { key: '../x' }, 400, 'must not resolve to other names'],
    [
      'PATCH',
      'tr-none',
      { key: 'mlflow.artifactLocation', value: '/etc' },
      400,
      'is immutable and cannot be set',
    ],
    ['DELETE', 'tr-none', { key: 'mlflow.trace.spansLocation' }, 400, 'is immutable and cannot be deleted'],
  ] as const)('rejects %s of a tag', async (method, id, body, status, words) => {
    const response = await traced.traces(method, `/${id}/tags`, body)
    expect([response.status, response.body.message]).toEqual([status, expect.stringContaining(words)])
  })

  test('links traces to runs and prompts, idempotently', async () => {
    const [run_id, one, two] = [
      await traced.createRun(),
      await traced.createTrace(),
      await traced.createTrace(),
    ]
    const link = (trace_ids: string[], run = run_id) =>
      traced.post('traces/link-to-run', { trace_ids, run_id: run })
    expect((await link([one, one])).body).toEqual({})
    expect((await link([one, two])).body).toEqual({})
    expect(new Set(await traced.search(`attribute.run_id = '${run_id}'`))).toEqual(new Set([one, two]))
    expect(await link([one], 'nobody')).toMatchObject({ status: 404 })
    expect((await link(Array.from({ length: 101 }, () => one))).body.message).toBe(
      'Cannot link more than 100 traces to a run in a single request. Provided 101 traces.',
    )
    const prompts = { trace_id: one, prompt_versions: [{ name: 'greeting', version: '3' }] }
    expect((await traced.post('traces/link-prompts', prompts)).body).toEqual({})
    expect((await traced.post('traces/link-prompts', prompts)).body).toEqual({})
    expect(await traced.search('prompt = "greeting/3"')).toEqual([one])
    expect(await traced.post('traces/link-prompts', { ...prompts, trace_id: 'tr-none' })).toMatchObject({
      status: 404,
    })
    const unversioned = { trace_id: one, prompt_versions: [{ name: 'greeting', version: 'latest' }] }
    expect(await traced.post('traces/link-prompts', unversioned)).toMatchObject({ status: 400 })
  })

  test('supports clients before MLflow 3', async () => {
    const experiment_id = await traced.createExperiment('old clients')
    const started = await traced.post('traces', {
      experiment_id,
      timestamp_ms: 1000,
      request_metadata: [{ key: 'm', value: '1' }],
      tags: [{ key: 't', value: '1' }],
    })
    const { request_id } = started.body.trace_info
    const artifacts = `mlflow-artifacts:/${experiment_id}/traces/${request_id}/artifacts`
    const expected = {
      request_id,
      experiment_id,
      timestamp_ms: 1000,
      execution_time_ms: 0,
      status: 'IN_PROGRESS',
      request_metadata: [{ key: 'm', value: '1' }],
      tags: [
        { key: 't', value: '1' },
        { key: 'mlflow.artifactLocation', value: artifacts },
      ],
    }
    expect(started.body).toEqual({ trace_info: expected })
    const ended = await traced.send('PATCH', `traces/${request_id}`, {
      request_id,
      timestamp_ms: 1250,
      status: 'OK',
      request_metadata: [{ key: 'n', value: '2' }],
      tags: [{ key: 't', value: '2' }],
    })
    const all = {
      ...expected,
      execution_time_ms: 250,
      status: 'OK',
      request_metadata: [...expected.request_metadata, { key: 'n', value: '2' }],
      tags: [{ key: 't', value: '2' }, expected.tags[1]],
    }
    expect(ended.body).toEqual({ trace_info: all })
    expect((await traced.get(`traces/${request_id}/info`)).body).toEqual({ trace_info: all })
    expect((await traced.get('traces', { experiment_ids: [experiment_id] })).body).toEqual({
      traces: [all],
    })
    expect(await traced.get('traces/tr-none/info')).toMatchObject({ status: 404 })
  })

  test('deletes traces by id or up to a time, the oldest first, with their rows', async () => {
    const experiment_id = await traced.createExperiment('deleted from')
    const at = (second: number) => ({
      trace_location: location(experiment_id),
      request_time: `2026-01-01T00:00:0${second}Z`,
    })
    const ids = [
      await traced.createTrace(at(1)),
      await traced.createTrace(at(2)),
      await traced.createTrace(at(3)),
      await traced.createTrace(at(4)),
    ]
    const other = await traced.createTrace()
    const remove = async (body: object) =>
      (await traced.traces('POST', '/delete-traces', { experiment_id, ...body })).body
    const left = async () => (await traced.search('', { locations: [location(experiment_id)] })).reverse()
    expect(await remove({ request_ids: [ids[3], other, 'tr-none'] })).toEqual({ traces_deleted: 1 })
    expect(await remove({ max_timestamp_millis: Date.UTC(2026, 0, 1, 0, 0, 2), max_traces: 1 })).toEqual({
      traces_deleted: 1,
    })
    expect(await left()).toEqual([ids[1], ids[2]])
    expect(await remove({ max_timestamp_millis: 1e15 })).toEqual({ traces_deleted: 2 })
    expect(await left()).toEqual([])
    expect(await info(other)).toMatchObject({ trace_id: other })
    await traced.createTrace({ trace_id: ids[0], ...at(1) })
    expect((await info(ids[0]!)).tags).toEqual({
      'mlflow.artifactLocation': expect.stringContaining(ids[0]!),
    })
  })

  test('leaves no orphaned spans when a trace is deleted while spans arrive', async () => {
    const ids = Array.from({ length: 8 }, (_, i) => `${i}`.repeat(32))
    const send = (traceId: string) => traced.sendSpans([{ traceId }])
    await Promise.all(ids.map(send))
    const request_ids = ids.map((id) => `tr-${id}`)
    await Promise.all([
      ...ids.map(send),
      traced.traces('POST', '/delete-traces', { experiment_id: '0', request_ids }),
      ...ids.map(send),
    ])
    const left = await traced.context.db
      .for<TrackingSchema>()
      .read.selectFrom('spans')
      .leftJoin('traces', 'traces.trace_id', 'spans.trace_id')
      .select('spans.trace_id')
      .where('traces.trace_id', 'is', null)
      .execute()
    expect(left).toEqual([])
    await traced.traces('POST', '/delete-traces', { experiment_id: '0', request_ids })
  })

  test.each([
    [{}, 'Either `max_timestamp_millis` or `trace_ids` must be specified.'],
    [{ max_timestamp_millis: 1, request_ids: ['a'] }, 'Only one of `max_timestamp_millis` and `trace_ids`'],
    [{ request_ids: ['a'], max_traces: 1 }, "`max_traces` can't be specified if `trace_ids` is specified."],
    [{ max_timestamp_millis: 1, max_traces: 0 }, '`max_traces` must be a positive integer, received 0.'],
  ])('rejects deleting %j', async (body, words) => {
    const response = await traced.traces('POST', '/delete-traces', { experiment_id: '0', ...body })
    expect([response.status, response.body.message]).toEqual([400, expect.stringContaining(words)])
  })
})

function of(fields: object) {
  const trace_location = { mlflow_experiment: { experiment_id: '0' } }
  return { trace: { trace_info: { trace_id: 'tr-refused', trace_location, ...fields } } }
}
