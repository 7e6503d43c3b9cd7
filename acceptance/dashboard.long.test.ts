import { readFile } from 'node:fs/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { visitor } from './browser/visitor.js'
import { logRun } from './cards/log-runs.js'
import { type Api, api } from './harness/api.js'
import { chromium, launchBrowser } from './harness/browser.js'
import { type Server, startServer } from './harness/server.js'

const MLFLOW = '/api/2.0/mlflow'
const METRICS = 3000
const RUNS = 350

/** Tasks of a dashboard of runs that no other suite does; `dashboard-rows.test.ts` lists all. */
describe.skipIf(!chromium)('the dashboard', () => {
  let server: Server
  let browser: Browser
  let owner: Api
  beforeAll(async () => {
    server = await startServer()
    browser = await launchBrowser()
    owner = api(server.url)
  })
  afterAll(async () => {
    await browser?.close()
    await server?.[Symbol.asyncDispose]()
  })

  const visit = (options?: Parameters<typeof visitor>[2]) => visitor(browser, server.url, options)
  const newExperiment = async (name: string) =>
    (await owner.post<{ experiment_id: string }>(`${MLFLOW}/experiments/create`, { name })).experiment_id
  const newRun = async (
    experiment_id: string,
    run_name: string,
    tags: Readonly<Record<string, string>> = {},
  ) => {
    const { run } = await owner.post<{ run: { info: { run_id: string } } }>(`${MLFLOW}/runs/create`, {
      ...{ experiment_id, run_name, start_time: Date.now() },
      tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
    })
    return run.info.run_id
  }
  const cell = (tab: Page, run: string) =>
    tab
      .locator('tr[data-run]', { has: tab.getByRole('link', { name: run, exact: true }) })
      .locator('td')
      .nth(1)

  test('a column is found among thousands of metrics, and shows its last, minimum, maximum or best value', async () => {
    const experiment = await newExperiment('wide')
    const run_id = await newRun(experiment, 'wide')
    for (let start = 0; start < METRICS; start += 1000)
      await owner.post(`${MLFLOW}/runs/log-batch`, {
        run_id,
        metrics: Array.from({ length: 1000 }, (_, i) => ({
          key: `loss_${start + i}`,
          value: 1,
          timestamp: 1,
        })),
      })
    for (const [step, value] of [0.5, 0.125, 0.25].entries())
      await owner.post(`${MLFLOW}/runs/log-metric`, {
        run_id,
        key: 'loss_2718',
        value,
        step: step + 1,
        timestamp: 2,
      })
    await using someone = await visit()
    const { tab } = someone
    await someone.open(`/#/experiments/${experiment}`)
    await tab.getByRole('button', { name: 'Columns', exact: true }).click()
    await tab.getByRole('searchbox', { name: 'Search columns' }).fill('2718')
    await tab.getByRole('checkbox', { name: 'loss_2718' }).check()
    await tab.keyboard.press('Escape')
    expect(new URL(tab.url()).hash).toContain('loss_2718')
    await someone.open(`/#/experiments/${experiment}?columns=metrics.loss_2718`)
    await expect.poll(() => cell(tab, 'wide').textContent()).toContain('0.2500')
    for (const [figure, value] of [
      ['Min', '0.1250'],
      ['Max', '1'],
      ['Best', '0.1250'],
    ]) {
      await tab.getByRole('button', { name: 'Column loss_2718' }).click()
      await tab.getByRole('button', { name: figure!, exact: true }).click()
      await tab.keyboard.press('Escape')
      await expect.poll(() => cell(tab, 'wide').textContent()).toContain(value)
    }
    expect(someone.problems()).toEqual([])
  })

  test('scrolling reads the pages of runs up to the last one, and the first ones again', async () => {
    const experiment = await newExperiment('long')
    for (let i = 0; i < RUNS; i++) {
      const start_time = 1_700_000_000_000 + i // of old runs, nothing on the page changes by itself
      const body = { experiment_id: experiment, run_name: `run-${i}`, start_time }
      const { run } = await owner.post<{ run: { info: { run_id: string } } }>(`${MLFLOW}/runs/create`, body)
      const ended = { run_id: run.info.run_id, status: 'FINISHED', end_time: start_time + 1 }
      await owner.post(`${MLFLOW}/runs/update`, ended)
    }
    await using someone = await visit()
    const { tab } = someone
    await someone.open(`/#/experiments/${experiment}`)
    await tab
      .getByRole('status')
      .filter({ hasText: `${RUNS} runs` })
      .waitFor()
    const scroller = tab.getByRole('treegrid', { name: 'Runs' }).locator('..')
    const last = tab.getByRole('link', { name: 'run-0', exact: true })
    const isLastShown = async () => {
      await scroller.evaluate((one) => one.scrollTo(0, one.scrollHeight))
      return last.isVisible()
    }
    await expect.poll(isLastShown).toBe(true)
    await scroller.evaluate((one) => one.scrollTo(0, 0))
    await tab.getByRole('link', { name: `run-${RUNS - 1}`, exact: true }).waitFor()
    expect(someone.problems()).toEqual([])
  })

  test('experiments show their tags, and are found by one of them', async () => {
    for (const name of ['tagged', 'untagged']) {
      const experiment_id = await newExperiment(name)
      if (name === 'tagged')
        await owner.post('/api/2.0/mlflow/experiments/set-experiment-tag', {
          ...{ experiment_id, key: 'cost center', value: 'R&D' },
        })
    }
    await using someone = await visit()
    const { tab } = someone
    await someone.open('/#/experiments')
    await tab.getByRole('link', { name: 'untagged' }).waitFor()
    await tab.getByRole('button', { name: 'cost center R&D' }).click()
    await tab.getByRole('link', { name: 'untagged' }).waitFor({ state: 'detached' })
    await tab.getByRole('link', { name: 'tagged', exact: true }).waitFor()
    const search = tab.getByRole('searchbox', { name: 'Search experiments' })
    expect(await search.inputValue()).toBe("tags.`cost center` = 'R&D'")
    expect(await someone.violations()).toEqual([])
    await search.fill('untag')
    await tab.getByRole('link', { name: 'untagged' }).waitFor()
    expect(someone.problems()).toEqual([])
  })

  test('lines of runs are grouped by a parameter with a band, and the address keeps the groups', async () => {
    const experiment = await newExperiment('groups')
    for (let i = 0; i < 4; i++) await logRun(owner, experiment, i)
    await using someone = await visit()
    const { tab } = someone
    await someone.open(`/#/experiments/${experiment}?layout=both`)
    await tab.getByRole('button', { name: 'Group', exact: true }).click()
    await tab.getByRole('checkbox', { name: 'optimizer' }).check()
    await tab.keyboard.press('Escape')
    const loss = tab.getByRole('figure', { name: 'train/loss', exact: true })
    await loss.getByRole('button', { name: 'Show table' }).click()
    const heads = () => loss.getByRole('columnheader').allTextContents()
    await expect
      .poll(heads)
      .toEqual(expect.arrayContaining([expect.stringMatching(/adam/), expect.stringMatching(/sgd/)]))
    expect(await someone.violations()).toEqual([])
    await tab.reload()
    await tab.getByRole('button', { name: /^Group: / }).waitFor()
    const legend = tab.locator('.legend')
    expect(await legend.count()).toBe(0)
    await tab.getByRole('button', { name: 'Charts', exact: true }).click()
    await expect
      .poll(async () => (await legend.getByRole('listitem').allTextContents()).sort())
      .toEqual([expect.stringMatching(/adam/), expect.stringMatching(/sgd/)])
    await loss.getByRole('button', { name: 'Full screen' }).click()
    const dialog = tab.getByRole('dialog')
    expect(await dialog.getByRole('listitem').count()).toBe(2)
    const overflow = () => dialog.evaluate((one) => one.scrollHeight - one.clientHeight)
    await expect.poll(overflow).toBeLessThanOrEqual(0)
    expect(someone.problems()).toEqual([])
  })

  test('lines are drawn in a chart for each value of a parameter, with one range of x and y', async () => {
    const experiment = await newExperiment('facets')
    const runs = []
    for (let i = 0; i < 6; i++) runs.push(await logRun(owner, experiment, i))
    const late = { key: 'train/loss', value: 0.1, step: 1000, timestamp: Date.now() }
    await owner.post(`${MLFLOW}/runs/log-metric`, { run_id: runs[0]!.run_id, ...late })
    await using someone = await visit()
    const { tab } = someone
    await someone.open(`/#/experiments/${experiment}?layout=charts`)
    const loss = tab.getByRole('figure', { name: 'train/loss', exact: true })
    await loss.getByRole('button', { name: 'Actions for train/loss' }).click()
    await loss.getByRole('button', { name: 'Edit', exact: true }).click()
    const form = tab.getByRole('dialog')
    await form.getByLabel('A chart for each value of').fill('params.layers')
    await form.getByRole('button', { name: 'Save chart' }).click()
    const card = tab.getByRole('figure', { name: 'train/loss by layers', exact: true })
    const facets = card.getByRole('region')
    await expect.poll(() => facets.locator('canvas').count()).toBe(6) // a chart has a layer for highlights
    expect(await card.getByRole('heading', { level: 4 }).allTextContents()).toEqual(
      ['1', '2', '3'].map((layers) => `layers = ${layers} 2`),
    )
    await expect.poll(() => card.getAttribute('aria-busy')).toBe('false')
    await expect.poll(() => paintsOf(tab)).toBe(0) // charts that nobody changes rest
    expect(await someone.violations()).toEqual([])
    await card.getByRole('button', { name: 'Actions for train/loss by layers' }).click()
    const [download] = await Promise.all([
      tab.waitForEvent('download'),
      card.getByRole('button', { name: 'Download CSV' }).click(),
    ])
    const csv = await readFile(await download.path(), 'utf8')
    expect(csv).toContain('layers = 3 · run-2,')
    await card.getByRole('button', { name: 'Actions for train/loss by layers' }).click()
    const [drawing] = await Promise.all([
      tab.waitForEvent('download'),
      card.getByRole('button', { name: 'Download SVG' }).click(),
    ])
    expect((await readFile(await drawing.path(), 'utf8')).match(/>1,000</g)).toHaveLength(3)
    // A zoom of one chart is the zoom of all.
    await facets.nth(1).locator('.line-chart').press('+')
    await card.getByRole('button', { name: 'Reset zoom' }).waitFor()
    await expect.poll(() => card.getAttribute('aria-busy')).toBe('false')
    await card.getByRole('button', { name: 'Actions for train/loss by layers' }).click()
    const [zoomed] = await Promise.all([
      tab.waitForEvent('download'),
      card.getByRole('button', { name: 'Download SVG' }).click(),
    ])
    const ticks = await readFile(await zoomed.path(), 'utf8')
    expect([ticks.match(/>1,000</g), ticks.match(/>500</g)?.length]).toEqual([null, 3])
    await card.getByRole('button', { name: 'Reset zoom' }).click()
    await card.getByRole('button', { name: 'Reset zoom' }).waitFor({ state: 'detached' })
    await tab.reload()
    await card.getByRole('button', { name: 'Show table' }).click()
    await expect.poll(() => facets.getByRole('table').count()).toBe(3)
    expect(someone.problems()).toEqual([])
  })

  test('a run shows the runs above it and its lineage, and the table shows the tree', async () => {
    const experiment = await newExperiment('nested')
    let above = ''
    for (const name of ['sweep', 'fold', 'seed', 'epoch'])
      above = await newRun(experiment, name, above ? { 'mlflow.parentRunId': above } : {})
    await owner.post(`${MLFLOW}/runs/log-inputs`, {
      run_id: above,
      datasets: [{ dataset: { name: 'ratings', digest: 'd', source_type: 'local', source: 'x' } }],
    })
    await using someone = await visit()
    const { tab } = someone
    await someone.open(`/#/experiments/${experiment}`)
    await expect
      .poll(() =>
        tab.locator('tr[data-run]').evaluateAll((all) => all.map((row) => row.getAttribute('aria-level'))),
      )
      .toEqual(['1', '2', '3', '4'])
    await tab.getByRole('link', { name: 'epoch', exact: true }).click()
    const trail = tab.locator('.breadcrumbs')
    await expect
      .poll(() => trail.getByRole('link').allTextContents())
      .toEqual(['Experiments', 'nested', 'sweep', 'fold', 'seed'])
    await tab.getByRole('region', { name: 'Lineage' }).getByText('ratings').waitFor()
    expect(await someone.violations()).toEqual([])
    await trail.getByRole('link', { name: 'fold' }).click()
    await tab.getByRole('heading', { name: 'fold', level: 1 }).waitFor()
    const [, fold] = /runs\/(\w+)/.exec(tab.url())!
    await owner.post(`${MLFLOW}/runs/set-tag`, { run_id: fold, key: 'cairn.best_run_id', value: above })
    await tab.getByRole('region', { name: 'Details' }).getByRole('link', { name: 'epoch' }).click()
    await tab.getByRole('heading', { name: 'epoch', level: 1 }).waitFor()
    expect(someone.problems()).toEqual([])
  })

  test('a run shows the line of runs that it was forked from, its forks, and compares them', async () => {
    const experiment = await newExperiment('forks')
    const fork = (name: string, of: string, step: number) =>
      newRun(experiment, name, { 'cairn.forked_from': of, 'cairn.fork_step': String(step) })
    const base = await fork('base', 'purged', 7)
    const second = await fork('second', base, 1000)
    await newRun(await newExperiment('elsewhere'), 'tuned', { 'cairn.forked_from': second })
    await using someone = await visit()
    const { tab } = someone
    await someone.open(`/#/experiments/${experiment}/runs/${second}`)
    const history = tab.getByRole('region', { name: 'Fork history' })
    const lines = () => history.getByRole('listitem').allInnerTexts()
    await expect
      .poll(lines)
      .toEqual([
        expect.stringContaining('Earlier runs are not shown.'),
        expect.stringMatching(/base[\s\S]*from step 7/),
        expect.stringMatching(/second[\s\S]*from step 1,000/),
        expect.stringMatching(/tuned\s+in elsewhere/),
      ])
    await fork('third', second, 2000)
    await history.getByRole('list', { name: 'Forks' }).getByRole('link', { name: 'third' }).waitFor()
    expect(await someone.violations()).toEqual([])
    await history.getByRole('link', { name: 'Compare all' }).click()
    await tab.getByRole('heading', { name: 'Compare 4 runs' }).waitFor()
    await someone.open(`/#/experiments/${experiment}/runs/${base}`)
    await history.getByRole('link', { name: 'second' }).press('Enter')
    await tab.getByRole('heading', { name: 'second', level: 1 }).waitFor()
    expect(someone.problems()).toEqual([])
  })

  test('a run that was logged offline says so', async () => {
    const run = await newRun('0', 'far away', { 'cairn.offline': 'true' })
    await using someone = await visit()
    await someone.open(`/#/experiments/0/runs/${run}`)
    await someone.tab.getByText('Offline, uploaded later').waitFor()
    expect(someone.problems()).toEqual([])
  })
})

/** The number of lines that are painted on canvases of the page in a moment. */
const paintsOf = (tab: Page) =>
  tab.evaluate(async () => {
    const { prototype } = CanvasRenderingContext2D
    const stroke = prototype.stroke
    let paints = 0
    prototype.stroke = new Proxy(stroke, {
      apply(target, context, path) {
        paints++
        return Reflect.apply(target, context, path)
      },
    })
    await new Promise((resolve) => setTimeout(resolve, 300))
    prototype.stroke = stroke
    return paints
  })
