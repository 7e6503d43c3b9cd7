import { readFile } from 'node:fs/promises'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { visitor } from './browser/visitor.js'
import { type Api, api } from './harness/api.js'
import { chromium, launchBrowser } from './harness/browser.js'
import { type Server, startServer } from './harness/server.js'

const MLFLOW = '/api/2.0/mlflow'

describe.skipIf(!chromium)('the shell of the console', () => {
  let server: Server
  let browser: Browser
  let mlflow: Api
  let experiment: string
  let run: string
  beforeAll(async () => {
    server = await startServer()
    browser = await launchBrowser()
    mlflow = api(server.url)
    const body = { name: 'Orca films' }
    experiment = (await mlflow.post<{ experiment_id: string }>(`${MLFLOW}/experiments/create`, body))
      .experiment_id
    const created = await mlflow.post<{ run: { info: { run_id: string } } }>(`${MLFLOW}/runs/create`, {
      ...{ experiment_id: experiment, run_name: 'bold-orca-12', start_time: Date.now() },
    })
    run = created.run.info.run_id
    await mlflow.post(`${MLFLOW}/registered-models/create`, { name: 'orca_ranker' })
  })
  afterAll(async () => {
    await browser?.close()
    await server?.[Symbol.asyncDispose]()
  })

  const palette = (tab: Page) => tab.getByRole('combobox', { name: 'Search everything' })
  const path = (tab: Page) => new URL(tab.url()).hash

  test('the palette finds objects, pages and actions by keyboard alone, and lists recent pages', async () => {
    await using someone = await visitor(browser, server.url)
    const { tab } = someone
    await someone.open('/#/experiments')
    await tab.keyboard.press('Control+k')
    await palette(tab).waitFor()
    await tab.keyboard.type('orca')
    await tab.getByRole('option', { name: /bold-orca-12/ }).waitFor()
    const groups = tab.getByRole('listbox', { name: 'Results' }).getByRole('group')
    await expect
      .poll(() => groups.evaluateAll((all) => all.map((one) => one.firstElementChild!.textContent)))
      .toEqual(['Experiments', 'Runs', 'Models'])
    const selected = () => tab.getByRole('option', { selected: true }).textContent()
    expect(await selected()).toContain('Orca films')
    await tab.keyboard.press('ArrowDown')
    expect(await selected()).toContain('bold-orca-12')
    const active = await palette(tab).getAttribute('aria-activedescendant')
    expect(await tab.getByRole('option', { selected: true }).getAttribute('id')).toBe(active)
    await tab.keyboard.press('Enter')
    await expect.poll(() => path(tab)).toBe(`#/experiments/${experiment}/runs/${run}`)
    await tab.getByRole('heading', { level: 1, name: 'bold-orca-12' }).waitFor()
    await tab.keyboard.press('Meta+k')
    await tab.getByRole('group', { name: 'Recently visited' }).getByText('bold-orca-12').waitFor()
    await tab.keyboard.type(run.slice(0, 10))
    await tab.getByRole('group', { name: 'Runs' }).getByText('bold-orca-12').waitFor()
    await tab.keyboard.press('Control+a')
    await tab.keyboard.type('nothing has this name')
    await tab.getByText('0 results').waitFor()
    await tab.keyboard.press('Control+a')
    await tab.keyboard.type('theme: dark')
    await tab.getByRole('option', { name: 'Theme: Dark' }).waitFor()
    await tab.keyboard.press('Enter')
    await expect.poll(() => tab.locator('html').getAttribute('data-theme')).toBe('dark')
    expect(await palette(tab).count()).toBe(0)
    expect(someone.problems()).toEqual([])
  })

  test('shortcuts open pages and the filter, also with Korean input, and never while typing', async () => {
    await using someone = await visitor(browser, server.url)
    const { tab } = someone
    await someone.open('/#/experiments')
    await tab.getByRole('link', { name: 'Orca films' }).first().waitFor()
    await tab.keyboard.press('g')
    await tab.keyboard.press('m')
    await expect.poll(() => path(tab)).toBe('#/models')
    await tab.getByRole('heading', { level: 1, name: 'Models' }).waitFor()
    await tab.keyboard.press('/')
    await expect.poll(() => tab.evaluate(() => document.activeElement?.getAttribute('type'))).toBe('search')
    await tab.keyboard.type('ge?')
    expect(path(tab)).toContain('#/models')
    expect(await tab.getByRole('dialog').count()).toBe(0)
    await tab.evaluate(() => (document.activeElement as HTMLElement).blur())
    const pressKorean = (key: string, code: string) =>
      tab.evaluate(
        (init) =>
          document.body.dispatchEvent(
            new KeyboardEvent('keydown', { ...init, bubbles: true, cancelable: true }),
          ),
        { key, code },
      )
    await pressKorean('ㅎ', 'KeyG')
    await pressKorean('ㄷ', 'KeyE')
    await expect.poll(() => path(tab)).toBe('#/experiments')
    await tab.keyboard.press('?')
    const help = tab.getByRole('dialog', { name: 'Keyboard shortcuts' })
    await help.getByText('Go to Catalog').waitFor()
    await tab.keyboard.press('Escape')
    await tab.keyboard.press('Control+k')
    await palette(tab).waitFor()
    await tab.keyboard.press('Escape')
    await expect.poll(() => palette(tab).count()).toBe(0)
    await tab.keyboard.press('?')
    await help.getByRole('checkbox').uncheck()
    await tab.keyboard.press('Escape')
    await expect.poll(() => help.count()).toBe(0)
    await tab.keyboard.press('?')
    await tab.keyboard.press('Control+k')
    await palette(tab).waitFor()
    expect(await help.count()).toBe(0)
    expect(someone.problems()).toEqual([])
  })

  test('the dialogs are accessible in both themes, in Korean and on a phone', async () => {
    await using someone = await visitor(browser, server.url, {
      ...{ colorScheme: 'light', locale: 'ko-KR', viewport: { width: 390, height: 800 } },
    })
    const { tab } = someone
    await someone.open('/#/experiments')
    await tab.getByRole('button', { name: '전체 검색' }).click()
    const field = tab.getByRole('combobox', { name: '전체 검색' })
    await field.fill('orca')
    await tab.getByRole('option', { name: /bold-orca-12/ }).waitFor()
    expect(await someone.violations()).toEqual([])
    expect(await someone.contrastViolationsIn('dark')).toEqual([])
    await field.fill('단축키')
    await tab.getByRole('option', { name: /키보드 단축키/ }).click()
    await tab.getByRole('dialog', { name: '키보드 단축키' }).waitFor()
    expect(await someone.violations()).toEqual([])
    expect(await someone.contrastViolationsIn('light')).toEqual([])
    expect(someone.problems()).toEqual([])
  })

  test('forced colors leave the page, the tab, choices and colors of runs distinguishable', async () => {
    await using someone = await visitor(browser, server.url, { forcedColors: 'active', isClosed: true })
    const { tab } = someone
    await someone.open(`/#/experiments/${experiment}?layout=both`)
    const style = (of: Locator, property: string) =>
      of.evaluate((one, name) => getComputedStyle(one).getPropertyValue(name), property)
    const link = (name: string) => tab.getByRole('link', { name, exact: true })
    for (const [active, other] of [
      [link('Experiments').first(), link('Models')],
      [link('Runs'), link('Traces')],
    ] as const)
      expect(await style(active, 'border-bottom-color')).not.toBe(await style(other, 'border-bottom-color'))
    const button = (name: string) => tab.getByRole('button', { name, exact: true })
    expect(await style(button('Table and charts'), 'background-color')).not.toBe(
      await style(button('Charts'), 'background-color'),
    )
    const dot = tab.getByRole('button', { name: 'Color of bold-orca-12' }).locator('span')
    expect(await style(dot, 'forced-color-adjust')).toBe('none')
    expect(someone.problems()).toEqual([])
  })

  const CHART = (name: string) => `\`\`\`cairn\nexperiment: ${name}\nchart: line\ny: loss\n\`\`\``
  const TABLE = '```cairn\nexperiment: Orca films\ncolumns: [metrics.loss, attributes.status]\n```'
  const log = (step: number) =>
    mlflow.post(`${MLFLOW}/runs/log-batch`, {
      run_id: run,
      metrics: [{ key: 'loss', value: 1 / (1 + step), step, timestamp: Date.now() }],
    })

  test('a report is written beside its preview, shared, restored and exported with its charts', async () => {
    for (let step = 0; step < 5; step++) await log(step)
    await using someone = await visitor(browser, server.url)
    const { tab } = someone
    await someone.open('/#/reports')
    await tab.getByText('No reports yet').waitFor()
    await tab.getByRole('button', { name: 'Create report' }).click()
    const text = tab.getByRole('textbox', { name: 'Content (Markdown)' })
    await tab.getByRole('textbox', { name: 'Title' }).fill('Weekly films')
    await text.fill(
      `# Loss\n\n${CHART('Orca films')}\n\n${TABLE}\n\n\`\`\`cairn\nexperiment: x\nchrat: line\n\`\`\`\n`,
    )
    const preview = tab.getByRole('region', { name: 'Preview' })
    await preview.getByText('Line 16:').waitFor()
    await preview.getByText('Unknown key “chrat”.').waitFor()
    await preview.getByRole('link', { name: 'bold-orca-12' }).waitFor()
    expect(await someone.violations()).toEqual([])
    await text.fill(`# Loss\n\n${CHART('Orca films')}\n\n${TABLE}\n\n${CHART('hidden')}\n`)
    await preview.getByText('Experiment “hidden” does not exist, or you do not have access to it.').waitFor()
    await text.press('Control+Enter')
    await tab.getByRole('heading', { level: 1, name: 'Weekly films' }).waitFor()
    await tab.getByRole('button', { name: 'More actions' }).click()
    await tab.getByRole('button', { name: 'Share' }).click()
    await tab.getByRole('dialog').getByRole('button', { name: 'Share' }).click()
    await tab.getByText('Shared', { exact: true }).waitFor()
    const download = tab.waitForEvent('download')
    await tab.getByRole('button', { name: 'Export as HTML' }).click()
    const file = await readFile(await (await download).path(), 'utf8')
    expect(file).toContain('<h1>Weekly films</h1>')
    expect(file.match(/<svg/g)?.length).toBeGreaterThanOrEqual(1)
    expect(file).not.toMatch(/<script|<canvas|onerror=/)
    await tab.getByRole('button', { name: 'Edit' }).click()
    await text.fill('Nothing')
    await tab.getByRole('button', { name: 'Save' }).click()
    await text.waitFor({ state: 'hidden' })
    await tab.getByRole('button', { name: 'More actions' }).click()
    await tab.getByRole('button', { name: 'Version history' }).click()
    await tab.getByRole('link', { name: 'Version 2', exact: true }).click()
    await tab.getByRole('button', { name: 'Restore this version' }).click()
    await tab.getByRole('link', { name: 'bold-orca-12' }).waitFor()
    await tab.getByText('You are viewing version').waitFor({ state: 'hidden' })
    // The hidden experiment is answered 404, as expected.
    expect(someone.problems().filter((problem) => !problem.includes('status of 404'))).toEqual([])
  })

  test('a page of a report is patched by logs and costs nothing while its tab is hidden', async () => {
    const { report } = await mlflow.post<{ report: { report_id: string } }>('/api/cairn/v1/reports', {
      ...{ title: 'Live', content: `${TABLE}\n\n${CHART('Orca films')}` },
    })
    await using someone = await visitor(browser, server.url, { isClosed: true })
    const { tab } = someone
    await tab.clock.install()
    const requests: string[] = []
    tab.on('request', (request) => requests.push(new URL(request.url()).pathname))
    await someone.open(`/#/reports/${report.report_id}`)
    const cell = (text: string) => tab.getByRole('cell', { name: text, exact: true })
    await tab.getByRole('link', { name: 'bold-orca-12' }).waitFor()
    await expect.poll(() => requests.filter((path) => path.endsWith('/events')).length).toBeGreaterThan(0)
    await tab.waitForLoadState('load')
    requests.length = 0
    for (const step of [9, 19, 39, 79, 99]) await log(step)
    await cell('0.01').or(cell('0.0100')).first().waitFor()
    expect(requests.filter((path) => /reports|runs\/search|experiments/.test(path))).toEqual([])
    await tab.evaluate(() => {
      for (const [name, value] of [
        ['hidden', true],
        ['visibilityState', 'hidden'],
      ] as const)
        Object.defineProperty(document, name, { configurable: true, get: () => value })
      document.dispatchEvent(new Event('visibilitychange'))
    })
    await tab.clock.runFor(5_000) // pending work ends
    requests.length = 0
    for (const step of [199, 399]) await log(step)
    await tab.clock.runFor(120_000)
    expect(requests).toEqual([])
  })
})
