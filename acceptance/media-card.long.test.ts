import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { visitor } from './browser/visitor.js'
import { logEvaluation, logRun } from './cards/log-runs.js'
import { api } from './harness/api.js'
import { chromium, launchBrowser } from './harness/browser.js'
import { type Server, startServer } from './harness/server.js'

const MLFLOW = '/api/2.0/mlflow'

describe.skipIf(!chromium)('runs with images', () => {
  let server: Server
  let browser: Browser
  beforeAll(async () => {
    server = await startServer()
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.[Symbol.asyncDispose]()
  })

  test('are shown side by side by step without adding a card, once a run has the tag of mlflow', async () => {
    const owner = api(server.url)
    const { experiment_id } = await owner.post<{ experiment_id: string }>(`${MLFLOW}/experiments/create`, {
      name: 'faces',
    })
    const runs = [await logRun(owner, experiment_id, 0), await logRun(owner, experiment_id, 1)]
    for (const [i, run] of runs.entries()) await logEvaluation(owner, server.url, run, i)
    await using someone = await visitor(browser, server.url)
    const { tab } = someone
    const media = tab.getByRole('group', { name: 'Media', exact: true })
    await someone.open(`/#/experiments/${experiment_id}?layout=charts`)
    await tab.getByRole('heading', { name: 'accuracy', exact: true }).waitFor()
    expect(await media.count()).toBe(0)

    const [{ run_id }] = runs as [(typeof runs)[0]]
    await owner.post(`${MLFLOW}/runs/set-tag`, { run_id, key: 'mlflow.loggedImages', value: 'true' })
    await someone.open(`/#/experiments/${experiment_id}?layout=charts`)
    await media.scrollIntoViewIfNeeded()
    await expect
      .poll(async () => (await media.getByRole('columnheader').allTextContents()).slice(0, 3))
      .toEqual(['Key', 'run-0', 'run-1'])
    await expect.poll(() => media.getByRole('img').count()).toBe(2)
    await media.getByRole('slider', { name: 'Step' }).press('ArrowLeft')
    await expect.poll(() => media.getByRole('slider', { name: 'Step' }).inputValue()).toBe('0')
    expect(await someone.violations()).toEqual([])
    expect(someone.problems()).toEqual([])
  })
})
