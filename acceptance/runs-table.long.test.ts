import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { visitor } from './browser/visitor.js'
import { type Api, api } from './harness/api.js'
import { chromium, launchBrowser } from './harness/browser.js'
import { type Server, startServer } from './harness/server.js'

const MLFLOW = '/api/2.0/mlflow'
const RUNS = 30
const KINDS = ['als', 'bert4rec', 'xgboost']

describe.skipIf(!chromium)('the runs table', () => {
  let server: Server
  let browser: Browser
  let owner: Api
  let experiment = ''
  beforeAll(async () => {
    server = await startServer()
    browser = await launchBrowser()
    owner = api(server.url)
    experiment = await experimentWithRuns(owner)
  })
  afterAll(async () => {
    await browser?.close()
    await server?.[Symbol.asyncDispose]()
  })

  const visit = (options?: Parameters<typeof visitor>[2]) => visitor(browser, server.url, options)
  const page = (query = '') => `/#/experiments/${experiment}${query}`
  const table = (tab: Page) => tab.getByRole('treegrid', { name: 'Runs' })

  test('the table and charts are side by side, and the border between them is moved by keyboard', async () => {
    await using someone = await visit()
    const { tab } = someone
    await someone.open(page())
    await tab.getByRole('button', { name: 'Table and charts' }).click()
    await tab.getByRole('heading', { name: 'Charts of 10 runs' }).waitFor()
    const border = tab.getByRole('separator', { name: 'Width of the table' })
    const before = (await table(tab).locator('..').boundingBox())!.width
    await border.focus()
    await border.press('ArrowLeft')
    await border.press('ArrowLeft')
    await expect.poll(() => border.getAttribute('aria-valuenow')).toBe('42')
    expect((await table(tab).locator('..').boundingBox())!.width).toBeLessThan(before)
    expect(await someone.violations()).toEqual([])
    await tab.reload()
    await expect.poll(() => border.getAttribute('aria-valuenow')).toBe('42')
    await tab.getByRole('button', { name: 'Charts', exact: true }).click()
    await table(tab).waitFor({ state: 'hidden' })
    expect(someone.problems()).toEqual([])
  })
})

/** @returns the id of an experiment whose runs have parameters, metrics, tags and data sets, some of them nested */
async function experimentWithRuns(owner: Api): Promise<string> {
  const { experiment_id } = await owner.post<{ experiment_id: string }>(`${MLFLOW}/experiments/create`, {
    name: 'sweep',
  })
  for (let i = 0; i < RUNS; i++) {
    const kind = KINDS[i % 3]!
    const { run } = await owner.post<{ run: { info: { run_id: string } } }>(`${MLFLOW}/runs/create`, {
      experiment_id,
      run_name: `run-${i}`,
      start_time: 1_000_000 + i * 60_000,
      tags: [{ key: 'cairn.model_kind', value: kind }],
    })
    const { run_id } = run.info
    const metrics = [9, 1, 2 + i].map((value, step) => ({ key: 'loss', value, step, timestamp: step }))
    await owner.post(`${MLFLOW}/runs/log-batch`, {
      run_id,
      metrics: [
        ...metrics,
        { key: 'precision_at_10', value: i / 100, timestamp: 1 },
        ...[2, 10].map((n) => ({ key: `metric_${n}`, value: n, timestamp: 1 })),
      ],
      params: [
        { key: 'model', value: kind },
        { key: 'factors', value: String(16 << (i % 2)) },
        { key: 'seed', value: '42' },
      ],
    })
    const dataset = { name: `ml-${i % 2}`, digest: `d${i % 2}`, source_type: 'local', source: 'x' }
    await owner.post(`${MLFLOW}/runs/log-inputs`, { run_id, datasets: [{ dataset }] })
    await owner.post(`${MLFLOW}/runs/update`, { run_id, status: 'FINISHED', end_time: 2_000_000 + i })
  }
  return experiment_id
}
