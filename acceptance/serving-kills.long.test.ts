import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { type ApiResponse, api, send } from './harness/api.js'
import { effort } from './harness/effort.js'
import { freshFolder } from './harness/folder.js'
import { python } from './harness/python.js'
import { Random } from './harness/random.js'
import { type Server, startServer } from './harness/server.js'
import { registerConstant } from './serving/constant-model.js'
import { firstPrediction, PREDICTION, ROW, registerLinear } from './serving/linear-model.js'

const KILLS = Number(process.env.CRASH_KILLS || effort(1, 2, 100))
const SEED = Number(process.env.CRASH_SEED || Date.now() % 1_000_000)
const MAX_LIFE_MS = 2_000
const QUERY_EVERY_MS = 20
const AS_ROOT = process.getuid?.() === 0 ? { CAIRN_PYTHON_USER: 'root' } : {}

interface Endpoint {
  readonly state: { readonly ready: string; readonly config_update: string }
}

/** An endpoint that is queried, with the value that each version of its model predicts. */
interface Served {
  readonly name: string
  readonly values: ReadonlyMap<string, number>
  readonly read: (answer: ApiResponse) => number
}

test.skipIf(!python)(
  'under load, kill -9 of the server or of Python during deployments never gives a wrong answer (TEST_PYTHON)',
  async () => {
    const random = new Random(SEED)
    const folder = await freshFolder()
    const temporary = join(folder, 'tmp')
    mkdirSync(temporary)
    const env = { CAIRN_PYTHON_MODELS: python!, TMPDIR: temporary, ...AS_ROOT }
    let server = await startServer({ folder, env })
    let isOver = false
    onTestFinished(async () => {
      isOver = true
      await server.stop()
    })
    const endpoints = await register(server.url)
    const versionOf = new Map<string, string>()
    const deploy = async ({ name, values }: Served) => {
      const [version] = [...values.keys()].filter((one) => one !== versionOf.get(name))
      await put(server.url, name, version!)
      versionOf.set(name, version!)
    }
    for (const one of endpoints) await deploy(one)
    for (const one of endpoints) await settled(server, one)

    const wrong: string[] = []
    let answers = 0
    const load = endpoints.map(async (served) => {
      while (!isOver) {
        const answer = await query(server, served.name).catch(() => undefined) // its connection was cut
        if (answer?.status === 200) answers++
        const problem = answer && problemOf(answer, served)
        if (problem) wrong.push(problem)
        await sleep(QUERY_EVERY_MS)
      }
    })
    for (let round = 1; round <= KILLS; round++) {
      const [target, lifeMs] = [random.pick(['server', 'python']), random.int(0, MAX_LIFE_MS)]
      const facts = `seed ${SEED}, kill ${round} of ${target} after ${lifeMs} ms`
      const previous = new Map(versionOf)
      for (const one of endpoints) await deploy(one)
      await sleep(lifeMs)
      const before = pythons(server)
      if (target === 'server') {
        await server.stop('SIGKILL')
        server = await startServer({ folder, env })
      } else for (const pid of before) kill(pid)
      for (const one of endpoints) {
        const update = await settled(server, one)
        // A version whose process is killed while it loads cannot be served; a killed server loads it again.
        if (update === 'UPDATE_FAILED' && target === 'python')
          versionOf.set(one.name, previous.get(one.name)!)
        else expect(update, facts).toBe('NOT_UPDATING')
        await expect
          .poll(async () => (await query(server, one.name)).status, { message: facts, timeout: 120_000 })
          .toBe(200)
        const answer = await query(server, one.name)
        expect(answer.headers.get('served-model-version'), facts).toBe(versionOf.get(one.name))
      }
      await expect.poll(() => pythons(server).length, { message: facts }).toBe(1)
      const left = () => before.filter((pid) => isRunning(pid) && !pythons(server).includes(pid))
      await expect.poll(left, { message: facts }).toEqual([])
      await expect.poll(() => homesIn(temporary), { message: facts }).toBe(1)
      const holders = () => readdirSync(join(folder, 'cache/models/holders')).length
      await expect.poll(holders, { message: facts }).toBe(1)
    }
    isOver = true
    await Promise.all(load)
    expect(wrong).toEqual([])
    expect(answers).toBeGreaterThan(0)
  },
  60_000 + KILLS * 60_000,
)

async function register(url: string): Promise<Served[]> {
  for (const name of ['linear', 'constant'])
    await api(url).post('/api/2.0/mlflow/registered-models/create', { name })
  const [linear, constant] = [new Map<string, number>(), new Map<string, number>()]
  for (const sign of [1, -1] as const)
    linear.set(await registerLinear(url, `0/linear${sign}`, sign), sign * PREDICTION)
  for (const value of [7, 8]) constant.set(await registerConstant(url, value), value)
  return [
    { name: 'linear', values: linear, read: firstPrediction },
    {
      name: 'constant',
      values: constant,
      read: (answer) => answer.json<{ predictions: [number] }>().predictions[0],
    },
  ]
}

/** Creates the endpoint of a model, or updates it. */
async function put(url: string, name: string, entity_version: string): Promise<void> {
  const config = { served_entities: [{ name: 'main', entity_name: name, entity_version }] }
  const updated = await send(url, 'PUT', `/api/2.0/serving-endpoints/${name}/config`, { body: config })
  if (updated.status === 404) await api(url).post('/api/2.0/serving-endpoints', { name, config })
  else expect([updated.status, updated.text]).toEqual([200, expect.any(String)])
}

/** Waits until the endpoint is ready and no deployment is in progress. @returns how the last one ended */
async function settled({ url }: Server, { name }: Served): Promise<string> {
  const get = async () => (await api(url).get<Endpoint>(`/api/2.0/serving-endpoints/${name}`)).state
  await expect
    .poll(get, { timeout: 120_000 })
    .toEqual({ ready: 'READY', config_update: expect.not.stringMatching('IN_PROGRESS') })
  return (await get()).config_update
}

const query = ({ url }: Server, name: string) =>
  send(url, 'POST', `/serving-endpoints/${name}/invocations`, { body: ROW })

/** Describes an answer of another version than its header names, and a refusal that asks for no retry. */
function problemOf(answer: ApiResponse, { name, values, read }: Served): string | undefined {
  const { status, headers, text } = answer
  if (status !== 200) return status === 503 || status === 504 ? undefined : `${name}: ${status} ${text}`
  const version = headers.get('served-model-version')!
  const value = read(answer)
  return Math.abs(value - values.get(version)!) < 1e-6 ? undefined : `${name} version ${version}: ${value}`
}

/** The ids of the server's processes of models. Without one, `ps` fails. */
const pythons = ({ pid }: Server) =>
  spawnSync('ps', ['-o', 'pid=,args=', '--ppid', String(pid)], { encoding: 'utf8' })
    .stdout.split('\n')
    .filter((line) => line.includes(' -I -B -c '))
    .map((line) => Number.parseInt(line, 10))

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // it has ended
  }
}

/** The number of home folders of Python processes. */
const homesIn = (temporary: string) =>
  readdirSync(temporary).filter((name) => name.startsWith('cairn-python-')).length

function isRunning(pid: number): boolean {
  try {
    return !execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).startsWith('Z')
  } catch {
    return false
  }
}
