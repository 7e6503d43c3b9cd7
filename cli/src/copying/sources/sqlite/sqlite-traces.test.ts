import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDb } from '@cairn/platform/db/open'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ArtifactRoots } from '../artifact-roots.js'
import type { SourceTrace } from '../source.js'
import { SqliteSource } from './sqlite-source.js'

const OLD = `
  create table experiments (experiment_id integer primary key, name text);
  create table runs (run_uuid text primary key);
  create table trace_info (request_id text primary key, experiment_id integer, timestamp_ms bigint, execution_time_ms bigint,
    status text);
  create table trace_tags (key text, value text, request_id text);
  create table trace_request_metadata (key text, value text, request_id text);
  insert into trace_info values ('tr-1', 1, 1735689600123, null, 'IN_PROGRESS'), ('tr-2', 1, 5, 1500, 'OK'), ('tr-3', 2, 5, 1, 'OK');
  insert into trace_tags values ('t', 'v', 'tr-2');
  insert into trace_request_metadata values ('mlflow.trace.session', 's1', 'tr-2');`
const NEW = `${OLD}
  alter table trace_info add column client_request_id text;
  alter table trace_info add column trace_name text;
  alter table trace_info add column session_id text;
  alter table trace_info add column input_tokens bigint;
  alter table trace_info add column total_cost float;
  create table spans (trace_id text, span_id text, content text);
  create table assessments (assessment_id text primary key, trace_id text, name text, assessment_type text, value text, error text,
    created_timestamp bigint, last_updated_timestamp bigint, source_type text, source_id text, span_id text, rationale text,
    overrides text, valid boolean, assessment_metadata text);
  create table entity_associations (source_type text, source_id text, destination_type text, destination_id text);
  update trace_info set client_request_id = 'c', trace_name = 'ask', session_id = 's2', input_tokens = 3, total_cost = 0.00001
    where request_id = 'tr-2';
  insert into spans values ('tr-2', 'a', '{"one": 1}'), ('tr-2', 'b', '{"two": 2}'), ('tr-1', 'a', '');
  insert into assessments values
    ('a-1', 'tr-2', 'good', 'feedback', '{"a": null}', '{"error_code": "E", "stack_trace": null}', 5, 6, 'HUMAN', 'ann', null, null, null, 0, '{"k": 1}'),
    ('a-2', 'tr-2', 'right', 'expectation', '[1]', null, 5, 6, 'CODE', null, 'b', 'so', 'a-1', 1, null),
    ('a-3', 'tr-2', 'iss-1', 'issue', '{"issue_name": "slow"}', null, 5, 6, 'CODE', null, null, null, null, 1, null),
    ('a-4', 'tr-2', 'odd', 'feedback', 'NaN', null, 5, 6, 'CODE', null, null, null, null, 1, null);
  insert into entity_associations values ('trace', 'tr-2', 'run', 'r1'), ('trace', 'tr-2', 'prompt_version', 'p/3');`

let folder: string
let source: SqliteSource | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-sqlite-'))
})
afterEach(() => {
  source?.close()
  rmSync(folder, { recursive: true, force: true })
})

async function tracesOf(script: string): Promise<SourceTrace[]> {
  const file = join(folder, 'mlflow.db')
  const db = openDb<unknown>(`sqlite:${file}`)
  await db.engine.script(script)
  await db.close()
  source = new SqliteSource(file, new ArtifactRoots({ region: 'x' }))
  const found: SourceTrace[] = []
  for await (const trace of source.traces({ experiment_id: '1', name: 'als' })) found.push(trace)
  return found
}

const trace_location = { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: '1' } }

test('reads traces of an old database, with spans from their artifacts', async () => {
  const [first, second] = await tracesOf(
    `${OLD} insert into trace_tags values ('mlflow.artifactLocation', 'file://${folder}/2', 'tr-2')`,
  )
  expect(first!.trace.trace_info).toEqual({
    ...{ trace_id: 'tr-1', trace_location, request_time: '2025-01-01T00:00:00.123Z', state: 'IN_PROGRESS' },
    ...{ tags: {}, trace_metadata: {}, assessments: [] },
  })
  expect(second!.trace.trace_info).toMatchObject({
    ...{ execution_duration: '1.500s', tags: { t: 'v' }, trace_metadata: { 'mlflow.trace.session': 's1' } },
  })
  for (const trace of [first!, second!]) expect(await source!.spans(trace)).toEqual([])
  mkdirSync(join(folder, '2'))
  for (const [data, spans] of [
    ['{"spans": [{"at": 1735689600000000001, "f": 1.0}]}', ['{"at": 1735689600000000001, "f": 1.0}']],
    ['{"spans": null}', []],
    ['torn', []],
  ] as const) {
    writeFileSync(join(folder, '2/traces.json'), data)
    expect(await source!.spans(second!)).toEqual(spans)
  }
})

test('reads metadata columns, spans, assessments and links of a new database', async () => {
  const [first, second] = await tracesOf(NEW)
  const { trace, ...rest } = second!
  expect(rest).toMatchObject({ runs: ['r1'], prompts: ['p/3'] })
  expect(trace.trace_info).toMatchObject({
    client_request_id: 'c',
    tags: { t: 'v', 'mlflow.traceName': 'ask' },
    trace_metadata: {
      ...{ 'mlflow.trace.session': 's2', 'mlflow.trace.tokenUsage': '{"input_tokens": 3}' },
      'mlflow.trace.cost': '{"total_cost": 1e-05}',
    },
  })
  const times = { trace_id: 'tr-2', create_time: '1970-01-01T00:00:00.005Z' }
  expect(trace.trace_info.assessments![0]!.feedback).toEqual({
    value: { a: null },
    error: { error_code: 'E' },
  })
  expect(trace.trace_info.assessments).toMatchObject([
    {
      ...{ ...times, assessment_id: 'a-1', assessment_name: 'good', valid: false, metadata: { k: '1' } },
      ...{ source: { source_type: 'HUMAN', source_id: 'ann' } },
    },
    {
      ...{ ...times, valid: true, span_id: 'b', rationale: 'so', overrides: 'a-1' },
      expectation: { serialized_value: { serialization_format: 'JSON_FORMAT', value: '[1]' } },
    },
    { assessment_name: 'iss-1', issue: { issue_name: 'slow' } },
    { feedback: { value: 'NaN' } },
  ])
  expect(await source!.spans(second!)).toEqual(['{"one": 1}', '{"two": 2}'])
  expect(await source!.spans(first!)).toEqual([])
})
