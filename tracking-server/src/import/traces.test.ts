import {
  DigestTraces,
  ImportExperiment,
  type ImportedTrace,
  ImportTrace,
} from '@cairn/platform/protocol/cairn/imports'
import { SearchTraces } from '@cairn/platform/protocol/mlflow/traces'
import { databases } from '@cairn/platform/testing/databases'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type TrackingApp, trackingApp } from '../testing/tracking-app.js'
import { digestOfImport } from './trace-digest.js'

const ID = `tr-${'c'.repeat(32)}`
const TIME = '2025-01-01T00:00:00Z'
const assessment = (id: string, rest: object) => ({
  ...{ assessment_id: id, assessment_name: 'good', trace_id: ID, create_time: TIME, last_update_time: TIME },
  ...{ source: { source_type: 'HUMAN' as const, source_id: 'ann' }, feedback: { value: 1.5 }, ...rest },
})
/** Ids in base64, times outside of the exact range of doubles, and attributes as JSON. */
const SPAN = `{"trace_id": "zMzMzMzMzMzMzMzMzMzMzA==", "span_id": "q6urq6urq6s=", "parent_span_id": null, "name": "ask",
  "start_time_unix_nano": 1735689600000000001, "end_time_unix_nano": 1735689600000000003,
  "events": [{"name": "e", "time_unix_nano": 1735689600000000002, "attributes": {"n": 1, "f": 1.0}}],
  "status": {"code": "STATUS_CODE_OK", "message": ""}, "links": [{"trace_id": "tr-${'d'.repeat(32)}", "span_id": "${'e'.repeat(16)}", "attributes": {}}],
  "attributes": {"mlflow.traceRequestId": "\\"${ID}\\"", "mlflow.spanType": "\\"LLM\\"", "big": "4611686018427387904", "f": "1.0"}}`
const TRACE: ImportedTrace = {
  trace: {
    trace_info: {
      trace_id: ID,
      trace_location: { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: '0' } },
      ...{ request_time: TIME, execution_duration: '1.500s', state: 'ERROR', client_request_id: 'c1' },
      request_preview: 'ask',
      tags: {
        t: 'x'.repeat(9_000),
        'mlflow.artifactLocation': '/etc',
        'mlflow.trace.spansLocation': 'ARTIFACT_REPO',
      },
      trace_metadata: { 'mlflow.sourceRun': 'r1', 'mlflow.trace.tokenUsage': '{"input_tokens": 3}' },
      assessments: [
        assessment('a-2', { overrides: 'a-1', rationale: 'so' }),
        assessment('a-1', { valid: false, metadata: { b: '1', a: '2' } }),
        assessment('a-3', { feedback: undefined, expectation: { value: 'yes' } }),
      ],
    },
  },
  spans: [SPAN],
  runs: ['r2'],
  prompts: ['p/3'],
}

describe.each(databases)('imports of traces on %s', (_name, database) => {
  let served: TrackingApp
  beforeEach(async () => {
    served = await trackingApp(database)
  })
  afterEach(() => served.close())
  const call = () => served.context.client()
  const get = async (path: string) => (await served.app.inject(`/api/3.0/mlflow/traces/${path}`)).body
  const digests = async () => (await call()(DigestTraces, { trace_ids: [ID, 'tr-none'] })).traces

  test('keep id, times, state, tags and assessments, valid or not', async () => {
    expect(await call()(ImportTrace, TRACE)).toEqual({ trace_id: ID, outcome: 'created' })
    const { trace_info } = JSON.parse(await get(ID)).trace
    expect(trace_info).toMatchObject({
      ...{ trace_id: ID, request_time: TIME, execution_duration: '1.500s', state: 'ERROR' },
      ...{ client_request_id: 'c1', request_preview: 'ask', tags: { t: 'x'.repeat(9_000) } },
    })
    expect(trace_info.trace_metadata).toEqual(TRACE.trace.trace_info.trace_metadata)
    expect(trace_info.tags['mlflow.artifactLocation']).toContain(`/0/traces/${ID}/artifacts`)
    const valid = trace_info.assessments.map((one: { assessment_id: string; valid: boolean }) => [
      ...[one.assessment_id, one.valid],
    ])
    expect(Object.fromEntries(valid)).toEqual({ 'a-1': false, 'a-2': true, 'a-3': true })
  })

  test('keep spans exactly, and links to runs and prompts', async () => {
    await call()(ImportTrace, TRACE)
    const all = await get(`get?trace_id=${ID}`)
    expect(all).toContain('"start_time_unix_nano":1735689600000000001')
    expect(all).toContain('{"key":"big","value":{"int_value":4611686018427387904}}')
    expect(all).toContain('{"key":"f","value":{"double_value":1.0}}')
    const locations = [TRACE.trace.trace_info.trace_location]
    for (const filter of ["run_id = 'r1'", "run_id = 'r2'", "prompt = 'p/3'", "span.type = 'LLM'"])
      expect((await call()(SearchTraces, { locations, filter })).traces).toHaveLength(1)
  })

  test('are idempotent, also in several requests, with equal digests', async () => {
    const { spans: _, ...without } = TRACE
    const second = SPAN.replace('q6urq6urq6s=', 'q6urq6urq6w=').replace('null', '"q6urq6urq6s="')
    for (const input of [without, TRACE, { ...without, spans: [second] }, TRACE])
      await call()(ImportTrace, input)
    const [digest, ...more] = await digests()
    expect(more).toEqual([])
    expect(digest).toEqual(digestOfImport({ ...TRACE, spans: [SPAN, second, SPAN] }))
    expect(digest).toMatchObject({ spans: { count: 2 }, assessments: { count: 3 }, links: { count: 2 } })
    const changed = { ...TRACE, spans: [SPAN, second.replace('1.0}', '1}')] }
    expect(digestOfImport(changed).spans.digest).not.toBe(digest!.spans.digest)
  })

  test('do not mark spans as stored here without spans', async () => {
    await call()(ImportTrace, { trace: TRACE.trace })
    const { trace_info } = JSON.parse(await get(ID)).trace
    expect(Object.keys(trace_info.tags)).not.toContain('mlflow.trace.spansLocation')
    expect(await digests()).toMatchObject([{ spans: { count: 0 } }])
  })

  test('accept a deleted experiment and reject a second experiment', async () => {
    const { experiment_id } = await call()(ImportExperiment, { name: 'gone', lifecycle_stage: 'deleted' })
    const { trace_info } = TRACE.trace
    const trace_location = { mlflow_experiment: { experiment_id } }
    await call()(ImportTrace, { trace: { trace_info: { ...trace_info, trace_location } } })
    expect(await digests()).toHaveLength(1)
    await expect(call()(ImportTrace, TRACE)).rejects.toThrow(`is in experiment ${experiment_id} already`)
  })

  test('reject a malformed span by name and roll back', async () => {
    for (const span of [
      'no JSON',
      '[]',
      '{}',
      SPAN.replace('1735689600000000001', '-1'),
      SPAN.replace('zMzM', ''),
    ])
      await expect(call()(ImportTrace, { ...TRACE, spans: [SPAN, span] })).rejects.toThrow(
        "'spans[1]' is not a span",
      )
    expect(await digests()).toEqual([])
  })

  test('accept spans larger than the limit of other requests', async () => {
    const large = SPAN.replace('"f": "1.0"', `"f": "\\"${'x'.repeat(20_000_000)}\\""`)
    await call()(ImportTrace, { ...TRACE, spans: [large] })
    expect(await digests()).toEqual([digestOfImport({ ...TRACE, spans: [large] })])
  })
})
