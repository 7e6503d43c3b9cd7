import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { api, send } from './harness/api.js'
import { python, runPython } from './harness/python.js'
import { type Server, startServer } from './harness/server.js'

interface LoggedModel {
  readonly name: string
  readonly request: object
  readonly predictions: unknown
}

/** The Python of the tests may be in a folder that only root can read. */
const AS_ROOT = process.getuid?.() === 0 ? { CAIRN_PYTHON_USER: 'root' } : {}

describe.skipIf(!python)('models that only Python can load (TEST_PYTHON)', () => {
  let folder: string
  let server: Server
  let models: readonly LoggedModel[]

  const deploy = (name: string) =>
    api(server.url).post('/api/2.0/serving-endpoints', {
      name,
      config: { served_entities: [{ name, entity_name: name, entity_version: '1' }] },
    })
  const query = (name: string, body: object) =>
    send(server.url, 'POST', `/serving-endpoints/${name}/invocations`, { body })
  const requestOf = (name: string) => models.find((model) => model.name === name)!
  const logsOf = async (name: string, kind: 'logs' | 'build-logs') =>
    (
      await api(server.url).get<{ logs: string }>(
        `/api/2.0/serving-endpoints/${name}/served-models/${name}/${kind}`,
      )
    ).logs
  /** The ids of the Python processes of the server. */
  const children = () =>
    execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(server.pid)], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.includes(' -I -B -c '))
      .map((line) => Number.parseInt(line, 10))

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cairn-python-models-'))
    server = await startServer({ folder, env: { CAIRN_PYTHON_MODELS: python!, ...AS_ROOT } })
    const output = await runPython('acceptance/clients/mlflow_python_models.py', {
      env: { MLFLOW_TRACKING_URI: server.url },
    })
    models = JSON.parse(/^FACTS (.*)$/m.exec(output)![1]!)
    for (const { name } of models) await deploy(name)
  })
  afterAll(async () => {
    await server?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  test.each(['forest', 'ranking'])('%s answers like in Python', async (name) => {
    const { request, predictions } = requestOf(name)
    await expect.poll(async () => (await query(name, request)).status, { timeout: 240_000 }).toBe(200)
    expect((await query(name, request)).json()).toEqual({ predictions })
  })

  test('forest answers tensors of the Open Inference Protocol like in Python', async () => {
    const { request, predictions } = requestOf('forest')
    const { columns, data } = (request as { dataframe_split: { columns: string[]; data: number[][] } })
      .dataframe_split
    const tensors = columns.map((name, at) => ({
      name,
      datatype: 'FP64',
      shape: [data.length],
      data: data.map((row) => row[at]),
    }))
    const table = [{ name: 'rows', datatype: 'FP64', shape: [data.length, columns.length], data }]
    for (const inputs of [tensors, table]) {
      const answer = await send(server.url, 'POST', '/v2/models/forest/infer', { body: { inputs } })
      expect(answer.json()).toMatchObject({
        model_name: 'forest',
        model_version: '1',
        outputs: [{ datatype: 'BYTES', shape: [data.length], data: predictions }],
      })
    }
    const metadata = await send(server.url, 'GET', '/v2/models/forest')
    expect(metadata.json()).toMatchObject({ inputs: columns.map((name) => ({ name, datatype: 'FP64' })) })
  })

  test('the output of a model is in its log, and its loading in its build log', async () => {
    await expect.poll(() => logsOf('ranking', 'logs')).toMatch(/ranking 1 rows/)
    expect(await logsOf('ranking', 'build-logs')).toMatch(/Starting a Python process/)
  })

  test('variables of an entity refer to secrets, which no response and no log shows', async () => {
    const { post } = api(server.url)
    await post('/api/2.0/secrets/scopes/create', { scope: 'team' })
    const printed = 'ranking' // what the model prints
    await post('/api/2.0/secrets/put', { scope: 'team', key: 'word', string_value: printed })
    for (const [name, key] of [
      ['keyed', 'word'],
      ['keyless', 'none'],
    ]) {
      const environment_vars = { WORD: `{{secrets/team/${key}}}` }
      const entity = { name, entity_name: 'ranking', entity_version: '1', environment_vars }
      await post('/api/2.0/serving-endpoints', { name, config: { served_entities: [entity] } })
    }
    const { request } = requestOf('ranking')
    await expect.poll(async () => (await query('keyed', request)).status, { timeout: 240_000 }).toBe(200)
    await expect.poll(() => logsOf('keyed', 'logs')).toContain('[REDACTED] 1 rows')
    await expect
      .poll(() => logsOf('keyless', 'build-logs'))
      .toContain("'owner' cannot read the secret {{secrets/team/none}}")
    const shown = await send(server.url, 'GET', '/api/2.0/serving-endpoints/keyed')
    expect(shown.json()).toMatchObject({
      config: { served_entities: [{ environment_vars: { WORD: '{{secrets/team/word}}' } }] },
    })
    for (const name of ['keyed', 'keyless'])
      await send(server.url, 'DELETE', `/api/2.0/serving-endpoints/${name}`)
    await expect.poll(() => children().length).toBe(2)
  })

  test('a killed process is started again, and other endpoints do not notice', async () => {
    const before = children()
    expect(before).toHaveLength(2)
    process.kill(before[0]!, 'SIGKILL')
    const responses = await Promise.all(models.map(({ name, request }) => query(name, request)))
    expect(responses.map(({ status }) => status)).toContain(200)
    await expect.poll(() => children().length).toBe(2)
    for (const name of ['forest', 'ranking']) {
      const { request, predictions } = requestOf(name)
      await expect.poll(async () => (await query(name, request)).status, { timeout: 240_000 }).toBe(200)
      expect((await query(name, request)).json()).toEqual({ predictions })
    }
    expect(children().filter((pid) => before.includes(pid))).toHaveLength(1)
  })

  test('the processes of models end when the server is killed', async () => {
    const pids = children()
    expect(pids).toHaveLength(2)
    await server.stop('SIGKILL')
    const running = () => pids.filter((pid) => isRunning(pid))
    await expect.poll(running).toEqual([])
  })

  test('are rejected without the setting, with a message that names it', async () => {
    server = await startServer({ folder })
    const { name, request } = requestOf('forest')
    await expect.poll(async () => (await query(name, request)).status).toBe(503)
    await expect.poll(() => logsOf(name, 'logs')).toMatch(/pickle.*CAIRN_PYTHON_MODELS/)
  })

  function isRunning(pid: number): boolean {
    try {
      return !execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).startsWith('Z')
    } catch {
      return false
    }
  }
})
