import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build, type Plugin } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HttpTransport } from './http.js'
import { listOfflineRuns } from './offline/offline-runs.js'
import { syncRun } from './offline/sync.js'
import { newFolder } from './testing/folders.js'
import { all } from './testing/offline.js'
import { type RunningServer, servers } from './testing/servers.js'
import { TrackingClient } from './tracking.js'

const sources = fileURLToPath(new URL('.', import.meta.url))
const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
/** The first example of each section. */
const examples = Object.fromEntries(
  readme
    .split(/^## /m)
    .map((section) => [
      section.slice(0, section.indexOf('\n')),
      /^```ts\n([\s\S]*?)^```/m.exec(section)?.[1] ?? '',
    ]),
)

/** Resolves `@tensorflow/tfjs` to the packages that it bundles. */
const tensorflow: Plugin = {
  name: 'tensorflow',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@tensorflow\/tfjs$/ }, () => ({ path: 'tfjs', namespace: 'tensorflow' }))
    const contents = `import '@tensorflow/tfjs-backend-cpu'
      export * from '@tensorflow/tfjs-core'
      export * from '@tensorflow/tfjs-layers'`
    onLoad({ filter: /.*/, namespace: 'tensorflow' }, () => ({ contents, resolveDir: sources }))
  },
}

/** Runs an example as a program. @returns its output */
async function run(example: string, url: string, cwd: string): Promise<string> {
  const program = join(cwd, `example-${crypto.randomUUID()}.mjs`)
  await build({
    stdin: { contents: examples[example]!, resolveDir: sources, loader: 'ts' },
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['source'],
    mainFields: ['module', 'main'],
    plugins: [tensorflow],
    logLevel: 'error',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)",
    },
  })
  const env = { ...process.env, MLFLOW_TRACKING_URI: url, MLFLOW_EXPERIMENT_NAME: '' }
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [program], { cwd, env })
  expect(stderr).not.toContain('Cairn:')
  return stdout
}

describe.each(servers)('README examples against $name', { timeout: 240_000 }, ({ start }) => {
  let server: RunningServer
  let client: TrackingClient
  let cwd: string
  beforeAll(async () => {
    server = await start()
    client = new TrackingClient(new HttpTransport({ baseUrl: server.url }))
    cwd = await newFolder()
    await promisify(execFile)('cp', [join(sources, '../package.json'), cwd])
  }, 240_000)
  afterAll(() => server?.stop())

  const find = async (filter: string) => {
    const { experiment_id } = await client.experiments.ensure('movies')
    return all(client.runs.search({ experiment_ids: [experiment_id], filter, order_by: ['start_time DESC'] }))
  }

  test('a run ends with every step of its metric', async () => {
    await run('A run', server.url, cwd)
    const [found] = await find("run_name = 'als-64' AND tags.team = 'web'")
    expect(found!.info.status).toBe('FINISHED')
    expect(await all(client.runs.metricHistory(found!.info.run_id, 'loss'))).toHaveLength(100)
  }, 120_000)

  test('nested runs are children', async () => {
    await run('Nested runs', server.url, cwd)
    const [search] = await find("run_name = 'search'")
    expect(await find(`tags.mlflow.parentRunId = '${search!.info.run_id}'`)).toHaveLength(3)
  }, 120_000)

  test('stores files, tables and images as artifacts of the run', async () => {
    await run('Files, tables, images', server.url, cwd)
    const [found] = await find("tags.mlflow.loggedImages = 'true'")
    const files = await all(client.artifacts.walk(found!.info.artifact_uri))
    expect(files.filter((file) => file.path.startsWith('images/'))).toHaveLength(6)
    expect(files.map((file) => file.path)).toEqual(
      expect.arrayContaining([
        'package.json',
        'notes/readme.txt',
        'config.json',
        'hits.json',
        'loss.svg',
        'plotly.html',
      ]),
    )
  }, 120_000)

  test('logs and registers a model', async () => {
    expect(await run('Models', server.url, cwd)).toMatch(/^models:\/m-[0-9a-f]{32} is version \d+\n$/)
  }, 120_000)

  test('synchronizes a run that was logged offline', async () => {
    await run('Offline', server.url, cwd)
    const [offline] = await listOfflineRuns(join(cwd, 'cairn-offline'), server.url)
    const report = await syncRun(client, offline!, { server: server.url })
    expect(report).toMatchObject({ outcome: 'synced', problems: [] })
  }, 120_000)

  test('logs a TensorFlow.js training with its optimizer and model', async () => {
    await run('TensorFlow.js', server.url, cwd)
    const [found] = await find("params.opt_name = 'Adam'")
    expect(found!.outputs?.model_outputs).toHaveLength(1)
  }, 120_000)

  test('logs system metrics', async () => {
    await run('System metrics', server.url, cwd)
    expect(await find('metrics.`system/disk_usage_percentage` > 0')).not.toEqual([])
  }, 120_000)

  test('searches runs with the API clients', async () => {
    expect(await run('API clients', server.url, cwd)).toMatch(/ FINISHED\n/)
  }, 120_000)
})
