import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '@cairn/platform/errors'
import { DigestRuns, ImportRun, importedArtifactPath } from '@cairn/platform/protocol/cairn/imports'
import { CreateRunComment, ListRunComments } from '@cairn/platform/protocol/cairn/run-comments'
import {
  CreateExperiment,
  GetExperiment,
  SetExperimentTag,
} from '@cairn/platform/protocol/mlflow/experiments'
import {
  CreateLoggedModel,
  FinalizeLoggedModel,
  SetLoggedModelTags,
} from '@cairn/platform/protocol/mlflow/logged-models'
import { CreateModelVersion, SetModelVersionTag } from '@cairn/platform/protocol/mlflow/model-versions'
import {
  CreateRegisteredModel,
  SetRegisteredModelAlias,
  SetRegisteredModelTag,
} from '@cairn/platform/protocol/mlflow/registered-models'
import {
  CreateRun,
  DeleteRun,
  DeleteTag,
  GetRun,
  LogBatch,
  SetTag,
  UpdateRun,
} from '@cairn/platform/protocol/mlflow/runs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ArtifactRoots } from '../copying/sources/artifact-roots.js'
import { FileSource } from '../copying/sources/files/file-source.js'
import { RestSource } from '../copying/sources/rest/rest-source.js'
import type { FileOwner, SourceRun } from '../copying/sources/source.js'
import { registeredModelDigest } from './content-digests.js'
import { migrate } from './migrate.js'
import type { Migration } from './migration.js'
import { migrationTo, type Server, startTestServer } from './testing/servers.js'
import { verify } from './verify.js'

let there: Server
let here: Server
let source: RestSource
let migration: Migration
let experiment: string
let run: string
let model: string
beforeEach(async () => {
  there = await startTestServer()
  here = await startTestServer()
  source = new RestSource(there.url, { ...there, headers: {} })
  migration = migrationTo(here, source)
  const call = there.served.context.client()
  const tags = [{ key: 'team', value: 'a' }]
  experiment = (await call(CreateExperiment, { name: 'movies', tags })).experiment_id
  run = (await call(CreateRun, { experiment_id: experiment, start_time: 5, tags })).run.info.run_id
  await call(LogBatch, { run_id: run, params: [{ key: 'lr', value: '1' }], metrics: points(3) })
  await put('runs', run, 'a.txt', 'one')
  await put('runs', run, 'sub/b.txt', 'two')
  await call(UpdateRun, { run_id: run, status: 'FINISHED', end_time: 9 })
  model = (await call(CreateLoggedModel, { experiment_id: experiment, name: 'als' })).model.info.model_id
  await put('logged-models', model, 'MLmodel', '{}')
  await call(FinalizeLoggedModel, { model_id: model, status: 'LOGGED_MODEL_READY' })
  await call(CreateRegisteredModel, { name: 'm' })
  for (const _ of [1, 2]) await call(CreateModelVersion, { name: 'm', source: `models:/${model}` })
  await call(SetRegisteredModelAlias, { name: 'm', alias: 'best', version: '1' })
  await migrate(migration)
  expect(await differences()).toEqual([])
  there.requests.length = 0
  here.requests.length = 0
})
afterEach(async () => {
  for (const { served } of [there, here]) await served.close()
})

const points = (count: number) =>
  Array.from({ length: count }, (_, step) => ({ key: 'loss', value: 1 / (step + 1), timestamp: step, step }))

async function put(owner: FileOwner, id: string, path: string, payload: string) {
  const url = importedArtifactPath(owner, id, path)
  expect((await there.served.app.inject({ method: 'PUT', url, payload })).statusCode).toBe(200)
}

/** The differences that the verification reports. */
async function differences() {
  const found: string[] = []
  await verify(migration, (sentence) => found.push(sentence))
  return found
}

const sent = () => here.requests.filter((request) => /^(PUT|POST) \S+\/import\//.test(request))

async function filesHere(owner: FileOwner, id: string) {
  const files = new RestSource(here.url, { ...here, headers: {} }).files(owner, {
    ...({ run_id: id, model_id: id } as unknown as SourceRun),
  })
  const found: Record<string, string> = {}
  for await (const { path } of files.list()) found[path] = await text(await files.open(path))
  return found
}

const bothDigests = async () => {
  const responses = [there, here].map(({ served }) => served.context.client()(DigestRuns, { run_ids: [run] }))
  return (await Promise.all(responses)).map(({ runs }) => runs[0])
}

test('reads no history and no files when nothing has changed', async () => {
  await migrate(migration)
  expect(sent()).toEqual([])
  expect(there.requests.filter((path) => /get-history|get-artifact|artifacts\/files/.test(path))).toEqual([])
  expect(await differences()).toEqual([])
})

test('copies changed tags, parameters and status of a finished run without its history', async () => {
  const call = there.served.context.client()
  await call(SetTag, { run_id: run, key: 'team', value: 'b' })
  await call(SetTag, { run_id: run, key: 'later', value: '1' })
  await call(LogBatch, { run_id: run, params: [{ key: 'later', value: '1' }] })
  await call(UpdateRun, { run_id: run, status: 'FAILED', run_name: 'other' })
  await migrate(migration)
  const [source, found] = await bothDigests()
  expect(found).toEqual(source)
  expect(await differences()).toEqual([])
  expect(there.requests.filter((path) => path.includes('get-history'))).toEqual([])
  expect(sent()).toEqual(['POST /api/cairn/v1/import/runs'])
})

test('copies new comments on a finished run, without its history', async () => {
  expect(await source.run(run)).not.toHaveProperty('comments')
  await there.served.context.client()(CreateRunComment, { run_id: run, body: 'Is it off?' })
  await migrate(migration)
  const { comments } = await here.served.context.client()(ListRunComments, { run_id: run })
  expect(comments).toMatchObject([{ body: 'Is it off?', own: false, imported_by: 'owner' }])
  expect(there.requests.filter((path) => path.includes('get-history'))).toEqual([])
  expect(sent()).toEqual(['POST /api/cairn/v1/import/runs'])
  here.requests.length = 0
  await migrate(migration)
  expect(sent()).toEqual([])
})

test('copies more comments than one request may have', async () => {
  const comments = Array.from({ length: 450 }, (_, i) => ({
    ...{ comment_id: `c${i}`, body: String(i), author: 'mina', created_at: i, updated_at: i },
  }))
  const header = {
    run_id: run,
    experiment_id: experiment,
    status: 'FINISHED',
    start_time: 5,
    end_time: 9,
  } as const
  for (let start = 0; start < comments.length; start += 200)
    await there.served.context.client()(ImportRun, {
      ...header,
      comments: comments.slice(start, start + 200),
    })
  await migrate(migration)
  const copied = await here.served.context.client()(ListRunComments, { run_id: run })
  expect(copied.comments.map(({ body }) => Number(body))).toEqual(comments.map((_, i) => i))
  expect((await here.served.context.client()(GetRun, { run_id: run })).run.info.lifecycle_stage).toBe(
    'active',
  )
})

test('copies new points of a finished run', async () => {
  await there.served.context.client()(LogBatch, { run_id: run, metrics: points(5) })
  await migrate(migration)
  const [source, found] = await bothDigests()
  expect(found).toEqual(source)
  expect(await differences()).toEqual([])
})

test('copies new and changed files of a finished run and of a model', async () => {
  await put('runs', run, 'a.txt', 'one more')
  await put('runs', run, 'sub/deep/c.txt', 'three')
  await put('logged-models', model, 'data/weights', 'w')
  await migrate(migration)
  expect(await filesHere('runs', run)).toEqual({
    'a.txt': 'one more',
    'sub/b.txt': 'two',
    'sub/deep/c.txt': 'three',
  })
  expect(await filesHere('logged-models', model)).toEqual({ MLmodel: '{}', 'data/weights': 'w' })
  expect(await verify(migration, () => {})).toContainEqual({
    ...{ what: 'artifacts', source: 5, here: 5, differ: 0 },
  })
})

test('copies files again that were deleted on the target', async () => {
  await here.served.context.blobs.delete(`${experiment}/${run}/artifacts/sub`)
  await migrate(migration)
  expect(await filesHere('runs', run)).toEqual({ 'a.txt': 'one', 'sub/b.txt': 'two' })
})

test('copies changed tags of experiments and of all kinds of models', async () => {
  const call = there.served.context.client()
  for (const [key, value] of [
    ['team', 'b'],
    ['later', '1'],
  ] as const) {
    await call(SetExperimentTag, { experiment_id: experiment, key, value })
    await call(SetLoggedModelTags, { model_id: model, tags: [{ key, value }] })
    await call(SetRegisteredModelTag, { name: 'm', key, value })
    await call(SetModelVersionTag, { name: 'm', version: '1', key, value })
  }
  await call(SetRegisteredModelAlias, { name: 'm', alias: 'best', version: '2' })
  await migrate(migration)
  const { experiment: found } = await here.served.context.client()(GetExperiment, {
    experiment_id: experiment,
  })
  expect(found.tags).toEqual([
    { key: 'team', value: 'b' },
    { key: 'later', value: '1' },
  ])
  const models = await Promise.all([source.registeredModel('m'), migration.target.registeredModel('m')])
  expect(models.map(registeredModelDigest)[1]).toBe(models.map(registeredModelDigest)[0])
  expect(await differences()).toEqual([])
})

test('copies items again that the verification found to be different', async () => {
  const call = here.served.context.client()
  await call(DeleteTag, { run_id: run, key: 'team' })
  await call(SetExperimentTag, { experiment_id: experiment, key: 'team', value: 'x' })
  expect(await differences()).toEqual([
    `Experiment ${experiment} has different tags.`,
    `Run ${run} has different tags.`,
  ])
  await migrate(migration)
  expect(await differences()).toEqual([])
  const [source, found] = await bothDigests()
  expect(found).toEqual(source)
})

test('copies a run again that was removed on the target, with its points and files', async () => {
  await here.served.context.client()(DeleteRun, { run_id: run })
  const gc = { kind: 'run', older_than_seconds: 0, apply: true }
  await sleep(2)
  await here.served.app.inject({ method: 'POST', url: '/api/cairn/v1/gc', payload: gc })
  expect(await filesHere('runs', run).catch(messageOf)).toMatch(/not found/)
  await migrate(migration)
  expect(await differences()).toEqual([])
  expect(await filesHere('runs', run)).toEqual({ 'a.txt': 'one', 'sub/b.txt': 'two' })
})

test('copies a file again whose modification time changed, if the source has times', async () => {
  const root = mkdtempSync(join(tmpdir(), 'cairn-mlruns-'))
  const artifact = join(root, `1/${'a'.repeat(32)}/artifacts/a.txt`)
  mkdirSync(dirname(artifact), { recursive: true })
  writeFileSync(join(root, '1/meta.yaml'), 'experiment_id: "1"\nname: als\n')
  writeFileSync(join(artifact, '../../meta.yaml'), `run_id: ${'a'.repeat(32)}\nstatus: 3\nstart_time: 5\n`)
  writeFileSync(artifact, 'one')
  migration = migrationTo(here, new FileSource(root, new ArtifactRoots({ region: 'x' })))
  await migrate(migration)
  writeFileSync(artifact, 'two')
  utimesSync(artifact, 5, 5)
  await migrate(migration)
  here.requests.length = 0
  await migrate(migration)
  expect(sent()).toEqual([])
  expect(await filesHere('runs', 'a'.repeat(32))).toEqual({ 'a.txt': 'two' })
  rmSync(root, { recursive: true })
})
