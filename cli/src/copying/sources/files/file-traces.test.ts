import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ArtifactRoots } from '../artifact-roots.js'
import type { SourceTrace } from '../source.js'
import { FileSource } from './file-source.js'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'cairn-mlruns-'))
  write('meta.yaml', 'experiment_id: "1"\nname: als\nlifecycle_stage: active\n')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function write(path: string, text: string) {
  const file = join(root, '1', path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

async function traces(): Promise<{ source: FileSource; found: SourceTrace[] }> {
  const source = new FileSource(root, new ArtifactRoots({ region: 'x' }))
  const found: SourceTrace[] = []
  for await (const experiment of source.experiments())
    for await (const trace of source.traces(experiment)) found.push(trace)
  return { source, found }
}

const INFO = `trace_id: tr-1
request_time: '2025-01-01T00:00:00.123Z'
execution_duration_ms: 1500
request_preview: 'null'
state: OK
`
const ABOUT = { trace_id: 'tr-1', request_time: '2025-01-01T00:00:00.123Z', execution_duration: '1.500s' }

test('reads tags, metadata, previews and times of a trace', async () => {
  write('traces/tr-1/trace_info.yaml', INFO)
  write('traces/tr-1/tags/dir/tag', 'multi\nline')
  write('traces/tr-1/request_metadata/mlflow.user', 'ann')
  write('traces/tr-1/artifacts/note', '')
  write('traces/other/trace_info.yaml', INFO)
  write('traces/empty/note', '')
  const { found } = await traces()
  expect(found.map(({ trace }) => trace.trace_info)).toEqual([
    {
      ...{ ...ABOUT, state: 'OK', request_preview: 'null' },
      trace_location: { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: '1' } },
      ...{ tags: { 'dir/tag': 'multi\nline' }, trace_metadata: { 'mlflow.user': 'ann' }, assessments: [] },
    },
  ])
})

test('reads the field names of MLflow 2', async () => {
  const old = 'request_id: tr-1\ntimestamp_ms: 1735689600123\nexecution_time_ms: 1500\nstatus: ERROR\n'
  write('traces/tr-1/trace_info.yaml', old)
  const { found } = await traces()
  expect(found[0]!.trace.trace_info).toMatchObject({ ...ABOUT, state: 'ERROR' })
})

test.each([
  ['true', true],
  ["'true'", 'true'],
  ['1.0', 1],
  ['-3', -3],
  ['1.0e-05', 1e-5],
  ['1e5', '1e5'],
  ['1_000', '1_000'],
  ['null', null],
  ["'12:30'", '12:30'],
  ['yes it is', 'yes it is'],
  ['\n  a:\n  - 1.5\n  - null', { a: [1.5, null] }],
])('reads %j in an assessment as Python does', async (yaml, value) => {
  write('traces/tr-1/trace_info.yaml', INFO)
  const feedback = `assessment_id: a-1\nassessment_name: good\nfeedback:\n  value: ${yaml.replaceAll('\n', '\n  ')}\nvalid: false\n`
  write('traces/tr-1/assessments/a-1.yaml', feedback)
  const { found } = await traces()
  expect(found[0]!.trace.trace_info.assessments).toEqual([
    { assessment_id: 'a-1', assessment_name: 'good', feedback: { value }, valid: false },
  ])
})

test('reads spans from traces.json, and changes the extent when the file changes', async () => {
  write('traces/tr-1/trace_info.yaml', INFO)
  const { source, found } = await traces()
  expect(await source.spans(found[0]!)).toEqual([])
  write('traces/tr-1/artifacts/traces.json', '{"spans": [{"n": 1735689600000000001}]}')
  const { found: again } = await traces()
  expect(again[0]!.extent).not.toBe(found[0]!.extent)
  expect(await source.spans(found[0]!)).toEqual(['{"n": 1735689600000000001}'])
  rmSync(join(root, '1/traces/tr-1/artifacts/traces.json'))
  symlinkSync('/etc/passwd', join(root, '1/traces/tr-1/artifacts/traces.json'))
  expect(await source.spans(found[0]!)).toEqual([])
})
