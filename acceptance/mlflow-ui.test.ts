import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { dirname } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { api, send } from './harness/api.js'
import { chromium, foreignRequests, launchBrowser } from './harness/browser.js'
import { environment } from './harness/environment.js'
import { python } from './harness/python.js'
import { cairn, type Server, startServer } from './harness/server.js'
import { until } from './harness/until.js'

const MLFLOW = '/api/2.0/mlflow'

/** Starts `cairn ui mlflow` with the MLflow of the test environment. */
async function startUi(server: string, token: string) {
  const from = dirname(dirname(python!))
  const args = [cairn, '--server', server, 'ui', 'mlflow', '--from', from, '--port', '0']
  const child = spawn(process.execPath, args, { env: environment({ CAIRN_TOKEN: token }), stdio: 'pipe' })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const found = /ready at (http:\S+)/.exec(text)?.[1]
      if (found) resolve(found)
    })
    child.once('close', () => reject(new Error(said)))
  })
  const stop = async () => {
    child.kill()
    await once(child, 'close')
  }
  return { url, stop }
}

/** Creates objects for all pages. */
async function fill(url: string, token: string) {
  const { post } = api(url, token)
  const { experiment_id } = await post<{ experiment_id: string }>(`${MLFLOW}/experiments/create`, {
    name: 'films',
  })
  const runs: string[] = []
  for (const [i, run_name] of ['ials', 'xgboost', 'bert4rec'].entries()) {
    const begun = { experiment_id, run_name, start_time: Date.now() }
    const { run } = await post<{ run: { info: { run_id: string } } }>(`${MLFLOW}/runs/create`, begun)
    const { run_id } = run.info
    const loss = Array.from({ length: 50 }, (_, step) => ({ key: 'loss', value: 1 / (step + i + 1), step }))
    const metrics = [...loss, { key: 'ndcg', value: 0.3 + i / 10 }, { key: 'broken', value: 'NaN' }]
    await post(`${MLFLOW}/runs/log-batch`, {
      run_id,
      metrics: metrics.map((metric) => ({ ...metric, timestamp: Date.now() })),
      params: [{ key: 'factors', value: String(32 * (i + 1)) }],
      tags: [{ key: 'team', value: 'a' }],
    })
    const dataset = { name: 'ml-1m', digest: 'abc', source_type: 'local', source: '{"uri":"x"}' }
    const tags = [{ key: 'mlflow.data.context', value: 'training' }]
    await post(`${MLFLOW}/runs/log-inputs`, { run_id, datasets: [{ dataset, tags }] })
    const files = { 'readme.txt': 'hello artifact', MLmodel: `run_id: ${run_id}\nflavors: {}\n` }
    for (const [name, body] of Object.entries(files))
      await send(
        url,
        'PUT',
        `/api/2.0/mlflow-artifacts/artifacts/${experiment_id}/${run_id}/artifacts/model/${name}`,
        {
          token,
          body,
        },
      )
    await post(`${MLFLOW}/runs/update`, { run_id, status: 'FINISHED', end_time: Date.now() })
    runs.push(run_id)
  }
  await post(`${MLFLOW}/registered-models/create`, { name: 'movies', description: 'recommends films' })
  const source = `mlflow-artifacts:/${experiment_id}/${runs[0]}/artifacts/model`
  await post(`${MLFLOW}/model-versions/create`, { name: 'movies', source, run_id: runs[0] })
  await post(`${MLFLOW}/registered-models/alias`, { name: 'movies', alias: 'champion', version: '1' })
  await trace(url, token, experiment_id)
  return { experiment_id, runs }
}

async function trace(url: string, token: string, experiment_id: string) {
  const hex = (bytes: number) => randomBytes(bytes).toString('hex')
  const span = {
    traceId: hex(16),
    spanId: hex(8),
    name: 'recommend',
    startTimeUnixNano: `${Date.now()}000000`,
    endTimeUnixNano: `${Date.now() + 5}000000`,
    attributes: [{ key: 'mlflow.spanInputs', value: { stringValue: '{"user": "somebody"}' } }],
  }
  await send(url, 'POST', '/v1/traces', {
    token,
    headers: { 'x-mlflow-experiment-id': experiment_id },
    body: { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] },
  })
}

describe.skipIf(!chromium || !python)("MLflow's UI on a server that requires tokens", () => {
  let server: Server
  let token: string
  let ui: Awaited<ReturnType<typeof startUi>>
  let browser: Browser
  /** All tests share a tab: with MLflow's scripts loaded, the next page loads in a fraction of the time. */
  let tab: Page
  let problems: string[]
  let foreign: string[]
  let filled: Awaited<ReturnType<typeof fill>>
  beforeAll(async () => {
    server = await startServer({ env: { CAIRN_AUTH: 'required' } })
    token = /The owner's token, shown only once: (\S+)/.exec(server.stderr())![1]!
    filled = await fill(server.url, token)
    ui = await startUi(server.url, token)
    browser = await launchBrowser()
    const context = await browser.newContext({ viewport: { width: 1500, height: 900 } })
    foreign = foreignRequests(context, ui.url)
    tab = await context.newPage()
    problems = watch(tab)
  })
  afterAll(async () => {
    await browser?.close()
    await ui?.stop()
    await server?.[Symbol.asyncDispose]()
  })

  const list = (...items: readonly unknown[]) => encodeURIComponent(JSON.stringify(items))
  const below = (page: string) => `/#/experiments/${filled.experiment_id}/${page}`
  const PAGES: readonly (readonly [string, () => string, readonly RegExp[]])[] = [
    ['experiments', () => '/#/experiments', [/films/, /Default/]],
    ['the runs table', () => below('runs'), [/ials/, /xgboost/, /bert4rec/, /3 matching runs/]],
    ['charts', () => below('runs?compareRunsMode=CHART'), [/Model metrics ?\(3\)/, /loss/, /ndcg/]],
    [
      'runs compared',
      () => `/#/compare-runs?runs=${list(...filled.runs)}&experiments=${list(filled.experiment_id)}`,
      [/Comparing 3 Runs from 1 Experiment/, /factors/, /bert4rec/],
    ],
    ['a run', () => below(`runs/${filled.runs[0]}`), [/factors/, /ndcg/, /ml-1m/, /movies/]],
    ['its curves', () => below(`runs/${filled.runs[0]}/model-metrics`), [/Model metrics/, /loss/]],
    ['its artifacts', () => below(`runs/${filled.runs[0]}/artifacts/model/readme.txt`), [/hello artifact/]],
    ['traces', () => below('traces'), [/somebody/]],
    ['models', () => '/#/models', [/movies/]],
    ['a model', () => '/#/models/movies', [/recommends films/, /champion/]],
    ['a version', () => '/#/models/movies/versions/1', [/ials/, /champion/]],
  ]

  test.each(PAGES)('shows %s without errors', async (_what, path, words) => {
    await tab.goto('about:blank') // a new fragment alone does not load the page
    await tab.goto(ui.url + path())
    for (const word of words)
      await expect.poll(() => tab.locator('body').textContent(), { timeout: 60_000 }).toMatch(word)
    expect([problems.splice(0), foreign.splice(0)]).toEqual([[], []])
  })

  test('creates an experiment', async () => {
    await tab.goto('about:blank')
    await tab.goto(`${ui.url}/#/experiments`)
    await tab.getByRole('button', { name: 'Create', exact: true }).click()
    const dialog = tab.getByRole('dialog')
    await dialog.getByRole('textbox').first().fill('made in the UI')
    await dialog.getByRole('button', { name: 'Create' }).click()
    const made = { experiment_name: 'made in the UI' }
    await until('the experiment exists', async () => {
      const answer = await send(server.url, 'GET', `${MLFLOW}/experiments/get-by-name`, {
        token,
        query: made,
      })
      return answer.status === 200
    })
  })
})

/** Collects console errors and error responses. */
function watch(tab: Page): string[] {
  const problems: string[] = []
  tab.on('pageerror', (error) => problems.push(`uncaught: ${error.message}`))
  tab.on('console', (message) => {
    if (message.type() === 'error') problems.push(`console: ${message.text()}`)
  })
  tab.on('response', (response) => {
    if (response.status() >= 400) problems.push(`${response.status()} ${response.url()}`)
  })
  return problems
}
