import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { holdRequests } from './browser/hold-requests.js'
import { visitor } from './browser/visitor.js'
import { type Api, api } from './harness/api.js'
import { chromium, launchBrowser } from './harness/browser.js'
import { type Server, startServer } from './harness/server.js'

const MLFLOW = '/api/2.0/mlflow'
const RUNS = 30
const KINDS = ['als', 'bert4rec', 'xgboost']

interface Run {
  readonly data: { readonly tags: { readonly key: string; readonly value: string }[] }
}

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
  const rows = (tab: Page) => tab.locator('tbody tr[data-row]')
  const namesOf = async (tab: Page, count: number) =>
    (await tab.locator('tbody tr[data-run] a').allTextContents()).slice(0, count)
  const cell = (tab: Page, run: string, index: number) =>
    tab
      .locator('tr[data-run]', { has: tab.getByRole('link', { name: run, exact: true }) })
      .locator(`[aria-colindex="${index}"]`)
      .textContent()
  const search = (filter: string) =>
    owner.post<{ runs: Run[] }>(`${MLFLOW}/runs/search`, { experiment_ids: [experiment], filter })
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

  test('eyes, colours and pins of runs are chosen by mouse and keyboard, and kept', async () => {
    await using someone = await visit()
    const { tab } = someone
    await someone.open(page('?layout=both'))
    await tab.getByRole('button', { name: 'Runs in charts' }).click()
    await tab.getByRole('button', { name: 'First 20' }).click()
    await tab.getByRole('heading', { name: 'Charts of 20 runs' }).waitFor()
    await rows(tab).first().focus()
    await tab.keyboard.press('e')
    await tab.getByRole('heading', { name: 'Charts of 19 runs' }).waitFor()
    await tab.keyboard.press('ArrowDown')
    await tab.keyboard.press('ArrowDown')
    await tab.keyboard.press('p')
    await expect.poll(() => namesOf(tab, 2)).toEqual(['run-27', 'run-29'])

    await tab.getByRole('button', { name: 'Color of run-29' }).click()
    await tab.getByRole('button', { name: 'Color 4' }).click()
    expect(await someone.violations()).toEqual([])
    await tab.getByRole('button', { name: 'Use in this browser' }).click()
    const colour = () =>
      tab.getByRole('button', { name: 'Color of run-29' }).locator('span').getAttribute('style')
    await expect.poll(colour).toContain('--series-3')
    await tab.reload()
    await expect.poll(colour).toContain('--series-3')
    await expect.poll(() => namesOf(tab, 2)).toEqual(['run-27', 'run-29'])
    await tab.getByRole('button', { name: 'Color of run-28' }).click()
    await tab.getByRole('button', { name: 'Color 5' }).click()
    await tab.getByRole('button', { name: 'Use for everyone' }).click()
    await tab.getByRole('dialog').waitFor({ state: 'hidden' })
    const { runs } = await search("attributes.run_name = 'run-28'")
    expect(runs[0]!.data.tags).toContainEqual({ key: 'mlflow.runColor', value: 'var(--series-4)' })
    expect(someone.problems()).toEqual([])
  })

  test('columns are moved by drag and keyboard, pinned, hidden and added, and show the minimum', async () => {
    await using someone = await visit()
    const { tab } = someone
    await someone.open(page('?columns=metrics.loss,params.model,params.factors'))
    const heads = () =>
      tab.locator('thead th').evaluateAll((all) => all.map((one) => one.getAttribute('data-column')))
    await tab
      .getByRole('button', { name: 'factors', exact: true })
      .dragTo(tab.getByRole('columnheader', { name: 'loss' }))
    await expect
      .poll(heads)
      .toEqual(['attributes.run_name', 'params.factors', 'metrics.loss', 'params.model'])
    await tab.getByRole('button', { name: 'factors', exact: true }).press('Alt+ArrowRight')
    await expect
      .poll(heads)
      .toEqual(['attributes.run_name', 'metrics.loss', 'params.factors', 'params.model'])
    const act = async (column: string, action: string) => {
      await tab.getByRole('button', { name: `Column ${column}` }).click()
      await tab.getByRole('button', { name: action, exact: true }).click()
    }
    await act('model', 'Pin column')
    await expect
      .poll(heads)
      .toEqual(['attributes.run_name', 'params.model', 'metrics.loss', 'params.factors'])
    await act('factors', 'Hide column')
    await expect.poll(() => cell(tab, 'run-29', 3)).toBe('31')
    await act('loss', 'Min')
    await expect.poll(() => cell(tab, 'run-29', 3)).toBe('1')
    await tab.keyboard.press('Escape')

    const searches: string[] = []
    tab.on('request', (request) => searches.push(request.url()))
    await tab.getByRole('button', { name: 'Columns' }).click()
    await tab.getByRole('searchbox', { name: 'Search columns' }).fill('metric_')
    const listed = () =>
      tab
        .locator('.picker [data-column]')
        .evaluateAll((all) => all.map((one) => one.getAttribute('data-column')))
    await expect.poll(listed).toEqual(['metrics.metric_2', 'metrics.metric_10'])
    await tab.getByRole('checkbox', { name: 'metric_10' }).check()
    await expect.poll(() => cell(tab, 'run-29', 4)).toBe('10')
    expect(searches.filter((url) => url.includes('runs/search'))).toEqual([])
    await tab.getByRole('checkbox', { name: 'Only columns that differ' }).check()
    await expect.poll(heads).toEqual(['attributes.run_name', 'params.model', 'metrics.loss'])
    expect(await someone.violations()).toEqual([])
    expect(someone.problems()).toEqual([])
  })

  test('rows are grouped by nested keys with mean and spread, and expanded', async () => {
    await using someone = await visit()
    const { tab } = someone
    await someone.open(page('?columns=metrics.precision_at_10'))
    await tab.getByRole('button', { name: 'Group', exact: true }).click()
    await tab.getByRole('checkbox', { name: 'model', exact: true }).check()
    await tab.getByRole('checkbox', { name: 'Dataset', exact: true }).check()
    await tab.getByRole('button', { name: 'Min–max' }).click()
    await tab.keyboard.press('Escape')
    const groups = () => tab.locator('tr.group-row').allTextContents()
    await expect
      .poll(groups)
      .toEqual(KINDS.map((kind, i) => expect.stringMatching(`model ${kind}10 runs.*0${i ? '\\.' : '–'}`)))
    await tab.locator('tr.group-row').first().focus()
    await tab.keyboard.press('ArrowRight')
    await expect.poll(async () => (await groups())[1]).toMatch(/Dataset ml-05 runs/)
    await tab.keyboard.press('ArrowDown')
    await tab.keyboard.press('Enter')
    await expect.poll(() => namesOf(tab, 9)).toEqual(['run-24', 'run-18', 'run-12', 'run-6', 'run-0'])
    expect(await someone.violations()).toEqual([])
    await tab.reload()
    await expect.poll(async () => (await groups()).length).toBe(3)
    expect(someone.problems()).toEqual([])
  })

  test('a filter is built from conditions with known keys and values, counted, and undone by Back', async () => {
    await using someone = await visit()
    const { tab } = someone
    await someone.open(page())
    await tab.getByRole('button', { name: 'Build filter' }).click()
    await tab.getByRole('group', { name: 'Started in' }).getByRole('button', { name: 'Last 7 days' }).click()
    await expect.poll(() => tab.url()).toMatch(/filter=attributes\.start_time\+%3E%3D\+\d{13}/)
    await tab.getByRole('button', { name: 'Build filter' }).click()
    expect(await tab.getByLabel('Value', { exact: true }).inputValue()).toMatch(/^\d{4}-\d\d-\d\dT/)
    await someone.open(page())
    await tab.getByRole('button', { name: 'Build filter' }).click()
    const condition = tab.getByRole('group', { name: 'Condition 1' })
    await condition.getByRole('combobox', { name: 'Key' }).fill('params.model')
    await expect
      .poll(() =>
        condition
          .locator('datalist')
          .last()
          .locator('option')
          .evaluateAll((all) => all.map((one) => (one as HTMLOptionElement).value)),
      )
      .toEqual(KINDS)
    await condition.getByRole('combobox', { name: 'Value' }).fill('als')
    await tab.getByText('10 runs match').waitFor()
    expect(await someone.violations()).toEqual([])
    await tab.getByRole('button', { name: 'Filter', exact: true }).last().click()
    const field = tab.getByRole('combobox', { name: 'Filter runs' })
    await expect.poll(() => field.inputValue()).toBe("params.model = 'als'")
    await tab.getByText('10 runs', { exact: true }).waitFor()
    await field.fill("params.model = 'als' AND fac")
    const suggestions = tab.getByRole('listbox', { name: 'Suggestions' })
    await suggestions.getByRole('option', { name: 'params.factors', exact: true }).waitFor()
    expect(await someone.violations()).toEqual([])
    await field.press('ArrowDown')
    await field.press('Enter')
    await expect.poll(() => field.inputValue()).toBe("params.model = 'als' AND params.factors ")
    await suggestions.getByRole('option', { name: '=', exact: true }).click()
    await suggestions.getByRole('option', { name: "'16'", exact: true }).click()
    await expect.poll(() => field.inputValue()).toBe("params.model = 'als' AND params.factors = '16' ")
    await field.press('Escape')
    await suggestions.waitFor({ state: 'hidden' })
    await field.fill("params.model = 'als' AND params.factors = '16'")
    await tab.getByText('5 runs match').waitFor()
    await field.fill("params.model RLIKE '^(als|bert.*)$' OR params.factors = '16'")
    await tab.getByText('25 runs match').waitFor()
    await tab.goBack()
    await expect.poll(() => field.inputValue()).toBe('')
    await tab.getByText('30 runs', { exact: true }).waitFor()
    expect(someone.problems()).toEqual([])
  })

  test('a table that was scrolled shows its first rows after a click on a header and after a filter', async () => {
    await using someone = await visit()
    const { tab } = someone
    await tab.setViewportSize({ width: 1280, height: 500 })
    await someone.open(page('?columns=metrics.loss'))
    const link = (run: string) => tab.getByRole('link', { name: run, exact: true })
    const scrollToEnd = async () => {
      await table(tab)
        .locator('..')
        .evaluate((scroller) => scroller.scrollTo(0, scroller.scrollHeight))
      await expect.poll(() => table(tab).evaluate((one) => one.parentElement!.scrollTop)).toBeGreaterThan(300)
    }
    await link('run-29').waitFor()
    await scrollToEnd()
    await tab.getByRole('button', { name: 'loss', exact: true }).press('Enter')
    await expect.poll(() => namesOf(tab, 2)).toEqual(['run-29', 'run-28'])
    expect(await table(tab).evaluate((one) => one.parentElement!.scrollTop)).toBe(0)
    await scrollToEnd()
    const field = tab.getByRole('combobox', { name: 'Filter runs' })
    await field.fill('metrics.loss < 30')
    await field.press('Escape')
    await field.press('Enter')
    await expect.poll(() => namesOf(tab, 2)).toEqual(['run-27', 'run-26'])
    expect(await table(tab).evaluate((one) => one.parentElement!.scrollTop)).toBe(0)
    expect(someone.problems()).toEqual([])
  })

  test('views are saved, opened by their address and by default, renamed and deleted', async () => {
    await using someone = await visit()
    const { tab } = someone
    await someone.open(page('?columns=params.model&group=params.factors'))
    const views = tab.getByRole('button', { name: /Views|By factors|Mine/ })
    await views.click()
    await tab.getByRole('button', { name: 'Save as new view' }).click()
    await tab.getByRole('textbox', { name: 'Name' }).fill('By factors')
    await tab.getByRole('checkbox', { name: 'Share with everyone who can read this experiment' }).check()
    await tab.getByRole('checkbox', { name: 'Use as default view of this experiment' }).check()
    expect(await someone.violations()).toEqual([])
    await tab.getByRole('button', { name: 'Save view' }).click()
    await expect.poll(() => tab.url()).toMatch(/view=\w+/)
    const id = /view=(\w+)/.exec(tab.url())![1]!

    await someone.open(page())
    await expect.poll(() => tab.url()).toContain('group=params.factors')
    await someone.open(page(`?view=${id}`))
    await expect.poll(() => tab.locator('tr.group-row').count()).toBe(2)
    await tab.getByRole('button', { name: 'Table and charts' }).click()
    await tab.getByText('edited').waitFor()
    await views.click()
    await tab.getByRole('button', { name: 'Save changes to By factors' }).click()
    await tab.getByText('edited').waitFor({ state: 'hidden' })
    await views.click()
    await tab.getByRole('button', { name: 'Rename By factors' }).click()
    await tab.getByRole('textbox', { name: 'Name' }).fill('Mine')
    await tab.getByRole('button', { name: 'Rename', exact: true }).click()
    await views.getByText('Mine').waitFor()
    await views.click()
    await tab.getByRole('button', { name: 'Delete Mine' }).click()
    await tab.getByRole('button', { name: 'Delete view' }).click()
    await tab.getByRole('button', { name: 'Views' }).waitFor()
    await someone.open(page())
    expect(tab.url()).not.toContain('group=')
    expect(someone.problems()).toEqual([])
  })

  test('selected runs are tagged, deleted after a confirmation, restored and purged; all runs are downloaded', async () => {
    await using someone = await visit()
    const { tab } = someone
    const file = tab.waitForEvent('download')
    await someone.open(page('?columns=params.model'))
    await tab.getByRole('button', { name: 'Download CSV' }).click()
    const text = await (await file)
      .createReadStream()
      .then(async (stream) => (await stream.toArray()).join(''))
    expect(text.trim().split('\r\n')).toHaveLength(RUNS + 1)
    await tab.getByRole('checkbox', { name: 'Select run-1', exact: true }).check()
    await tab.getByRole('checkbox', { name: 'Select run-2', exact: true }).check()
    await tab.getByRole('button', { name: 'Tag', exact: true }).click()
    await tab.getByRole('textbox', { name: 'Key' }).fill('reviewed')
    await tab.getByRole('textbox', { name: 'Value' }).fill('yes')
    await tab.getByRole('button', { name: 'Set tag' }).click()
    await expect.poll(async () => (await search("tags.reviewed = 'yes'")).runs.length).toBe(2)
    await tab.getByRole('checkbox', { name: 'Select run-3', exact: true }).check()
    await tab.getByRole('button', { name: 'Tag', exact: true }).click()
    await tab.getByRole('button', { name: 'Remove', exact: true }).click()
    await tab.getByLabel('Key').selectOption('reviewed (2 runs)')
    expect(await someone.violations()).toEqual([])
    await tab.getByRole('button', { name: 'Remove tag' }).click()
    await tab.getByRole('dialog').waitFor({ state: 'detached' })
    expect((await search("tags.reviewed = 'yes'")).runs ?? []).toEqual([])
    await tab.getByRole('checkbox', { name: 'Select run-3', exact: true }).uncheck()
    await tab.getByRole('button', { name: 'Delete', exact: true }).click()
    const dialog = tab.getByRole('dialog', { name: 'Delete 2 runs' })
    expect(await someone.violations()).toEqual([])
    await dialog.getByRole('button', { name: 'Delete' }).click()
    await tab.getByText('28 runs', { exact: true }).waitFor()
    const release = await holdRequests(tab, '**/runs/search')
    await tab.getByRole('button', { name: 'Deleted' }).click()
    await rows(tab).first().waitFor({ state: 'detached' }) // none that could be selected for deletion
    release()
    await tab.getByRole('checkbox', { name: 'Select all loaded runs' }).check()
    await tab.getByRole('checkbox', { name: 'Select run-2', exact: true }).uncheck()
    await tab.getByRole('button', { name: 'Delete permanently' }).click()
    await tab.getByRole('dialog').getByRole('button', { name: 'Delete permanently' }).click()
    await tab.getByRole('link', { name: 'run-1', exact: true }).waitFor({ state: 'hidden' })
    await tab.getByRole('checkbox', { name: 'Select all loaded runs' }).check()
    await tab.getByRole('button', { name: 'Restore' }).click()
    await tab.getByText('No deleted runs').waitFor()
    await expect.poll(async () => (await search('')).runs.length).toBe(RUNS - 1)
    expect(someone.problems()).toEqual([])
  })

  test('a phone shows table and charts in Korean in both themes', async () => {
    await using someone = await visit({ viewport: { width: 390, height: 844 }, locale: 'ko-KR' })
    const { tab } = someone
    await someone.open(page('?layout=both&group=params.model'))
    await tab.getByRole('separator', { name: '표 너비' }).waitFor()
    expect(await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0)
    expect(await someone.violations()).toEqual([])
    expect(await someone.contrastViolationsIn('dark')).toEqual([])
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
