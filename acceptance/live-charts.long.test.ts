import { readFile } from 'node:fs/promises'
import type { Browser, Page, Request } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { visitor } from './browser/visitor.js'
import { type Api, api } from './harness/api.js'
import { chromium, launchBrowser } from './harness/browser.js'
import { type Server, startServer } from './harness/server.js'

const MLFLOW = '/api/2.0/mlflow'
const BUCKETS = '/api/cairn/v1/metrics/packed-buckets'
const RUNS = 4
const POINTS = 40_000
/** Points that a run logs to the open chart. Its buckets have 64 steps until there are more than 1,000 of them. */
const LIVE = 300

describe.skipIf(!chromium)('charts of live runs', () => {
  let server: Server
  let browser: Browser
  let mlflow: Api
  let runs: string[]
  beforeAll(async () => {
    server = await startServer()
    browser = await launchBrowser()
    mlflow = api(server.url)
    const { experiment_id } = await mlflow.post<{ experiment_id: string }>(`${MLFLOW}/experiments/create`, {
      name: 'live charts',
    })
    runs = []
    for (let i = 0; i < RUNS; i++) {
      const body = { experiment_id, run_name: `run-${i}`, start_time: Date.now() }
      const { run } = await mlflow.post<{ run: { info: { run_id: string } } }>(`${MLFLOW}/runs/create`, body)
      runs.push(run.info.run_id)
      for (let start = 0; start < POINTS; start += 1000) await log(run.info.run_id, start, 1000)
    }
  })
  afterAll(async () => {
    await browser?.close()
    await server?.[Symbol.asyncDispose]()
  })

  const log = (run_id: string, start: number, count: number) =>
    mlflow.post(`${MLFLOW}/runs/log-batch`, {
      run_id,
      metrics: Array.from({ length: count }, (_, i) => ({
        ...{ key: 'loss', step: start + i, timestamp: 1_700_000_000_000 + start + i },
        value: Math.sin((start + i) / 900) + ((start + i) % 7),
      })),
    })

  const figure = (tab: Page) => tab.getByRole('figure', { name: 'loss', exact: true })

  /** Opens the comparison of the runs, and waits until their chart is drawn and follows them. */
  async function open() {
    const someone = await visitor(browser, server.url, { isClosed: true })
    const { tab } = someone
    const requests: Request[] = []
    tab.on('request', (request) => requests.push(request))
    const streaming = tab.waitForResponse((response) => response.url().endsWith('/api/cairn/v1/events'))
    await someone.open(`/#/compare?runs=${runs}`)
    await streaming
    await figure(tab).scrollIntoViewIfNeeded()
    await figure(tab).locator('canvas').first().waitFor()
    await expect.poll(() => figure(tab).getAttribute('aria-busy')).toBe('false')
    const asked = () =>
      requests
        .filter((request) => new URL(request.url()).pathname === BUCKETS)
        .map((request) => request.postDataJSON() as { run_ids: string[]; start_step?: number })
    return { someone, tab, requests, asked }
  }

  /** The table of the chart, which has all of its values. */
  async function csvOf(tab: Page) {
    const download = tab.waitForEvent('download')
    await figure(tab).getByRole('button', { name: 'Actions for loss' }).click()
    await tab.getByRole('button', { name: 'Download CSV' }).click()
    return readFile(await (await download).path(), 'utf8')
  }

  test('reads the buckets that changed, and shows what a fresh page shows', async () => {
    const { someone, tab, asked } = await open()
    await using _closed = someone
    const before = asked().length
    for (let step = 0; step < LIVE; step += 10) {
      await log(runs[1]!, POINTS + step, 10)
      await tab.waitForTimeout(50)
    }
    await log(runs[2]!, 100, 10) // a run that repeats steps
    await expect.poll(() => asked().flatMap(({ run_ids }) => run_ids)).toContain(runs[2])
    const reads = asked().slice(before)
    for (const { run_ids } of reads) expect(run_ids.length).toBeLessThan(RUNS)
    expect(reads.some(({ start_step = 0 }) => start_step > POINTS - 200)).toBe(true)
    const last = String(POINTS + LIVE - 1)
    await expect.poll(() => csvOf(tab)).toContain(last)
    const live = await csvOf(tab)
    const { someone: other, tab: fresh } = await open()
    await using _other = other
    expect(await csvOf(fresh)).toBe(live)
    expect(someone.problems()).toEqual([])
  })

  test('a hidden page requests nothing, and catches up when it is seen', async () => {
    const { someone, tab, requests, asked } = await open()
    await using _closed = someone
    await setHidden(tab, true)
    const before = requests.length
    for (let i = 0; i < 10; i++) {
      await log(runs[0]!, POINTS + LIVE + i, 1)
      await tab.waitForTimeout(300)
    }
    expect(requests.slice(before).map((request) => request.url())).toEqual([])
    const known = asked().length
    await setHidden(tab, false)
    await expect.poll(() => asked().slice(known)).not.toEqual([])
    await expect.poll(() => csvOf(tab)).toContain(String(POINTS + LIVE + 9))
  })
})

/** Emulates another tab in front of the page. */
const setHidden = (tab: Page, hidden: boolean) =>
  tab.evaluate((isHidden) => {
    const state = isHidden ? 'hidden' : 'visible'
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => isHidden })
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state })
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
  }, hidden)
