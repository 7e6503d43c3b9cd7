import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { visitor } from './browser/visitor.js'
import { type Api, api } from './harness/api.js'
import { chromium, launchBrowser } from './harness/browser.js'
import { freePort } from './harness/free-port.js'
import { freshPostgres, postgres } from './harness/postgres.js'
import { MLFLOW_ONLY, type Server, startServer } from './harness/server.js'
import { until } from './harness/until.js'

const MLFLOW = '/api/2.0/mlflow'

interface EventsPage {
  readonly last_event_id: string
  readonly reset: boolean
  readonly events: readonly Record<string, unknown>[]
}

describe.skipIf(!chromium)('an open page', () => {
  let server: Server
  let killed: Server | undefined
  let browser: Browser
  let mlflow: Api
  let experiment: string
  beforeAll(async () => {
    server = await startServer({ args: ['--port', String(await freePort())] }) // it starts again on its port
    browser = await launchBrowser()
    mlflow = api(server.url)
    const created = await mlflow.post<{ experiment_id: string }>(`${MLFLOW}/experiments/create`, {
      name: 'live',
    })
    experiment = created.experiment_id
  })
  afterAll(async () => {
    await browser?.close()
    await server?.[Symbol.asyncDispose]()
    await killed?.[Symbol.asyncDispose]()
  })

  const createRun = async (run_name: string) => {
    const body = { experiment_id: experiment, run_name, start_time: Date.now() }
    const { run } = await mlflow.post<{ run: { info: { run_id: string } } }>(`${MLFLOW}/runs/create`, body)
    return run.info.run_id
  }
  const log = (run_id: string, key: string, values: readonly number[], from = 0) =>
    mlflow.post(`${MLFLOW}/runs/log-batch`, {
      run_id,
      metrics: values.map((value, i) => ({ key, value, step: from + i, timestamp: Date.now() })),
    })
  const finish = (run_id: string) =>
    mlflow.post(`${MLFLOW}/runs/update`, { run_id, status: 'FINISHED', end_time: Date.now() })

  /** Opens a page and waits until its event stream is connected; before that it would poll. */
  async function listening(path: string) {
    const someone = await visitor(browser, server.url)
    const streaming = someone.tab.waitForResponse(
      (response) =>
        response.url().endsWith('/api/cairn/v1/events') &&
        response.headers()['content-type']!.includes('text/event-stream'),
    )
    await someone.open(path)
    await streaming
    return someone
  }

  test('shows runs that are created, changed and deleted', async () => {
    await using someone = await listening(`/#/experiments/${experiment}`)
    const row = someone.tab.getByRole('row').filter({ hasText: 'first-run' })
    const run_id = await createRun('first-run')
    await row.waitFor()
    await log(run_id, 'ndcg_at_10', [0.321])
    await expect.poll(() => row.textContent()).toContain('0.321')
    await mlflow.post(`${MLFLOW}/runs/delete`, { run_id })
    await expect.poll(() => row.count()).toBe(0)
    expect(someone.problems()).toEqual([])
  })

  test('shows new metrics of a finished run by event, without polling', async () => {
    const run_id = await createRun('ended')
    await log(run_id, 'loss', [3, 2])
    await finish(run_id)
    await using someone = await listening(`/#/experiments/${experiment}/runs/${run_id}?tab=curves`)
    const { tab } = someone
    await tab.getByRole('button', { name: 'Table', exact: false }).first().click()
    await log(run_id, 'loss', [0.125], 2)
    await expect.poll(() => tab.getByRole('tabpanel').textContent()).toContain('0.125')
    await log(run_id, 'another', [1, 2])
    await tab.getByRole('figure', { name: 'another' }).waitFor()
    expect(someone.problems()).toEqual([])
  })

  test('shows new versions and aliases of a model', async () => {
    await mlflow.post(`${MLFLOW}/registered-models/create`, { name: 'movies' })
    const source = 'mlflow-artifacts:/models/movies'
    await mlflow.post(`${MLFLOW}/model-versions/create`, { name: 'movies', source })
    await using someone = await listening('/#/models/movies')
    const { tab } = someone
    await tab
      .getByRole('link', { name: /^(v|Version )?1$/ })
      .first()
      .waitFor()
    await mlflow.post(`${MLFLOW}/model-versions/create`, { name: 'movies', source })
    await tab
      .getByRole('link', { name: /^(v|Version )?2$/ })
      .first()
      .waitFor()
    await mlflow.post(`${MLFLOW}/registered-models/alias`, {
      name: 'movies',
      alias: 'champion',
      version: '2',
    })
    await tab.getByRole('row').filter({ hasText: 'champion' }).first().waitFor()
    expect(someone.problems()).toEqual([])
  })

  test('shows endpoints that are created and deleted', async () => {
    await using someone = await listening('/#/endpoints')
    const served_entities = [{ entity_name: 'movies', entity_version: '1' }]
    await mlflow.post('/api/2.0/serving-endpoints', { name: 'films', config: { served_entities } })
    await someone.tab.getByRole('link', { name: 'films' }).waitFor()
    await mlflow.delete('/api/2.0/serving-endpoints/films')
    await expect.poll(() => someone.tab.getByRole('link', { name: 'films' }).count()).toBe(0)
    expect(someone.problems()).toEqual([])
  })

  test('continues after the server was killed and restarted', async () => {
    const { port } = new URL(server.url)
    const run_id = await createRun('across')
    await finish(run_id)
    await using someone = await listening(`/#/experiments/${experiment}/runs/${run_id}`)
    await log(run_id, 'before', [1])
    await someone.tab.getByRole('tabpanel').getByText('before').first().waitFor()
    await server.stop('SIGKILL')
    const again = someone.tab.waitForResponse(
      (response) => response.url().endsWith('/api/cairn/v1/events') && response.ok(),
      { timeout: 100_000 },
    )
    killed = server
    server = await startServer({ folder: killed.folder, args: ['--port', port] })
    mlflow = api(server.url)
    await log(run_id, 'after', [1])
    await again
    await someone.tab.getByRole('tabpanel').getByText('after').first().waitFor()
  })
})

describe('events', () => {
  test('are complete for a client that returns after a crash, or report that some may be missing', async () => {
    await using server = await startServer({ args: MLFLOW_ONLY })
    const ask = (from: Server, after = '') => api(from.url).get<EventsPage>('/api/cairn/v1/events', { after })
    const { last_event_id } = await ask(server)
    await api(server.url).post(`${MLFLOW}/runs/create`, { experiment_id: '0' })
    await until(
      'the event of the run arrives',
      async () => (await ask(server, last_event_id)).events.length > 0,
    )
    const { last_event_id: received } = await ask(server, last_event_id)
    await api(server.url).post(`${MLFLOW}/runs/create`, { experiment_id: '0' }) // may not be delivered before the kill
    await server.stop('SIGKILL')
    await using back = await startServer({ folder: server.folder, args: MLFLOW_ONLY })
    const since = await ask(back, received)
    expect(since.reset || since.events.length === 1).toBe(true)
    expect((await ask(back, since.last_event_id)).reset).toBe(false)
  })

  test('are delivered before an orderly stop', async () => {
    await using server = await startServer({ args: MLFLOW_ONLY })
    const ask = (from: Server, after = '') => api(from.url).get<EventsPage>('/api/cairn/v1/events', { after })
    const { last_event_id } = await ask(server)
    await api(server.url).post(`${MLFLOW}/experiments/create`, { name: 'last' })
    await server.stop()
    await using back = await startServer({ folder: server.folder, args: MLFLOW_ONLY })
    expect(await ask(back, last_event_id)).toMatchObject({
      reset: false,
      events: [{ type: 'experiment', experiment_id: '1' }],
    })
  })

  test.skipIf(!postgres)(
    'arrive from other servers on one PostgreSQL, and report that one of them was killed',
    async () => {
      const args = [...MLFLOW_ONLY, '--database-url', await freshPostgres()]
      await using here = await startServer({ args })
      await using there = await startServer({ args })
      const ask = (after = '') => api(here.url).get<EventsPage>('/api/cairn/v1/events', { after })
      const { last_event_id } = await ask()
      const { post } = api(there.url)
      const { run } = await post<{ run: { info: { run_id: string } } }>(`${MLFLOW}/runs/create`, {
        experiment_id: '0',
      })
      await until('the event arrives', async () => (await ask(last_event_id)).events.length > 0)
      const since = await ask(last_event_id)
      expect(since).toMatchObject({ reset: false, events: [{ type: 'run', run_id: run.info.run_id }] })
      await there.stop('SIGKILL')
      await until('the kill is detected', async () => (await ask(since.last_event_id)).reset)
    },
  )
})
