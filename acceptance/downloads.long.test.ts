import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { holdRequests } from './browser/hold-requests.js'
import { savedTable } from './browser/saved-table.js'
import { visitor } from './browser/visitor.js'
import { type Api, api } from './harness/api.js'
import { chromium, launchBrowser } from './harness/browser.js'
import { type Server, startServer } from './harness/server.js'

const MLFLOW = '/api/2.0/mlflow'
const VERSIONS = 500
const AT_ONCE = 50
const MAX_NODES = 5_000

describe.skipIf(!chromium)('lists of the console', () => {
  let server: Server
  let browser: Browser
  let owner: Api
  beforeAll(async () => {
    server = await startServer()
    browser = await launchBrowser()
    owner = api(server.url)
    const first = await newRun('first', 0.5)
    const source = await newRun('source', 0.25)
    await owner.post(`${MLFLOW}/registered-models/create`, { name: 'movies' })
    const newVersion = (run_id: string, description: string) =>
      owner.post(`${MLFLOW}/model-versions/create`, {
        ...{ name: 'movies', source: `runs:/${run_id}/model`, run_id, description },
      })
    await newVersion(first, 'note 1')
    for (let made = 1; made < VERSIONS; made += AT_ONCE)
      await Promise.all(
        Array.from({ length: Math.min(AT_ONCE, VERSIONS - made) }, (_, i) =>
          newVersion(source, `note ${made + i + 1}`),
        ),
      )
    await owner.post(`${MLFLOW}/registered-models/alias`, {
      name: 'movies',
      alias: 'champion',
      version: '17',
    })
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await server?.[Symbol.asyncDispose]()
  })

  async function newRun(run_name: string, value: number): Promise<string> {
    const { run } = await owner.post<{ run: { info: { run_id: string } } }>(`${MLFLOW}/runs/create`, {
      ...{ experiment_id: '0', run_name },
    })
    const { run_id } = run.info
    const metric = { key: 'precision_at_10', value, step: 0, timestamp: 1 }
    await owner.post(`${MLFLOW}/runs/log-metric`, { run_id, ...metric })
    return run_id
  }

  test('a model of 500 versions has few rows in the page, finds versions, and is downloaded whole', async () => {
    await using someone = await visitor(browser, server.url)
    const { tab } = someone
    const release = await holdRequests(tab, '**/mlflow/runs/get?*')
    await someone.navigate('/#/models/movies')
    const versions = tab.getByRole('region', { name: 'Versions', exact: true })
    await versions.getByRole('link', { name: 'v500' }).waitFor()
    expect(await versions.getByRole('table').getAttribute('aria-rowcount')).toBe('501')
    expect(await tab.evaluate(() => document.querySelectorAll('*').length)).toBeLessThan(MAX_NODES)
    const button = versions.getByRole('button', { name: 'Download as CSV: movies Versions' })
    const saved = savedTable(tab, button)
    await versions.getByRole('button', { name: 'Cancel: Download as CSV: movies Versions' }).waitFor()
    release() // the runs whose metrics are the columns
    const { name, lines } = await saved
    expect([name, lines.length]).toEqual(['movies_Versions.csv', VERSIONS + 1])
    expect(lines[1]).toMatch(/^500,,0\.25,,,source,\d{4}-/)
    const search = versions.getByRole('searchbox', { name: 'Search versions' })
    await search.fill('@champion')
    await versions.getByRole('status').filter({ hasText: '1 / 500' }).waitFor()
    await versions.getByRole('row', { name: /v17 @champion/ }).waitFor()
    await search.press('Tab')
    await tab.keyboard.press('Tab')
    expect(await tab.evaluate(() => document.activeElement?.textContent)).toBe('v17')
    await search.fill('')
    await tab.evaluate(() => scrollTo(0, document.documentElement.scrollHeight))
    await versions.getByRole('row', { name: /^v1 0\.5000 .*first/ }).waitFor()
    expect([await someone.violations(), someone.problems()]).toEqual([[], []])
  })

  test('models, jobs and their runs are downloaded', async () => {
    const task = { entry: 'models/gate', parameters: { model: 'movies', version: '1' } }
    const tasks = [{ task_key: 'gate', node_task: task }]
    const { job_id } = await owner.post<{ job_id: number }>('/api/2.2/jobs/create', {
      name: 'nightly',
      tasks,
    })
    await owner.post('/api/2.2/jobs/run-now', { job_id })
    await using someone = await visitor(browser, server.url, { locale: 'ko-KR' })
    const { tab } = someone
    const saved = async (path: string, name: string) => {
      await someone.open(path)
      return savedTable(tab, tab.getByRole('button', { name: `CSV로 다운로드: ${name}` }))
    }
    const models = await saved('/#/models', '모델')
    expect([models.name, models.lines.length]).toEqual(['모델.csv', 2])
    expect(models.lines[1]).toMatch(/^movies,champion v17,500,\d{4}-/)
    const jobs = await saved('/#/jobs', '작업')
    expect(jobs.lines[1]).toContain(`${job_id},nightly,`)
    const runs = await saved('/#/jobs?tab=runs', '작업 실행')
    expect(runs.lines[1]).toContain(`,${job_id},nightly,`)
    expect([await someone.violations(), someone.problems()]).toEqual([[], []])
  })

  test('a download that fails says so; one shows its pages and is canceled, also by leaving the page', async () => {
    await using someone = await visitor(browser, server.url, { isClosed: true })
    const { tab } = someone
    const button = tab.getByRole('button', { name: 'Download as CSV: Models' })
    const failure = button.locator('xpath=following-sibling::*[@role="alert"]') // the list has its own
    await someone.open('/#/models')
    await tab.getByRole('link', { name: 'movies', exact: true }).waitFor()
    const search = '**/registered-models/search*'
    const message = 'The search is too slow.'
    await tab.route(search, (route) =>
      route.fulfill({ status: 400, json: { error_code: 'INVALID_STATE', message } }),
    )
    await button.click()
    await failure.filter({ hasText: message }).waitFor()
    await tab.unroute(search)
    const pages: string[] = []
    await tab.route(search, (route) => {
      pages.push(route.request().url())
      return route.fulfill({ json: { registered_models: [], next_page_token: 'more' } })
    })
    const newPages = async () => {
      const before = pages.length
      await tab.waitForTimeout(200)
      return pages.length - before
    }
    await button.click()
    await tab.getByText(/^\d+ pages read$/).waitFor()
    await tab.getByRole('button', { name: 'Cancel: Download as CSV: Models' }).press('Enter')
    await tab.getByRole('status').filter({ hasText: 'Download canceled' }).waitFor()
    expect(await tab.evaluate(() => document.activeElement?.ariaLabel)).toBe('Download as CSV: Models')
    await expect.poll(newPages).toBe(0)
    const before = pages.length
    await button.click()
    await expect.poll(() => pages.length).toBeGreaterThan(before + 2)
    await someone.navigate('/#/endpoints')
    await expect.poll(newPages).toBe(0)
  })
})
