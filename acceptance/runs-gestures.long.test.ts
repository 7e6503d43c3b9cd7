import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { visitor } from './browser/visitor.js'
import { type Api, api } from './harness/api.js'
import { chromium, launchBrowser } from './harness/browser.js'
import { type Server, startServer } from './harness/server.js'

const MLFLOW = '/api/2.0/mlflow'
const RUNS = 12

describe.skipIf(!chromium)('gestures of other tables work in that of runs', () => {
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

  const visit = () => visitor(browser, server.url)
  const page = (query = '') => `/#/experiments/${experiment}${query}`
  const names = (tab: Page) => tab.locator('tbody tr[data-run] a').allTextContents()
  const selected = (tab: Page) => tab.locator('tbody tr[data-run][aria-selected="true"] a').allTextContents()
  const box = (tab: Page, run: string) => tab.getByRole('checkbox', { name: `Select ${run}`, exact: true })

  test('Shift selects the runs from the last one, by mouse and keyboard', async () => {
    await using someone = await visit()
    const { tab } = someone
    await someone.open(page())
    await box(tab, 'run-10').click()
    await box(tab, 'run-07').click({ modifiers: ['Shift'] })
    await expect.poll(() => selected(tab)).toEqual(['run-10', 'run-09', 'run-08', 'run-07'])
    await box(tab, 'run-08').click({ modifiers: ['Shift'] })
    await expect.poll(() => selected(tab)).toEqual(['run-10', 'run-09'])

    await tab.locator('tbody tr[data-run]').first().focus()
    await tab.keyboard.press('Space')
    for (let i = 0; i < 4; i++) await tab.keyboard.press('ArrowDown')
    await expect
      .poll(() => tab.evaluate(() => document.activeElement?.getAttribute('aria-rowindex')))
      .toBe('6')
    await tab.getByText('3 selected').waitFor()
    await tab.keyboard.press('Shift+Space')
    await expect.poll(() => selected(tab)).toEqual(['run-11', 'run-10', 'run-09', 'run-08', 'run-07'])
    expect(someone.problems()).toEqual([])
  })

  test('deleted runs are restored by Undo, and are selected again', async () => {
    await using someone = await visit()
    const { tab } = someone
    await someone.open(page())
    await box(tab, 'run-05').click()
    await box(tab, 'run-03').click({ modifiers: ['Shift'] })
    await tab.getByRole('button', { name: 'Delete', exact: true }).click()
    await tab.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click()
    await tab.getByText('3 runs deleted').waitFor()
    await expect.poll(() => names(tab)).toHaveLength(RUNS - 3)
    expect(await someone.violations()).toEqual([])
    const undo = tab.getByRole('button', { name: 'Undo' })
    await expect.poll(() => undo.evaluate((button) => button === document.activeElement)).toBe(true)
    await tab.keyboard.press('Enter')
    await expect.poll(() => selected(tab)).toEqual(['run-05', 'run-04', 'run-03'])
    await expect.poll(() => names(tab)).toHaveLength(RUNS)
    expect(someone.problems()).toEqual([])
  })

  test('the offer to undo a deletion ends with another selection, and on another page', async () => {
    const few = await experimentWithRuns(owner, 'few gestures', 3)
    await using someone = await visit()
    const { tab } = someone
    const offer = tab.getByRole('region', { name: 'Last deletion' })
    const remove = async (run: string) => {
      await box(tab, run).click()
      await tab.getByRole('button', { name: 'Delete', exact: true }).click()
      await tab.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click()
      await offer.waitFor()
    }
    await someone.open(`/#/experiments/${few}`)
    await remove('run-02')
    await box(tab, 'run-01').click()
    const selection = tab.getByText('1 selected')
    await selection.waitFor()
    await box(tab, 'run-01').click()
    await selection.waitFor({ state: 'detached' })
    expect(await offer.count()).toBe(0)

    await remove('run-01')
    await someone.navigate(page())
    await expect.poll(() => names(tab)).toHaveLength(RUNS)
    expect(await offer.count()).toBe(0)
    expect(someone.problems()).toEqual([])
  })

  test('words in the filter find runs by their name or any parameter, and the filter keeps the focus', async () => {
    await using someone = await visit()
    const { tab } = someone
    await someone.open(page())
    const filter = tab.getByRole('combobox', { name: 'Filter runs' })
    const isFocused = () => filter.evaluate((input) => input === document.activeElement)
    await filter.fill('COSINE-v7')
    await tab.getByText('Press Enter to find runs whose name or parameters contain “COSINE-v7”.').waitFor()
    await filter.press('Enter')
    await expect.poll(() => names(tab)).toEqual(['run-09', 'run-04'])
    expect(await filter.inputValue()).toContain("params.note ILIKE '%COSINE-v7%'")
    expect(await isFocused()).toBe(true)
    await filter.fill('run-1')
    await filter.press('Enter')
    await expect.poll(() => names(tab)).toEqual(['run-11', 'run-10'])
    await filter.fill("params.model = 'als'")
    await filter.press('Enter')
    await expect.poll(() => names(tab)).toHaveLength(RUNS / 2)
    expect(await isFocused()).toBe(true)
    await tab.goBack()
    await expect.poll(() => filter.inputValue()).toContain("run_name ILIKE '%run-1%'")
    expect(someone.problems()).toEqual([])
  })

  test('a click on the short name of a metric sorts, and its menu is beside it', async () => {
    await using someone = await visit()
    const { tab } = someone
    await someone.open(page('?columns=metrics.r2'))
    await tab.getByRole('columnheader', { name: 'r2' }).hover()
    await tab.getByRole('button', { name: 'r2', exact: true }).click()
    await expect.poll(async () => (await names(tab))[0]).toBe('run-00')
    await tab.getByRole('button', { name: 'Column r2' }).click()
    await tab.getByRole('button', { name: 'Hide column' }).waitFor()
    expect(someone.problems()).toEqual([])
  })
})

/** @returns the id of an experiment whose later runs have a lower `r2`; every fifth has a note */
async function experimentWithRuns(owner: Api, name = 'gestures', runs = RUNS): Promise<string> {
  const { experiment_id } = await owner.post<{ experiment_id: string }>(`${MLFLOW}/experiments/create`, {
    name,
  })
  for (let i = 0; i < runs; i++) {
    const { run } = await owner.post<{ run: { info: { run_id: string } } }>(`${MLFLOW}/runs/create`, {
      experiment_id,
      run_name: `run-${String(i).padStart(2, '0')}`,
      start_time: 1_000_000 + i * 60_000,
    })
    const { run_id } = run.info
    const note = i % 5 === 4 ? [{ key: 'note', value: 'restarts: cosine-v7' }] : []
    await owner.post(`${MLFLOW}/runs/log-batch`, {
      run_id,
      metrics: [{ key: 'r2', value: 1 - i / 100, timestamp: 1, step: 0 }],
      params: [{ key: 'model', value: i % 2 ? 'als' : 'ease' }, ...note],
    })
    await owner.post(`${MLFLOW}/runs/update`, { run_id, status: 'FINISHED', end_time: 2_000_000 + i })
  }
  return experiment_id
}
