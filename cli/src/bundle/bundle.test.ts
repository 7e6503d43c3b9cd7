import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inProcess } from '@cairn/platform/http/in-process'
import { createClient } from '@cairn/platform/protocol/client'
import { CreateJob, DeleteJob, ListJobs } from '@cairn/platform/protocol/databricks/jobs'
import { GetServingEndpoint } from '@cairn/platform/protocol/databricks/serving-endpoints'
import { ExportWorkspaceObject, ListWorkspaceObjects } from '@cairn/platform/protocol/databricks/workspace'
import { GetExperimentByName } from '@cairn/platform/protocol/mlflow/experiments'
import { CreateModelVersion } from '@cairn/platform/protocol/mlflow/model-versions'
import { CreateRegisteredModel, GetRegisteredModel } from '@cairn/platform/protocol/mlflow/registered-models'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from '../testing/test-server.js'
import { deploy, destroy, openTarget, plan } from './deploy.js'
import { initBundle } from './init.js'
import { loadBundle } from './load.js'
import { RESOURCE_KINDS } from './schema.js'

let server: TestServer
let app: FastifyInstance
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-bundle-'))
  server = await testServer({ services: 'tracking,registry,catalog,serving,workspace,pipelines' })
  app = server.app
})
afterAll(async () => {
  await server?.close()
  rmSync(folder, { recursive: true, force: true })
})

const call = () => createClient('http://127.0.0.1', { fetch: inProcess(app) })

async function target(name: string | undefined, printed: string[] = [], own = folder) {
  const bundle = loadBundle({ folder: own, target: name, variables: {} })
  const connection = {
    ...{ call: call(), server: 'http://127.0.0.1', token: undefined, fetch: inProcess(app) },
  }
  return openTarget(bundle, connection, (line) => void printed.push(line))
}

const FILE = `bundle:
  name: movies
targets:
  dev: { mode: development, default: true }
  prod: { mode: production }
resources:
  experiments:
    runs:
      name: movies-\${bundle.target}
      tags: [{ key: team, value: a }]
  registered_models:
    model: { name: movies, description: first }
  jobs:
    prepare:
      name: prepare
      tasks:
        - task_key: import
          node_task:
            entry: movielens/import
            parameters: { schema: main.s, source: ./src/fit.py, experiment: '\${resources.experiments.runs.id}' }
`
const write = (text: string) => writeFileSync(join(folder, 'databricks.yml'), text)

test('plans, deploys, changes and destroys the resources of a target', async () => {
  mkdirSync(join(folder, 'src'))
  writeFileSync(join(folder, 'src', 'fit.py'), '# Databricks notebook source\nprint(1)\n')
  writeFileSync(join(folder, 'src', 'rank.py'), '# Databricks notebook source\nprint(2)\n')
  writeFileSync(join(folder, 'src', 'data.csv'), 'x\n')
  write(FILE)
  const changes = async () => (await plan(await target('prod'))).map(({ change, key }) => `${change} ${key}`)
  expect(await changes()).toEqual(['create runs', 'create model', 'create prepare'])
  const printed: string[] = []
  await deploy(await target('prod', printed), false)
  expect(printed).toContain('upload src/data.csv')
  expect(printed.slice(-3)).toEqual([
    'create experiments.runs',
    'create registered_models.model',
    'create jobs.prepare',
  ])
  const { experiment } = await call()(GetExperimentByName, { experiment_name: 'movies-prod' })
  const [job] = (await call()(ListJobs, { expand_tasks: true })).jobs
  const root = '/Workspace/Users/owner/.bundle/movies/prod'
  expect(job!.settings.tasks![0]!.node_task!.parameters).toEqual({
    schema: 'main.s',
    source: `${root}/files/src/fit.py`,
    experiment: experiment.experiment_id,
  })
  const { content } = await call()(ExportWorkspaceObject, { path: `${root}/files/src/data.csv` })
  expect(Buffer.from(content, 'base64').toString()).toBe('x\n')

  expect(await changes()).toEqual(['none runs', 'none model', 'none prepare'])
  write(FILE.replace('first', 'second').replace(/ {2}jobs:[\s\S]*/, ''))
  expect(await changes()).toEqual(['none runs', 'update model', 'delete prepare'])
  for (const name of ['data.csv', 'rank.py']) rmSync(join(folder, 'src', name))
  printed.length = 0
  await deploy(await target('prod', printed), false)
  expect(printed).toEqual([
    'delete src/data.csv',
    'delete src/rank.py',
    'upload databricks.yml',
    'update registered_models.model',
    'delete jobs.prepare',
  ])
  const { objects: left } = await call()(ListWorkspaceObjects, { path: `${root}/files/src` })
  expect(left!.map(({ path }) => path)).toEqual(['/Users/owner/.bundle/movies/prod/files/src/fit'])
  expect((await call()(GetRegisteredModel, { name: 'movies' })).registered_model.description).toBe('second')
  expect((await call()(ListJobs, {})).jobs).toEqual([])

  await destroy(await target('prod'), false)
  await expect(call()(GetRegisteredModel, { name: 'movies' })).rejects.toThrow('not found')
  const { objects = [] } = await call()(ListWorkspaceObjects, { path: '/Users/owner/.bundle/movies' })
  expect(objects).toEqual([])
}, 60_000)

test('excluded files stay here, ignored ones go if they are included, and jobs act as the principal of the target', async () => {
  const own = mkdtempSync(join(tmpdir(), 'cairn-bundle-sync-'))
  spawnSync('git', ['init', '-q', own])
  for (const name of ['.gitignore', 'a.py', 'model.bin', 'notes.md', 'out.bin'])
    writeFileSync(join(own, name), name === '.gitignore' ? '*.bin' : '')
  const text = `bundle: { name: synced }
sync: { include: [model.bin], exclude: ['*.md', .gitignore] }
run_as: { user_name: owner }
targets:
  dev: { sync: { exclude: [a.py] } }
resources:
  jobs:
    j: { tasks: [{ task_key: a, condition_task: { op: EQUAL_TO, left: '1', right: '1' } }] }
`
  writeFileSync(join(own, 'databricks.yml'), text)
  const printed: string[] = []
  await deploy(await target('dev', printed, own), false)
  expect(printed).toEqual(['upload databricks.yml', 'upload model.bin', 'create jobs.j'])
  const [job] = (await call()(ListJobs, {})).jobs
  expect(job!.settings.run_as).toEqual({ user_name: 'owner' })
  await destroy(await target('dev', [], own), false)
  rmSync(own, { recursive: true })
})

test.each([
  ['sync: { path: [.] }', "unknown field 'path' in sync; supported: paths, include, exclude"],
  ['sync: { paths: [../nowhere] }', "sync: paths: '../nowhere' is not a folder."],
  ['sync: { paths: [/] }', 'sync: paths: the folders have only / in common.'],
  ['run_as: { group_name: a }', "unknown field 'group_name' in run_as"],
  ["sync: { exclude: ['!a'] }", "sync: '!a' is not supported"],
])('refuses %s', (line, message) => {
  write(`bundle: { name: b }\n${line}\n`)
  expect(() => loadBundle({ folder, target: undefined, variables: {} })).toThrow(message)
})

test('folders outside of the bundle are uploaded beside it, and jobs name their files', async () => {
  const around = mkdtempSync(join(tmpdir(), 'cairn-bundle-paths-'))
  const own = join(around, 'jobs', 'nightly')
  for (const name of [own, join(around, 'common', 'lib'), join(around, 'other')])
    mkdirSync(name, { recursive: true })
  for (const [name, text] of Object.entries({
    'jobs/nightly/main.py': 'print(1)',
    'common/lib/rank.py': 'print(2)',
    'common/notes.md': 'x',
    'other/secret.py': 'print(3)',
  }))
    writeFileSync(join(around, name), text)
  const deployWith = async (text: string) => {
    writeFileSync(join(own, 'databricks.yml'), text)
    const opened = await target(undefined, [], own)
    await deploy(opened, false)
    return opened
  }
  const text = `bundle: { name: beside }
sync: { paths: [../../common], exclude: ['*.md'] }
targets: { dev: { sync: { paths: [.] } } }
resources:
  jobs:
    nightly:
      name: nightly
      tasks:
        - { task_key: a, spark_python_task: { python_file: ./main.py } }
        - { task_key: b, spark_python_task: { python_file: ../../common/lib/rank.py } }
`
  const { bundle, user } = await deployWith(text)
  const root = `/Users/${user}/.bundle/beside/dev/files`
  const names = async (path: string) =>
    (await call()(ListWorkspaceObjects, { path })).objects?.map((one) => one.path.slice(root.length)) ?? []
  expect([...(await names(root)), ...(await names(`${root}/common`))]).toEqual([
    '/common',
    '/jobs',
    '/common/lib',
  ])
  expect(await names(`${root}/common/lib`)).toEqual(['/common/lib/rank.py'])
  expect(await names(`${root}/jobs/nightly`)).toEqual([
    '/jobs/nightly/databricks.yml',
    '/jobs/nightly/main.py',
  ])
  expect(JSON.stringify(bundle.resources)).toContain('/jobs/nightly/main.py')
  const { jobs = [] } = await call()(ListJobs, { expand_tasks: true })
  const job = jobs.find(({ settings }) => settings.name!.endsWith('nightly'))
  expect(job!.settings.tasks!.map((one) => one.spark_python_task!.python_file)).toEqual([
    `/Workspace${root}/jobs/nightly/main.py`,
    `/Workspace${root}/common/lib/rank.py`,
  ])
  await expect(deployWith(text.replace('[../../common]', '[.]'))).rejects.toThrow(
    "'../../common/lib/rank.py' is outside of the bundle; name its folder in sync.paths",
  )
  writeFileSync(join(own, 'databricks.yml'), text)
  await destroy(await target(undefined, [], own), false)
  rmSync(around, { recursive: true })
})

test('notebooks that differ only in the extension are refused', async () => {
  write('bundle: { name: twice }\n')
  writeFileSync(join(folder, 'fit.py'), '# Databricks notebook source\n')
  writeFileSync(join(folder, 'fit.ipynb'), '{"nbformat": 4, "cells": []}')
  await expect(deploy(await target(undefined), false)).rejects.toThrow(
    "'fit.ipynb' and 'fit.py' have the same",
  )
  for (const name of ['fit.py', 'fit.ipynb']) rmSync(join(folder, name))
})

test('the tags of an endpoint are replaced when it is updated', async () => {
  await call()(CreateRegisteredModel, { name: 'tagged' })
  await call()(CreateModelVersion, { name: 'tagged', source: 'mlflow-artifacts:/none' })
  const entity =
    "{ entity_name: tagged, entity_version: '1', scale_to_zero_enabled: true, workload_size: Small }"
  const endpoint = (tags: string) => `bundle: { name: tags }
resources:
  model_serving_endpoints:
    e: { name: tagged, config: { served_entities: [${entity}] }, tags: ${tags} }
`
  const tagsAfter = async (tags: string) => {
    write(endpoint(tags))
    await deploy(await target(undefined), false)
    const present = (await call()(GetServingEndpoint, { name: 'tagged' })).tags
    return present.filter(({ key }) => key !== 'cairn.bundle')
  }
  expect(await tagsAfter('[{ key: team, value: a }, { key: old }]')).toHaveLength(2)
  expect(await tagsAfter('[{ key: team, value: b }]')).toEqual([{ key: 'team', value: 'b' }])
  expect(await plan(await target(undefined))).toMatchObject([{ change: 'none' }])
  await destroy(await target(undefined), false)
})

test('a development target has its own resources, named after the user', async () => {
  write(FILE)
  await deploy(await target(undefined), false)
  const [job] = (await call()(ListJobs, {})).jobs
  expect(job!.settings.name).toBe('[dev owner] prepare')
  await call()(GetRegisteredModel, { name: 'dev_owner_movies' })
  await destroy(await target('dev'), false)
})

test('a state that names resources of others changes and deletes none of them', async () => {
  const condition_task = { op: 'EQUAL_TO', left: '1', right: '1' } as const
  const task = { task_key: 'a', condition_task }
  const { job_id } = await call()(CreateJob, { name: 'of others', tasks: [task] })
  write('bundle: { name: shared }\n')
  const opened = await target(undefined)
  await deploy(opened, false)
  const resources = { 'jobs.x': { id: String(job_id), name: 'x', digest: '' } }
  await opened.file.write({ ...(await opened.file.read()), resources })
  await expect(deploy(await target(undefined), false)).rejects.toThrow(/no tag cairn.bundle with the value/)
  await expect(destroy(await target(undefined), false)).rejects.toThrow('it was not changed')
  expect((await call()(ListJobs, {})).jobs).toHaveLength(1)
  await call()(DeleteJob, { job_id })
})

test('two deployments of a target do not run at once, and the lock of a dead one can be taken', async () => {
  write(FILE)
  const running = await target('prod')
  await running.file.locked('somebody', false, async () => {
    const refused = deploy(await target('prod'), false)
    await expect(refused).rejects.toThrow(/started by somebody at .*--force-lock/)
    await deploy(await target('prod'), true)
  })
  await destroy(await target('prod'), false)
})

test('the bundle that init creates is valid and can be deployed', async () => {
  const own = join(folder, 'my bundle')
  await initBundle(own)
  await expect(initBundle(own)).rejects.toThrow('exists already')
  const bundle = loadBundle({ folder: own, target: undefined, variables: {} })
  expect(bundle.name).toBe('my-bundle')
  expect(new Set(bundle.resources.map(({ kind }) => kind)).size).toBeGreaterThan(1)
  expect(RESOURCE_KINDS).toEqual(expect.arrayContaining(bundle.resources.map(({ kind }) => kind)))
})
