import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, open, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inject } from 'vitest'
import { api } from './api.js'
import { isExhaustive } from './effort.js'
import { LARGE, SMALL, writeRatingsExcerpt } from './ratings-excerpt.js'
import { type ProcessResult, runProcess } from './run-process.js'
import { cairn, type Server, type ServerOptions, startServer } from './server.js'
import { until } from './until.js'

const TIMEOUT_MS = 1_500_000
/** True if the demo trains on all shipped ratings, as `npm run test:long -- --demo` does. */
export const isWhole = Boolean(process.env.TEST_DEMO)
const excerpt = isExhaustive ? LARGE : SMALL
/** The number of ratings that the demo imports. */
export const ratings = isWhole ? 100_004 : excerpt.ratings

export interface DemoRun extends ProcessResult {
  readonly seconds: number
}

/**
 * The result of `cairn up --demo --once`, on an excerpt of the shipped ratings unless the demo `isWhole`. The first test file
 * that needs it runs it; the others wait.
 */
export async function demoRun(): Promise<DemoRun> {
  const folder = inject('demoFolder')
  const result = join(folder, 'demo.json')
  if (await isFirst(folder)) {
    const run = await runDemo(folder)
    await writeFile(`${result}.part`, JSON.stringify(run))
    await rename(`${result}.part`, result)
  }
  await until('the demo ends', async () => existsSync(result), TIMEOUT_MS)
  return JSON.parse(await readFile(result, 'utf8'))
}

const isFirst = (folder: string) =>
  open(join(folder, 'started'), 'wx').then(
    async (file) => {
      await file.close()
      return true
    },
    () => false,
  )

async function runDemo(folder: string): Promise<DemoRun> {
  const data = join(folder, 'data')
  await mkdir(data)
  const begun = performance.now()
  const args = [cairn, 'up', '--demo', '--once', '--port', '0', '--data', data]
  if (!isWhole) {
    const source = join(folder, 'ratings')
    await mkdir(source)
    await writeRatingsExcerpt(source, excerpt)
    args.push('--source', source)
  }
  const finished = await runProcess(process.execPath, args, { cwd: folder, timeoutMs: TIMEOUT_MS })
  return { ...finished, seconds: (performance.now() - begun) / 1000 }
}

interface DemoServerOptions extends ServerOptions {
  readonly inPlace?: boolean
}

async function copyOf(data: string): Promise<string> {
  const copy = await mkdtemp(`${data}-`)
  await cp(data, copy, { recursive: true })
  return copy
}

/**
 * Starts a server on a new copy of the data that the demo left.
 * @param inPlace uses the data themselves, because clients of tables read their absolute paths; for one test file only
 * @throws with the output of the demo when it failed
 */
export async function startDemoServer({
  inPlace = false,
  ...options
}: DemoServerOptions = {}): Promise<Server> {
  const { code, stdout, stderr } = await demoRun()
  if (code !== 0) throw new Error(`the demo ended with exit code ${code}\n${stdout}\n${stderr}`)
  const data = join(inject('demoFolder'), 'data')
  return startServer({ ...options, folder: inPlace ? data : await copyOf(data) })
}

/**
 * The version of `movies` that recommends the most popular films. It is the worst one, and its number differs between
 * machines: the first two versions are registered in the order of their measured cost.
 */
export async function popularityVersion(url: string): Promise<string> {
  const filter = "name = 'movies' AND tags.`cairn.model_kind` = 'popularity'"
  const { model_versions } = await api(url).get<{ model_versions: { version: string }[] }>(
    '/api/2.0/mlflow/model-versions/search',
    { filter },
  )
  return model_versions[0]!.version
}
