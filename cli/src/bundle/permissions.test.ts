import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inProcess } from '@cairn/platform/http/in-process'
import { createClient } from '@cairn/platform/protocol/client'
import { ListJobs } from '@cairn/platform/protocol/databricks/jobs'
import {
  EndpointPermissions,
  JobPermissions,
  ModelPermissions,
} from '@cairn/platform/protocol/databricks/object-permissions'
import { GetServingEndpoint } from '@cairn/platform/protocol/databricks/serving-endpoints'
import { CreateModelVersion } from '@cairn/platform/protocol/mlflow/model-versions'
import { CreateRegisteredModel } from '@cairn/platform/protocol/mlflow/registered-models'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from '../testing/test-server.js'
import { deploy, openTarget, plan } from './deploy.js'
import { loadBundle } from './load.js'

let server: TestServer
let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-bundle-permissions-'))
  server = await testServer({ services: 'tracking,registry,catalog,serving,workspace,pipelines' })
  for (const userName of ['mina', 'jun'])
    await server.app.inject({ method: 'POST', url: '/api/2.0/preview/scim/v2/Users', payload: { userName } })
})
afterAll(async () => {
  await server?.close()
  rmSync(folder, { recursive: true, force: true })
})

const requests: string[] = []
const call = () =>
  createClient('http://127.0.0.1', {
    fetch: (input, init) => {
      requests.push(`${init?.method ?? 'GET'} ${new URL(String(input)).pathname}`)
      return inProcess(server.app)(input, init)
    },
  })
const open = () =>
  openTarget(
    loadBundle({ folder, target: undefined, variables: {} }),
    { call: call(), server: 'http://127.0.0.1', token: undefined, fetch: inProcess(server.app) },
    () => undefined,
  )

/** Writes a bundle with these lines of permissions of its job, and a model of this name. */
const write = (permissions: string, model = 'films') =>
  writeFileSync(
    join(folder, 'databricks.yml'),
    `bundle:
  name: films
resources:
  experiments:
    runs: { name: /films, permissions: [{ level: CAN_READ, user_name: mina }] }
  registered_models:
    films: { name: ${model}, permissions: [{ level: CAN_READ, user_name: mina }] }
  jobs:
    nightly:
      name: nightly
      tasks: [{ task_key: a, spark_python_task: { python_file: /Workspace/Shared/a.py } }]
      ${permissions}
`,
  )

type Permissions = typeof JobPermissions | typeof EndpointPermissions | typeof ModelPermissions

async function levelsOf(of: Permissions, id: string) {
  const { access_control_list } = await call()(of.Get, { id })
  return access_control_list.flatMap(({ user_name, all_permissions }) =>
    all_permissions
      .filter(({ inherited, permission_level }) => !inherited && permission_level !== 'IS_OWNER')
      .map(({ permission_level }) => `${user_name} ${permission_level}`),
  )
}
const jobId = async () => String((await call()(ListJobs, {})).jobs[0]!.job_id)
const changes = async () => (await plan(await open())).map(({ change, key }) => `${change} ${key}`)

test('permissions of a bundle are set, replaced and removed, and those that it never had stay', async () => {
  write('permissions: [{ level: CAN_VIEW, user_name: mina }, { level: CAN_MANAGE_RUN, user_name: jun }]')
  await deploy(await open(), false)
  const job = await jobId()
  expect((await levelsOf(JobPermissions, job)).sort()).toEqual(['jun CAN_MANAGE_RUN', 'mina CAN_VIEW'])
  expect(await changes()).toEqual(['none runs', 'none films', 'none nightly'])
  write('permissions: [{ level: CAN_MANAGE, user_name: jun }]')
  expect(await changes()).toEqual(['none runs', 'none films', 'update nightly'])
  requests.length = 0
  await deploy(await open(), false)
  expect(requests.filter((request) => /permissions|reset/.test(request))).toEqual([
    `PUT /api/2.0/permissions/jobs/${job}`,
  ])
  expect(await levelsOf(JobPermissions, job)).toEqual(['jun CAN_MANAGE'])
  write('')
  await deploy(await open(), false)
  expect(await levelsOf(JobPermissions, job)).toEqual([])
  const access_control_list = [{ user_name: 'mina', permission_level: 'CAN_VIEW' }]
  await call()(JobPermissions.Set, { id: job, access_control_list })
  write('max_concurrent_runs: 2')
  await deploy(await open(), false)
  expect(await levelsOf(JobPermissions, job)).toEqual(['mina CAN_VIEW'])
})

test('permissions of a model stay when it is renamed', async () => {
  write('', 'films')
  await deploy(await open(), false)
  write('', 'movies')
  await deploy(await open(), false)
  expect(await levelsOf(ModelPermissions, 'movies')).toContain('mina CAN_READ')
  expect(await changes()).toContain('none films')
})

test('permissions of an endpoint change without another deployment of its model', async () => {
  await call()(CreateRegisteredModel, { name: 'served' })
  await call()(CreateModelVersion, { name: 'served', source: 'mlflow-artifacts:/none' })
  const entity = "{ entity_name: served, entity_version: '1', scale_to_zero_enabled: true }"
  for (const user of ['mina', 'jun']) {
    writeFileSync(
      join(folder, 'databricks.yml'),
      `bundle: { name: films }
resources:
  model_serving_endpoints:
    films:
      name: films
      config: { served_entities: [${entity}] }
      permissions: [{ level: CAN_QUERY, user_name: ${user} }]
`,
    )
    requests.length = 0
    await deploy(await open(), false)
    const { id } = await call()(GetServingEndpoint, { name: 'films' })
    expect(await levelsOf(EndpointPermissions, id)).toContain(`${user} CAN_QUERY`)
  }
  expect(requests.filter((request) => request.startsWith('PUT') && request.includes('serving'))).toEqual([
    'PUT /api/2.0/permissions/serving-endpoints/films',
  ])
})

test('permissions are set by the deployment after one with a principal or level that the server refuses', async () => {
  for (const wrong of ['{ level: CAN_VIEW, user_name: nobody }', '{ level: CAN_FLY, user_name: mina }']) {
    write(`permissions: [${wrong}]`)
    const name = /nobody|CAN_FLY/.exec(wrong)![0]
    await expect(deploy(await open(), false)).rejects.toThrow(name)
    expect(await changes()).toContain('update nightly')
  }
  write('permissions: [{ level: CAN_VIEW, user_name: jun }]')
  await deploy(await open(), false)
  expect(await levelsOf(JobPermissions, await jobId())).toEqual(['jun CAN_VIEW'])
})

test.each(['{ level: CAN_VIEW }', '{ level: CAN_VIEW, user_name: mina, group_name: g }'])(
  'an entry %s is refused, because it needs one principal',
  (entry) => {
    write(`permissions: [${entry}]`)
    expect(() => loadBundle({ folder, target: undefined, variables: {} })).toThrow(
      /databricks\.yml:\d+: .*permissions\.0 must have 'level', and one of 'user_name'/,
    )
  },
)
