import { DigestTraces, ImportTrace } from '@cairn/platform/protocol/cairn/imports'
import { CreateAssessment } from '@cairn/platform/protocol/mlflow/assessments'
import { CreateExperiment } from '@cairn/platform/protocol/mlflow/experiments'
import { CreateRun } from '@cairn/platform/protocol/mlflow/runs'
import {
  DeleteTraces,
  GetTraceInfo,
  LinkTracesToRun,
  SearchTraces,
  SetTraceTag,
  StartTrace,
  type TraceInfo,
} from '@cairn/platform/protocol/mlflow/traces'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Progress } from '../copying/progress.js'
import { RestSource } from '../copying/sources/rest/rest-source.js'
import { dryRun } from './dry-run.js'
import { migrate } from './migrate.js'
import { migrateTraces } from './migrate-traces.js'
import type { Migration } from './migration.js'
import { migrationTo, type Server, startTestServer } from './testing/servers.js'
import { tracesWithoutSpans, verify } from './verify.js'

const A = `tr-${'a'.repeat(32)}`
const B = `tr-${'b'.repeat(32)}`

let there: Server
let here: Server
let migration: Migration
let experiment: string
let run: string
beforeEach(async () => {
  there = await startTestServer()
  here = await startTestServer()
  migration = migrationTo(here, new RestSource(there.url, { ...there, headers: {} }))
  const call = there.served.context.client()
  await call(CreateExperiment, { name: 'first' })
  experiment = (await call(CreateExperiment, { name: 'movies' })).experiment_id
  await here.served.context.client()(CreateExperiment, { name: 'movies' }) // under another id here
  run = (await call(CreateRun, { experiment_id: experiment, start_time: 5 })).run.info.run_id
  await start(A, { tags: { 'mlflow.linkedPrompts': '[{"name": "p", "version": "3"}]' } })
  await spans(A, 2)
  await call(LinkTracesToRun, { trace_ids: [A], run_id: run })
  const assessment = { assessment_name: 'good', trace_id: A, feedback: { value: true } }
  await call(CreateAssessment, { trace_id: A, assessment })
  await start(B, {})
  await migrate(migration)
  here.requests.length = 0
  there.requests.length = 0
})
afterEach(async () => {
  for (const { served } of [there, here]) await served.close()
})

async function start(trace_id: string, rest: Partial<TraceInfo>) {
  const trace_location = { mlflow_experiment: { experiment_id: experiment } }
  const about = { request_time: '2025-01-01T00:00:00Z', execution_duration: '1.500s', state: 'OK' as const }
  const trace_info = { trace_id, trace_location, ...about, ...rest }
  await there.served.context.client()(StartTrace, { trace: { trace_info } })
}

async function spans(trace: string, count: number) {
  const sent = Array.from({ length: count }, (_, i) => ({
    ...{ traceId: trace.slice(3), spanId: `${i + 1}`.padStart(16, '0'), name: `step ${i}` },
    ...(i > 0 && { parentSpanId: '1'.padStart(16, '0') }),
    ...{ startTimeUnixNano: `173568960000000000${i}`, endTimeUnixNano: `173568960000000001${i}` },
    attributes: [{ key: 'whole', value: { intValue: '4611686018427387904' } }],
  }))
  const response = await there.served.app.inject({
    ...{ method: 'POST', url: '/v1/traces', payload: { resourceSpans: [{ scopeSpans: [{ spans: sent }] }] } },
    headers: { 'content-type': 'application/json', 'x-mlflow-experiment-id': experiment },
  })
  expect(response.statusCode).toBe(200)
}

const experimentHere = () => migration.ledger.find('experiment', experiment)!.to
const sent = () => here.requests.filter((request) => request === `POST ${ImportTrace.path}`)
const readSpans = () => there.requests.filter((request) => request.includes('get-trace-artifact'))
const digests = async ({ served }: Server) =>
  (await served.context.client()(DigestTraces, { trace_ids: [A, B] })).traces

async function verified() {
  const differences: string[] = []
  const checks = await verify(migration, (sentence) => differences.push(sentence))
  return { checks, differences }
}

test('migrates traces with spans, assessments and links, and lists those without spans', async () => {
  const [source, found] = [await digests(there), await digests(here)]
  // Servers return links to prompts only as a tag, if the client wrote it.
  expect(found[0]).toEqual({ ...source[0], links: found[0]!.links })
  expect(found[0]).toMatchObject({ spans: { count: 2 }, assessments: { count: 1 }, links: { count: 2 } })
  expect(found[1]).toEqual(source[1])
  expect(tracesWithoutSpans(migration.ledger)).toEqual([B])
  const { checks, differences } = await verified()
  expect(differences).toEqual([])
  expect(checks).toContainEqual({ what: 'traces', source: 2, here: 2, differ: 0 })
  expect(checks).toContainEqual({ what: 'spans', source: 2, here: 2, differ: 0 })
  expect(checks).toContainEqual({ what: 'assessments', source: 1, here: 1, differ: 0 })
  const locations = [{ mlflow_experiment: { experiment_id: experimentHere() } }]
  for (const filter of [`run_id = '${run}'`, "prompt = 'p/3'"])
    expect((await here.served.context.client()(SearchTraces, { locations, filter })).traces).toHaveLength(1)
})

test('copies nothing when nothing has changed, except for spans that were missing before', async () => {
  await migrate(migration)
  expect(readSpans()).toHaveLength(1)
  expect(sent()).toHaveLength(1)
  await spans(B, 1)
  await migrate(migration)
  expect(tracesWithoutSpans(migration.ledger)).toEqual([])
  here.requests.length = 0
  await migrate(migration)
  expect(sent()).toEqual([])
  expect((await verified()).differences).toEqual([])
  expect(await digests(here)).toMatchObject([{ spans: { count: 2 } }, { spans: { count: 1 } }])
})

test('copies changed tags of a trace, and a trace that was deleted on the target', async () => {
  await there.served.context.client()(SetTraceTag, { trace_id: A, key: 'later', value: '1' })
  await migrate(migration)
  expect((await digests(here))[0]!.info).toBe((await digests(there))[0]!.info)
  await here.served.context.client()(DeleteTraces, { experiment_id: experimentHere(), request_ids: [A] })
  expect((await verified()).differences).toContain(`Trace ${A} is missing on the target.`)
  await migrate(migration)
  expect((await verified()).differences).toEqual([])
})

test('replaces NUL and lone surrogates of a trace by replacement characters', async () => {
  const C = `tr-${'c'.repeat(32)}`
  const trace_location = { mlflow_experiment: { experiment_id: experiment } }
  const trace_info = { trace_id: C, trace_location, request_preview: 'a\0b', tags: { 'k\ud800': '\0' } }
  const source = {
    ...migration.source,
    spans: async () => [],
    async *traces() {
      yield { trace: { trace_info } }
    },
  }
  await migrateTraces(
    { ...migration, source },
    { experiment_id: experiment, name: 'movies' },
    experimentHere(),
    () => (error) => {
      throw error
    },
  )
  const { trace } = await here.served.context.client()(GetTraceInfo, { trace_id: C })
  expect(trace.trace_info).toMatchObject({ request_preview: 'a\ufffdb', tags: { 'k\ufffd': '\ufffd' } })
  expect((await verified()).differences).toEqual([])
})

test('reports a tag that was added on the target', async () => {
  await here.served.context.client()(SetTraceTag, { trace_id: A, key: 'mine', value: '1' })
  expect((await verified()).differences).toEqual([`Trace ${A} has different info.`])
})

test('skips traces on request, also in a dry run', async () => {
  await migrate({ ...migration, withTraces: false })
  expect(there.requests.filter((request) => request.includes('traces'))).toEqual([])
  const counts = [true, false].map(async (withTraces) => {
    const progress = new Progress(undefined)
    await dryRun(migration.source, progress, { withArtifacts: true, withTraces, experiments: [] })
    return [progress.counts.traces, progress.counts.spans]
  })
  expect(await Promise.all(counts)).toEqual([
    [2, 2],
    [0, 0],
  ])
})
