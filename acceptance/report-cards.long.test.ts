import { readFile } from 'node:fs/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { visitor } from './browser/visitor.js'
import { logRun, type Run } from './cards/log-runs.js'
import { type Api, api } from './harness/api.js'
import { chromium, launchBrowser } from './harness/browser.js'
import { type Server, startServer } from './harness/server.js'

const MLFLOW = '/api/2.0/mlflow'
const REPORTS = '/api/cairn/v1/reports'
const RUNS = 12

describe.skipIf(!chromium)('cards in reports', () => {
  let server: Server
  let browser: Browser
  let mlflow: Api
  let experiment: string
  let runs: Run[]
  beforeAll(async () => {
    server = await startServer()
    browser = await launchBrowser()
    mlflow = api(server.url)
    const body = { name: 'sweep' }
    experiment = (await mlflow.post<{ experiment_id: string }>(`${MLFLOW}/experiments/create`, body))
      .experiment_id
    runs = await Promise.all(Array.from({ length: RUNS }, (_, i) => logRun(mlflow, experiment, i)))
  })
  afterAll(async () => {
    await browser?.close()
    await server?.[Symbol.asyncDispose]()
  })

  const card = (tab: Page, title: string) => tab.getByRole('figure', { name: title, exact: true })
  const menuOf = async (tab: Page, title: string, button: string) =>
    card(tab, title)
      .getByRole('button', { name: button.replace('NAME', title) })
      .click()
  const item = (tab: Page, title: string, name: string) =>
    card(tab, title).getByRole('button', { name, exact: true })

  test('a card is copied as the block that draws it with its filter, groups and axes', async () => {
    await using someone = await visitor(browser, server.url, {
      permissions: ['clipboard-read', 'clipboard-write'],
    })
    const { tab } = someone
    const filter = encodeURIComponent('metrics.accuracy > 0.55')
    await someone.open(
      `/#/experiments/${experiment}?layout=charts&filter=${filter}&group=params.optimizer&cards=view:x:time:ly:true`,
    )
    await card(tab, 'train/loss').locator('canvas').first().waitFor()
    await menuOf(tab, 'train/loss', 'Actions for NAME')
    await item(tab, 'train/loss', 'Copy for a report').click()
    await item(tab, 'train/loss', 'Copied').waitFor()
    const block = await tab.evaluate(() => navigator.clipboard.readText())
    expect(block).toBe(
      [
        ...['```cairn', `experiment: ${experiment}`, 'filter: "metrics.accuracy > 0.55"'],
        ...['group_by: params.optimizer', 'runs: 10', 'chart: line', 'y: train/loss', 'x: time'],
        ...['log_y: true', '```', ''],
      ].join('\n'),
    )
    expect(await someone.violations()).toEqual([])
    const { report } = await mlflow.post<{ report: { report_id: string } }>(REPORTS, {
      ...{ title: 'Sweep', content: block, experiment_ids: [experiment] },
    })
    await someone.open(`/#/reports/${report.report_id}`)
    const drawn = card(tab, 'sweep')
    await drawn.getByRole('button', { name: 'Show as table' }).click()
    await drawn.getByRole('columnheader', { name: 'Seconds', exact: true }).waitFor()
    for (const group of ['optimizer: adam', 'optimizer: sgd'])
      await drawn.getByRole('columnheader', { name: group }).first().waitFor()
    expect(someone.problems()).toEqual([])
  })

  test('all axes write numbers alike', async () => {
    const body = { experiment_id: experiment, run_name: 'long', start_time: 1 }
    const { run } = await mlflow.post<{ run: { info: Run } }>(`${MLFLOW}/runs/create`, body)
    const points = Array.from({ length: 5 }, (_, i) => 10_000 * i)
    await mlflow.post(`${MLFLOW}/runs/log-batch`, {
      run_id: run.info.run_id,
      metrics: [
        ...points.map((step) => ({ key: 'tokens', value: step, step, timestamp: 1 + step })),
        { key: 'parts', value: 40_000, step: 0, timestamp: 1 },
      ],
    })
    await using someone = await visitor(browser, server.url, { isClosed: true })
    const { tab } = someone
    await tab.addInitScript(() => {
      const { fillText } = CanvasRenderingContext2D.prototype
      CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
        this.canvas.dataset.texts = `${this.canvas.dataset.texts ?? ''}${text}|`
        fillText.call(this, text, ...rest)
      }
    })
    const filter = encodeURIComponent("attributes.run_name = 'long'")
    await someone.open(`/#/experiments/${experiment}?layout=charts&filter=${filter}`)
    const texts = async (title: string) => {
      const canvas = card(tab, title).locator('canvas[data-texts*="20,000|"]').first()
      return ((await canvas.getAttribute('data-texts')) ?? '').split('|')
    }
    const ofLines = await texts('tokens')
    expect(ofLines.filter((one) => one === '20,000').length).toBeGreaterThanOrEqual(2) // of X and of Y
    for (const title of ['tokens', 'parts']) expect(await texts(title)).not.toContain('20000')
    const saved = tab.waitForEvent('download')
    await menuOf(tab, 'tokens', 'Actions for NAME')
    await item(tab, 'tokens', 'Download SVG').click()
    const svg = await readFile(await (await saved).path(), 'utf8')
    expect(svg.match(/>20,000</g)).toHaveLength(2)
    await mlflow.post(`${MLFLOW}/runs/delete`, { run_id: run.info.run_id })
  })

  test.each([
    ['en-US', 'No runs match the filter', 'Clear filter', '12 runs'],
    ['ko-KR', '필터와 일치하는 실행이 없어요', '필터 지우기', '실행 12개'],
  ])('charts say that no run matches the filter, in %s', async (locale, title, clear, count) => {
    await using someone = await visitor(browser, server.url, { locale })
    const { tab } = someone
    const filter = (text: string) =>
      `/#/experiments/${experiment}?layout=charts&filter=${encodeURIComponent(text)}`
    await someone.open(filter('metrics.accuracy > 2'))
    await tab.getByRole('heading', { name: title }).waitFor()
    expect(await someone.violations()).toEqual([])
    await tab.getByRole('button', { name: clear }).click()
    await card(tab, 'accuracy').waitFor()
    await tab.getByText(count, { exact: true }).waitFor()
    expect(someone.problems()).toEqual([])
    await someone.open(filter('metrics.accuracy >'))
    const field = tab.getByRole('search').getByRole('combobox')
    await expect.poll(() => field.getAttribute('aria-invalid')).toBe('true')
    await expect.poll(() => tab.locator('.run-count').textContent()).toBe('')
    expect(await tab.getByRole('heading', { name: title }).count()).toBe(0)
    await tab.locator('.charts-only').waitFor()
    expect(await tab.locator('.charts-only').textContent()).toBe('')
  })

  test.each([
    ['en-US', 'Not found', 'Try again'],
    ['ko-KR', '찾을 수 없어요', '다시 시도'],
  ])('nothing is hidden from an administrator, in %s', async (locale, title, retry) => {
    await using someone = await visitor(browser, server.url, { locale })
    for (const path of [
      '/#/experiments/99',
      `/#/experiments/${experiment}/runs/${'0'.repeat(32)}`,
      '/#/models/no',
    ]) {
      await someone.show(path)
      const failure = someone.tab.getByRole('alert').first()
      await failure.getByText(title, { exact: true }).waitFor()
      expect(await failure.getByRole('button').allTextContents()).toEqual([retry])
    }
  })

  test('a card in full screen is added to a new report, and another one to the same report', async () => {
    await using someone = await visitor(browser, server.url)
    const { tab } = someone
    await someone.open(`/#/experiments/${experiment}?layout=charts&cards=open:m.accuracy`)
    const full = tab.getByRole('dialog', { name: 'accuracy' })
    await full.getByRole('button', { name: 'Actions for accuracy' }).click()
    await full.getByRole('button', { name: 'Add to a report…' }).click()
    const form = tab.getByRole('dialog', { name: 'Add to a report' })
    await form.getByLabel('Report', { exact: true }).selectOption('New report')
    await form.getByLabel('Title').fill('Accuracy')
    expect(await someone.violations()).toEqual([])
    await form.getByRole('button', { name: 'Add' }).click()
    await form.getByRole('status').getByRole('link', { name: 'Accuracy' }).waitFor()
    await tab.keyboard.press('Escape')
    await form.waitFor({ state: 'detached' })
    await full.waitFor()
    await tab.keyboard.press('Escape')
    await full.waitFor({ state: 'detached' })
    await menuOf(tab, 'train/loss', 'Actions for NAME')
    await item(tab, 'train/loss', 'Add to a report…').click()
    await form.getByLabel('Report', { exact: true }).selectOption('Accuracy')
    await form.getByRole('button', { name: 'Add' }).click()
    await form.getByRole('link', { name: 'Accuracy' }).click()
    await tab.getByRole('heading', { level: 1, name: 'Accuracy' }).waitFor()
    const blocks = tab.getByRole('figure', { name: 'sweep' })
    await expect.poll(() => blocks.getByRole('heading').allTextContents()).toEqual(['accuracy', 'train/loss'])
    const id = tab.url().split('/').at(-1)
    const { report } = await mlflow.get<{ report: object }>(`${REPORTS}/${id}`)
    expect(report).toMatchObject({ version: 2, shared: false, experiment_ids: [experiment] })
    expect(someone.problems()).toEqual([])
  })

  test('compared runs are copied by their ids, also without the clipboard API and in Korean', async () => {
    await using someone = await visitor(browser, server.url, { locale: 'ko-KR', isClosed: true })
    const { tab } = someone
    const ids = runs.slice(0, 2).map(({ run_id }) => run_id)
    await someone.open(`/#/compare?runs=${ids}`)
    await tab.evaluate(() => {
      Object.defineProperty(navigator, 'clipboard', { value: undefined })
      document.addEventListener('copy', () => {
        document.body.dataset.copied =
          document.activeElement instanceof HTMLTextAreaElement ? document.activeElement.value : ''
      })
    })
    await menuOf(tab, 'train/loss', 'NAME 메뉴')
    await item(tab, 'train/loss', '보고서용으로 복사').click()
    await item(tab, 'train/loss', '복사했어요').waitFor()
    const copied = await tab.evaluate(() => document.body.dataset.copied)
    expect(copied).toContain(
      `filter: "attributes.run_id IN ('${ids[0]}', '${ids[1]}')"\nruns: 2\nchart: line\n`,
    )
    const found = await mlflow.post<{ runs: unknown[] }>(`${MLFLOW}/runs/search`, {
      ...{ experiment_ids: [experiment], filter: /filter: "(.*)"/.exec(copied!)![1]! },
    })
    expect(found.runs).toHaveLength(2)
    await item(tab, 'train/loss', '보고서에 추가…').click()
    const form = tab.getByRole('dialog', { name: '보고서에 추가' })
    await form.getByLabel('보고서', { exact: true }).selectOption('새 보고서')
    await form.getByRole('button', { name: '추가', exact: true }).click()
    await form.getByRole('status').getByText('차트를 추가한 보고서:').waitFor()
    await form.getByRole('link', { name: '제목 없는 보고서' }).waitFor()
    expect(await someone.violations()).toEqual([])
    expect(someone.problems()).toEqual([])
  })
})
