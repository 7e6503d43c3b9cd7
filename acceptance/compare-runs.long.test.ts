import type { Browser, Page, Request } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { visitor, waitUntilStable } from './browser/visitor.js'
import { type Api, api } from './harness/api.js'
import { chromium, launchBrowser } from './harness/browser.js'
import { type Server, startServer } from './harness/server.js'

const MLFLOW = '/api/2.0/mlflow'
const POINTS = 100_000
const SPIKE = 50_021
const RUNS = 120

describe.skipIf(!chromium)('charts and comparisons', () => {
  let server: Server
  let browser: Browser
  let mlflow: Api
  let experiment: string
  let long: string
  let many: string[]
  beforeAll(async () => {
    server = await startServer()
    browser = await launchBrowser()
    mlflow = api(server.url)
    const created = await mlflow.post<{ experiment_id: string }>(`${MLFLOW}/experiments/create`, {
      name: 'charts',
    })
    experiment = created.experiment_id
    long = await createRun('long')
    for (let start = 0; start < POINTS; start += 1000)
      await log(
        long,
        Array.from({ length: 1000 }, (_, i) => ({
          key: 'loss',
          value: start + i === SPIKE ? 1000 : 1,
          step: start + i,
          timestamp: 1_700_000_000_000 + start + i,
        })),
      )
    many = await Promise.all(Array.from({ length: RUNS }, (_, i) => createRun(`run-${i}`)))
    await Promise.all(
      many.map((run_id, i) =>
        mlflow.post(`${MLFLOW}/runs/log-batch`, {
          run_id,
          metrics: [0, 1, 2].map((step) => ({
            key: 'recall_at_10',
            value: i / 100 + step,
            step,
            timestamp: step,
          })),
          params: [
            ...Array.from({ length: 80 }, (_, key) => ({ key: `p_${key}`, value: String(i) })),
            { key: 'same', value: 'x' },
          ],
        }),
      ),
    )
  })
  afterAll(async () => {
    await browser?.close()
    await server?.[Symbol.asyncDispose]()
  })

  const createRun = async (run_name: string) => {
    const body = { experiment_id: experiment, run_name, start_time: Date.now() }
    const { run } = await mlflow.post<{ run: { info: { run_id: string } } }>(`${MLFLOW}/runs/create`, body)
    return run.info.run_id
  }
  const log = (run_id: string, metrics: object[]) =>
    mlflow.post(`${MLFLOW}/runs/log-batch`, { run_id, metrics })

  /** The requests to an operation from now on. */
  function requestsOf(tab: Page, path: string): Request[] {
    const found: Request[] = []
    tab.on('request', (request) => {
      if (new URL(request.url()).pathname === path) found.push(request)
    })
    return found
  }

  test('a spike of one point in 100,000 is visible at every zoom, and live points keep the zoom', async () => {
    await using someone = await visitor(browser, server.url)
    const { tab } = someone
    const asked = requestsOf(tab, '/api/cairn/v1/metrics/packed-buckets')
    await someone.open(`/#/experiments/${experiment}/runs/${long}?tab=curves`)
    const chart = tab.getByRole('figure', { name: 'loss' })
    await chart.locator('canvas').first().waitFor()
    await chart.getByRole('button', { name: 'Show table' }).click()
    await chart.getByText('1 – 1,000').first().waitFor()
    await chart.getByRole('button', { name: 'Show chart' }).click()
    for (let zoom = 0; zoom < 3; zoom++) await chart.getByRole('img', { name: 'loss' }).press('+')
    await chart.getByRole('button', { name: 'Reset zoom' }).waitFor()
    await expect.poll(() => asked.at(-1)?.postDataJSON().start_step).toBeGreaterThan(40_000)
    const before = asked.length
    const point = { key: 'loss', value: 1, timestamp: 1_700_000_200_000 }
    await log(long, [{ ...point, step: POINTS }])
    await waitUntilStable(tab)
    await log(long, [{ ...point, step: SPIKE + 1 }])
    await expect.poll(() => asked.length).toBe(before + 1) // none for the point that is out of sight
    await waitUntilStable(tab)
    await chart.getByRole('button', { name: 'Reset zoom' }).waitFor()
    await chart.getByRole('button', { name: 'Show table' }).click()
    await chart.getByText('1 – 1,000').first().waitFor()
    expect(await someone.violations()).toEqual([])
    expect(someone.problems()).toEqual([])
  })

  test('a run is compared with others from its page, and stays selected while the table is filtered', async () => {
    await using someone = await visitor(browser, server.url)
    const { tab } = someone
    await someone.open(`/#/experiments/${experiment}/runs/${many[5]}`)
    await tab.getByRole('link', { name: 'Compare with other runs' }).click()
    await tab.getByText('Select another run to compare').waitFor()
    const filter = tab.getByRole('combobox', { name: 'Filter runs' })
    await filter.fill('metrics.recall_at_10 > 3.185')
    await filter.press('Enter')
    await tab.getByRole('row', { name: /run-118/ }).waitFor({ state: 'detached' })
    await tab
      .getByRole('row', { name: /run-119/ })
      .getByRole('checkbox')
      .check()
    await tab.getByRole('link', { name: 'Compare', exact: true }).click()
    await tab.getByRole('heading', { level: 1, name: 'Compare 2 runs' }).waitFor()
    expect(new URL(tab.url()).hash).toBe(`#/compare?runs=${many[5]},${many[119]}`)
    expect(someone.problems()).toEqual([])
  })

  test('a chart zooms by dragging, and its tooltip shows the colour of the line', async () => {
    await using someone = await visitor(browser, server.url)
    const { tab } = someone
    await someone.open(`/#/experiments/${experiment}/runs/${long}?tab=curves`)
    const chart = tab.getByRole('figure', { name: 'loss' })
    const box = (await chart.locator('.u-over').boundingBox())!
    const at = (share: number) => [box.x + box.width * share, box.y + box.height / 2] as const
    await tab.mouse.move(...at(0.3))
    const swatch = chart.locator('.chart-tooltip i').first()
    await expect
      .poll(() => swatch.evaluate((one) => getComputedStyle(one).backgroundColor))
      .not.toBe('rgba(0, 0, 0, 0)')
    await tab.mouse.down()
    await tab.mouse.move(...at(0.6), { steps: 4 })
    await tab.mouse.up()
    await chart.getByRole('button', { name: 'Reset zoom' }).click()
    await expect.poll(() => chart.getByRole('button', { name: 'Reset zoom' }).count()).toBe(0)
    expect(someone.problems()).toEqual([])
  })

  test('a failed chart offers a retry', async () => {
    await using someone = await visitor(browser, server.url)
    const { tab } = someone
    await tab.route('**/api/cairn/v1/metrics/packed-buckets', (route) =>
      route.fulfill({ status: 400, body: '{}' }),
    )
    await someone.open(`/#/experiments/${experiment}/runs/${long}?tab=curves`)
    const chart = tab.getByRole('figure', { name: 'loss' })
    await chart.getByRole('alert').waitFor()
    await tab.unroute('**/api/cairn/v1/metrics/packed-buckets')
    await chart.getByRole('button', { name: 'Try again' }).click()
    await chart.locator('canvas').first().waitFor()
  })

  test('many runs are compared by URL in one request each for runs and keys, with a legend and a virtual table', async () => {
    await using someone = await visitor(browser, server.url)
    const { tab } = someone
    const single = requestsOf(tab, `${MLFLOW}/runs/get`)
    const keys = requestsOf(tab, '/api/cairn/v1/runs/compare')
    await someone.open(`/#/compare?runs=${many}`)
    await tab.getByRole('heading', { name: `Compare ${RUNS} runs` }).waitFor()
    const params = tab.getByRole('region', { name: 'Parameters' })
    await params.getByRole('rowheader', { name: 'p_2', exact: true }).waitFor()
    const names = await params.getByRole('rowheader').allTextContents()
    expect(names.slice(0, 4)).toEqual(['p_0', 'p_1', 'p_2', 'p_3'])
    expect(names.length).toBeLessThan(60)
    await expect.poll(() => params.getByRole('cell', { name: '1', exact: true }).count()).toBeGreaterThan(0)
    await params
      .locator('.comparison-scroll')
      .evaluate((one) => one.scrollTo(one.scrollWidth, one.scrollHeight))
    await params.getByRole('rowheader', { name: 'p_79', exact: true }).waitFor()
    await params.getByRole('columnheader', { name: `run-${RUNS - 1}` }).waitFor()
    const legend = tab.getByRole('region', { name: 'Compared runs' })
    await legend.getByRole('searchbox').fill('run-42')
    await expect.poll(() => legend.getByRole('listitem').count()).toBe(1)
    await legend.getByRole('button', { name: 'Set as baseline' }).click()
    await tab.getByRole('figure').first().scrollIntoViewIfNeeded()
    await tab.getByRole('figure').locator('canvas').first().waitFor()
    expect(await tab.evaluate(() => document.querySelectorAll('*').length)).toBeLessThan(5000)
    expect([single.length, keys.length]).toEqual([0, 1])
    expect(await someone.violations()).toEqual([])
    expect(someone.problems()).toEqual([])
  })

  test('runs that were not found are counted', async () => {
    await using someone = await visitor(browser, server.url)
    await someone.open(`/#/compare?runs=${many[0]},${many[1]},${'f'.repeat(32)}`)
    await someone.tab.getByText('1 run does not exist, or you do not have access to it.').waitFor()
    expect(someone.problems()).toEqual([])
  })

  test('live points patch rows of the table, which has an exact count', async () => {
    await using someone = await visitor(browser, server.url)
    const { tab } = someone
    const searches = requestsOf(tab, `${MLFLOW}/runs/search`)
    const connected = tab.waitForResponse(
      (response) =>
        response.url().endsWith('/api/cairn/v1/events') &&
        response.headers()['content-type']!.includes('text/event-stream'),
    )
    await someone.open(`/#/experiments/${experiment}`)
    const { 'last-event-id': position } = (await connected).request().headers()
    const loads = position === undefined ? 2 : 1 // a page that does not know where its data end reads them again
    await expect.poll(() => searches.length).toBe(loads)
    await tab
      .getByRole('status')
      .filter({ hasText: `${RUNS + 1} runs` })
      .waitFor()
    await waitUntilStable(tab)
    let bytes = 0
    tab.on('response', async (response) => {
      if (!response.url().endsWith('/events')) bytes += (await response.body()).length
    })
    const last = many[RUNS - 1]!
    const row = tab.locator(`tr[data-run="${last}"]`)
    for (const value of [0.1, 0.2, 0.3, 0.4, 0.5]) {
      await log(last, [{ key: 'recall_at_10', value, step: 3 + value * 10, timestamp: 1 }])
      await expect.poll(() => row.textContent()).toContain(`0.${value * 10}000`)
    }
    expect(searches.length).toBe(loads)
    expect(bytes).toBeLessThan(50_000)
    expect(someone.problems()).toEqual([])
  })

  test('Back undoes a filter, and widths of columns are kept', async () => {
    await using someone = await visitor(browser, server.url)
    const { tab } = someone
    await someone.open(`/#/experiments/${experiment}`)
    const filter = tab.getByRole('combobox', { name: 'Filter runs' })
    await filter.fill("attributes.run_name = 'run-7'")
    await filter.press('Enter')
    await tab
      .getByRole('status')
      .filter({ hasText: /^1 run/ })
      .waitFor()
    await tab.goBack()
    await tab
      .getByRole('status')
      .filter({ hasText: `${RUNS + 1} runs` })
      .waitFor()
    const header = tab.getByRole('columnheader', { name: 'R@10' })
    const before = (await header.boundingBox())!
    await tab.mouse.move(before.x + before.width - 2, before.y + 10)
    await tab.mouse.down()
    await tab.mouse.move(before.x + before.width + 58, before.y + 10, { steps: 4 })
    await tab.mouse.up()
    const width = async () => Math.round((await header.boundingBox())?.width ?? 0)
    await expect.poll(width).toBe(Math.round(before.width) + 60)
    await tab.reload()
    await expect.poll(width).toBe(Math.round(before.width) + 60)
    expect(someone.problems()).toEqual([])
  })
})
