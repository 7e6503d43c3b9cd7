import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDb } from '@cairn/platform/db/open'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ArtifactRoots } from '../artifact-roots.js'
import { EVALUATION_DATA_SETS, type Point, SCORERS, WEBHOOKS } from '../source.js'
import { SqliteSource } from './sqlite-source.js'

const ROOTS = new ArtifactRoots({ region: 'x' })
/** The schema of MLflow 1, before data sets, logged models and aliases. */
const OLD = `
  create table experiments (experiment_id integer primary key, name text, artifact_location text, lifecycle_stage text);
  create table experiment_tags (key text, value text, experiment_id integer);
  create table runs (run_uuid text primary key, name text, user_id text, status text, start_time bigint, end_time bigint,
    lifecycle_stage text, artifact_uri text, experiment_id integer);
  create table params (key text, value text, run_uuid text);
  create table tags (key text, value text, run_uuid text);
  create table metrics (key text, value float, timestamp bigint, run_uuid text, step bigint, is_nan boolean);
  create table latest_metrics (key text, value float, timestamp bigint, step bigint, is_nan boolean, run_uuid text);
  insert into experiments values (1, 'als', '/store/1', 'active');
  insert into runs values ('r1', 'one', null, 'FINISHED', 5, null, 'deleted', '/etc', 1);
  insert into tags values ('mlflow.runName', 'one', 'r1');
  insert into metrics values ('loss', 0, 1, 'r1', 2, 1), ('loss', 0.5, 2, 'r1', 3, 0);
  insert into latest_metrics values ('loss', 0.5, 2, 3, 0, 'r1');`

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-sqlite-'))
  file = join(folder, 'mlflow.db')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function createDatabase(script: string) {
  const db = openDb<unknown>(`sqlite:${file}`)
  await db.engine.script(script)
  await db.close()
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

test('reads a database of MLflow 1, which lacks later tables', async () => {
  await createDatabase(OLD)
  const source = new SqliteSource(file, ROOTS)
  const [experiment] = await all(source.experiments())
  expect(experiment).toEqual({
    experiment_id: '1',
    name: 'als',
    artifact_location: '/store/1',
    lifecycle_stage: 'active',
    tags: [],
  })
  const [run] = await all(source.runs(experiment!))
  expect(run!.metrics).toEqual([{ key: 'loss', extent: 2 }])
  expect(run).toMatchObject({ run_id: 'r1', run_name: 'one', user_id: '', lifecycle_stage: 'deleted' })
  const points: Point[] = (await all(source.history(run!))).flat()
  expect(points).toEqual([
    { key: 'loss', value: Number.NaN, timestamp: 1, step: 2 },
    { key: 'loss', value: 0.5, timestamp: 2, step: 3 },
  ])
  expect(await all(source.loggedModels(experiment!))).toEqual([])
  expect(await all(source.registeredModels())).toEqual([])
  expect(() => source.files('runs', run!)).toThrow(/outside of the store/)
  source.close()
})

test('rejects files that are not an MLflow database', async () => {
  writeFileSync(file, 'not a database')
  expect(() => new SqliteSource(file, ROOTS)).toThrow(/mlflow\.db is not a SQLite database/)
  writeFileSync(file, `SQLite format 3\0${'x'.repeat(5000)}`)
  expect(() => new SqliteSource(file, ROOTS)).toThrow(/cannot be read as a SQLite database/)
  rmSync(file)
  await createDatabase(
    'create table migrations (id text); create table runs (id text); create table experiments (id text)',
  )
  expect(() => new SqliteSource(file, ROOTS)).toThrow(/database of Cairn.*URL of its server/)
  rmSync(file)
  await createDatabase('create table notes (id text)')
  expect(() => new SqliteSource(file, ROOTS)).toThrow(/not one of MLflow/)
})

test('counts what copies omit, and webhooks that are not deleted', async () => {
  await createDatabase(OLD)
  const old = new SqliteSource(file, ROOTS)
  expect((await old.notCopied()).map(({ count }) => count)).toEqual([0, 0, 0])
  old.close()
  await createDatabase(`create table evaluation_datasets (dataset_id text);
    create table scorers (scorer_id text);
    create table webhooks (webhook_id text, deleted_timestamp bigint);
    insert into evaluation_datasets values ('d1'), ('d2');
    insert into scorers values ('s1');
    insert into webhooks values ('w1', null), ('w2', 5);`)
  const source = new SqliteSource(file, ROOTS)
  expect(await source.notCopied()).toEqual([
    { what: EVALUATION_DATA_SETS, count: 2 },
    { what: SCORERS, count: 1 },
    { what: WEBHOOKS, count: 1 },
  ])
  source.close()
})
