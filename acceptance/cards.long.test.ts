import { readFile } from 'node:fs/promises'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { holdRequests } from './browser/hold-requests.js'
import { everySecond } from './browser/page-variants.js'
import { type Visitor, visitor, waitUntilStable } from './browser/visitor.js'
import { logEvaluation, logRun, type Run } from './cards/log-runs.js'
import { api } from './harness/api.js'
import { chromium, launchBrowser } from './harness/browser.js'
import { type Server, startServer } from './harness/server.js'

const MLFLOW = '/api/2.0/mlflow'
const RUNS = 12

/** A card of each kind except lines. */
const KINDS = [
  'card:c.1:scatter:::x:params.lr:y:metrics.accuracy:c:metrics.size:lx:true:pf:true',
  'card:c.2:parallel:::d:params.lr:d:params.optimizer:d:metrics.accuracy:log:params.lr',
  'card:c.3:box:::y:accuracy:g:params.optimizer',
  'card:c.4:box:::y:accuracy:g:params.optimizer:sh:violin:pt:true',
  'card:c.5:histogram:::y:accuracy:n:4',
  'card:c.6:contour:::x:params.lr:y:params.layers:z:metrics.accuracy:lx:true',
  'card:c.7:contour:::x:params.lr:y:params.layers:z:metrics.accuracy:st:heat',
  'card:c.8:difference:::y:accuracy',
  'card:c.9:importance:::y:accuracy',
  'card:c.10:bar:::y:accuracy:sort:descending',
  'card:c.11:plot:::f:predictions.json',
  'card:c.12:plot:::f:predictions.json:k:pr',
  'card:c.13:plot:::f:predictions.json:k:calibration',
  'card:c.14:plot:::f:predictions.json:k:confusion',
  'card:c.15:plot:::f:distributions/weights.json',
  'card:c.16:plot:::f:distributions/weights.json:k:ridge',
  'card:c.17:plot:::f:distributions/weights.json:k:histogram',
]

describe.skipIf(!chromium)('cards of charts', () => {
  let server: Server
  let browser: Browser
  let experiment: string
  let runs: Run[]
  beforeAll(async () => {
    server = await startServer()
    browser = await launchBrowser()
    const mlflow = api(server.url)
    const body = { name: 'sweep' }
    experiment = (await mlflow.post<{ experiment_id: string }>(`${MLFLOW}/experiments/create`, body))
      .experiment_id
    runs = await Promise.all(Array.from({ length: RUNS }, (_, i) => logRun(mlflow, experiment, i)))
    await Promise.all(runs.slice(0, 3).map((run, i) => logEvaluation(mlflow, server.url, run, i)))
  })
  afterAll(async () => {
    await browser?.close()
    await server?.[Symbol.asyncDispose]()
  })

  const charts = (state = '') => `/#/experiments/${experiment}?layout=charts&cards=${state}`
  const card = (tab: Page, title: string) => tab.getByRole('figure', { name: title, exact: true })
  const stateOf = (tab: Page) => decodeURIComponent(/[?&]cards=([^&]*)/.exec(tab.url())?.[1] ?? '')
  const canvasOf = (within: Locator) => within.locator('canvas').first()
  async function choose(tab: Page, title: string, action: string) {
    await card(tab, title)
      .getByRole('button', { name: `Actions for ${title}` })
      .click()
    await card(tab, title).getByRole('button', { name: action, exact: true }).click()
  }
  async function expectGood(someone: Visitor) {
    expect(await someone.violations()).toEqual([])
    expect(someone.problems()).toEqual([])
  }

  test('each metric has a card in the section of its prefix, and system metrics are folded', async () => {
    await using someone = await visitor(browser, server.url)
    const { tab } = someone
    const asked: string[] = []
    tab.on('request', (request) => {
      if (request.url().endsWith('/metrics/packed-buckets')) asked.push(request.postDataJSON().metric_key)
    })
    await someone.open(charts())
    await canvasOf(card(tab, 'train/loss')).waitFor()
    await canvasOf(card(tab, 'accuracy')).waitFor()
    const section = tab.getByRole('group', { name: 'system', exact: true })
    expect(await section.getByRole('button').getAttribute('aria-expanded')).toBe('false')
    expect(asked).not.toContain('system/cpu')
    await section.getByRole('button').click()
    await canvasOf(card(tab, 'system/cpu')).waitFor()
    expect(stateOf(tab)).toBe('fold:system')
    await tab.getByRole('searchbox', { name: 'Search charts' }).fill('epoch')
    await expect.poll(() => tab.getByRole('figure').count()).toBe(1)
    await expectGood(someone)
  })

  test('a chart is downloaded only once it has its data', async () => {
    await using someone = await visitor(browser, server.url)
    const { tab } = someone
    const release = await holdRequests(tab, '**/metrics/packed-buckets')
    await someone.navigate(charts())
    const loss = card(tab, 'train/loss')
    await loss.getByRole('button', { name: 'Actions for train/loss' }).click()
    const items = loss.getByRole('button', { name: /^Download (PNG|SVG|CSV)$/ })
    const areEnabled = () => Promise.all([0, 1, 2].map((i) => items.nth(i).isEnabled()))
    await loss.and(tab.locator('[aria-busy=true]')).waitFor()
    expect(await areEnabled()).toEqual([false, false, false])
    release()
    await expect.poll(areEnabled).toEqual([true, true, true])
    await expectGood(someone)
  })

  test('cards are moved and resized by keys, duplicated, removed and restored, and the URL keeps the changes', async () => {
    await using someone = await visitor(browser, server.url)
    const { tab } = someone
    await someone.open(charts())
    const titles = () =>
      tab.getByRole('group', { name: 'train', exact: true }).locator('h3').allTextContents()
    await expect.poll(titles).toEqual(['train/epoch', 'train/loss'])
    await card(tab, 'train/loss').getByRole('button', { name: 'Move train/loss: 2 of 2' }).press('ArrowLeft')
    await expect.poll(titles).toEqual(['train/loss', 'train/epoch'])
    await tab.getByRole('status').filter({ hasText: 'Moved to 1 of 2' }).waitFor({ state: 'attached' })
    const corner = card(tab, 'train/loss').getByRole('button', { name: /^Resize train\/loss/ })
    const before = (await card(tab, 'train/loss').boundingBox())!
    await corner.press('ArrowRight')
    await expect
      .poll(async () => (await card(tab, 'train/loss').boundingBox())!.width)
      .toBeGreaterThan(1.8 * before.width)
    await choose(tab, 'train/epoch', 'Duplicate')
    await expect.poll(titles).toEqual(['train/loss', 'train/epoch', 'train/epoch'])
    await choose(tab, 'train/loss', 'Remove')
    await expect.poll(titles).toEqual(['train/epoch', 'train/epoch'])
    await tab.reload()
    await waitUntilStable(tab)
    await expect.poll(titles).toEqual(['train/epoch', 'train/epoch'])
    await tab.getByRole('button', { name: 'Reset' }).click()
    await expect.poll(titles).toEqual(['train/epoch', 'train/loss'])
    expect(someone.problems()).toEqual([])
  })

  test('a card is dragged to the place of another', async () => {
    await using someone = await visitor(browser, server.url)
    const { tab } = someone
    await someone.open(charts())
    const titles = () =>
      tab.getByRole('group', { name: 'train', exact: true }).locator('h3').allTextContents()
    await canvasOf(card(tab, 'train/loss')).waitFor()
    await card(tab, 'train/loss').getByRole('button', { name: /^Move/ }).dragTo(card(tab, 'train/epoch'))
    await expect.poll(titles).toEqual(['train/loss', 'train/epoch'])
    expect(stateOf(tab)).toContain('after:m.train/')
  })

  test('a card is added, edited and checked in its form', async () => {
    await using someone = await visitor(browser, server.url)
    const { tab } = someone
    await someone.open(charts())
    await tab.getByRole('button', { name: 'Add chart' }).click()
    const form = tab.getByRole('dialog', { name: 'Add chart' })
    await form.getByLabel('Chart type').selectOption('Scatter plot')
    await form.getByLabel('X', { exact: true }).fill('')
    await form.getByRole('button', { name: 'Save chart' }).click()
    await form.getByText('Choose a value.').waitFor()
    await form.getByLabel('X', { exact: true }).fill('params.lr')
    await form.getByLabel('Log scale of X').check()
    await expectGood(someone)
    await form.getByRole('button', { name: 'Save chart' }).click()
    await canvasOf(card(tab, 'accuracy by lr')).waitFor()
    await choose(tab, 'accuracy by lr', 'Edit')
    await tab.getByRole('dialog').getByLabel('Title').fill('My plot')
    await tab.getByRole('dialog').getByRole('button', { name: 'Save chart' }).click()
    await canvasOf(card(tab, 'My plot')).waitFor()
    expect(stateOf(tab)).toContain('lx:true')
  })

  test('lines run over steps, time and another metric, on log axes, smoothed, and outliers are ignored', async () => {
    await using someone = await visitor(browser, server.url)
    const { tab } = someone
    const seen = async (state: string, label: string) => {
      await someone.open(charts(state))
      const chart = card(tab, 'train/loss')
      await canvasOf(chart).waitFor()
      await chart.getByRole('button', { name: 'Show table' }).click()
      await chart.getByRole('columnheader', { name: label, exact: true }).waitFor()
      return chart
    }
    await seen('', 'Step')
    await seen('view:x:time', 'Seconds')
    await seen('view:x:wall', 'Wall time')
    const chart = await seen('view:x:metric:xm:train/epoch:lx:true', 'train/epoch')
    await chart.getByText(`${RUNS - 2} values ≤ 0`).waitFor()
    await someone.open(charts('view:sm:gaussian-0.7:io:true:pt:all'))
    await canvasOf(card(tab, 'train/loss')).waitFor()
    await tab.getByRole('button', { name: 'Line options' }).click()
    expect(await tab.getByLabel('Smoothing method').inputValue()).toBe('gaussian')
    expect(await tab.getByLabel('Ignore outliers', { exact: false }).isChecked()).toBe(true)
    await tab.getByLabel('Log scale of Y').check()
    await expect.poll(() => stateOf(tab)).toContain('ly:true')
    await expectGood(someone)
  })

  test('hovering shows all runs sorted in every card, and highlights the nearest', async () => {
    await using someone = await visitor(browser, server.url)
    const { tab } = someone
    await someone.open(charts())
    const over = card(tab, 'train/loss').locator('.u-over')
    await over.waitFor()
    await canvasOf(card(tab, 'train/epoch')).waitFor()
    await over.hover()
    const rows = card(tab, 'train/loss').locator('.chart-tooltip b')
    await expect.poll(() => rows.count()).toBe(10)
    const values = (await rows.allTextContents()).map(Number)
    expect(values).toEqual(values.toSorted((a, b) => b - a))
    await card(tab, 'train/epoch').locator('.chart-tooltip').waitFor()
  })

  const VARIANTS = [
    ['dark', 'ko-KR'],
    ['light', 'en-US'],
  ] as const
  test.each(everySecond(VARIANTS))('every kind of card draws, in %s and %s', async (colorScheme, locale) => {
    await using someone = await visitor(browser, server.url, {
      colorScheme,
      locale,
      viewport: { width: 1280, height: 3200 },
    })
    const { tab } = someone
    await someone.open(charts(KINDS.join(',')))
    const own = tab.locator('.card-section').first()
    await expect.poll(() => own.locator('figure canvas').count()).toBe(KINDS.length - 1)
    await own.locator('.importance tbody tr').first().waitFor()
    expect(await own.getByRole('row').filter({ hasText: 'lr' }).count()).toBe(1)
    await waitUntilStable(tab)
    await expectGood(someone)
    if (locale === 'ko-KR')
      expect(await tab.locator('.charts-panel').textContent()).not.toMatch(/Importance|baseline|Search/)
  })

  test('every kind of card has its values as a table', async () => {
    await using someone = await visitor(browser, server.url, { viewport: { width: 1280, height: 3200 } })
    const { tab } = someone
    await someone.open(charts(KINDS.join(',')))
    const tables = tab.locator('.card-section').first().getByRole('button', { name: 'Show table' })
    await expect.poll(() => tables.count()).toBe(KINDS.length - 1)
    for (let left = KINDS.length - 1; left > 0; left--) await tables.first().click()
    const figures = tab.locator('.card-section').first().locator('figure')
    await expect.poll(() => figures.filter({ has: tab.getByRole('table') }).count()).toBe(KINDS.length)
    expect(await card(tab, 'accuracy: difference from baseline').getByRole('row').count()).toBe(10)
    await expectGood(someone)
  })

  test('a card is saved as PNG, SVG and CSV, and opens in full screen by its link', async () => {
    await using someone = await visitor(browser, server.url, {
      permissions: ['clipboard-read', 'clipboard-write'],
    })
    const { tab } = someone
    await someone.open(charts())
    for (const title of ['train/loss', 'accuracy']) {
      await canvasOf(card(tab, title)).waitFor()
      const file = async (kind: string) => {
        const saved = tab.waitForEvent('download')
        await choose(tab, title, `Download ${kind}`)
        return readFile(await (await saved).path())
      }
      expect((await file('PNG')).subarray(1, 4).toString()).toBe('PNG')
      const svg = (await file('SVG')).toString()
      expect(svg).toContain(title)
      expect(
        await tab.evaluate(
          (text) =>
            new DOMParser().parseFromString(text, 'image/svg+xml').querySelector('parsererror')?.textContent,
          svg,
        ),
      ).toBeUndefined()
      expect((await file('CSV')).toString()).toContain('run-3,')
    }
    await choose(tab, 'accuracy', 'Copy link')
    const link = await expect
      .poll(() => tab.evaluate(() => navigator.clipboard.readText()))
      .toContain('open:m.accuracy')
      .then(() => tab.evaluate(() => navigator.clipboard.readText()))
    await someone.open(link.slice(server.url.length))
    const full = tab.getByRole('dialog', { name: 'accuracy' })
    await canvasOf(full).waitFor()
    await expectGood(someone)
    await tab.keyboard.press('Escape')
    await expect.poll(() => stateOf(tab)).toBe('')
  })

  test('images, texts, tables and sounds are shown side by side by step', async () => {
    await using someone = await visitor(browser, server.url)
    const { tab } = someone
    await someone.open(charts('card:c.1:images::33'))
    const media = card(tab, 'Media by step')
    await media.getByRole('img', { name: 'map/a of run-1, step 2' }).waitFor()
    await media.getByText('answer 2 of run 1').waitFor()
    await media.getByLabel('tone of run-0, step 2').waitFor()
    await media.getByRole('slider', { name: 'Step' }).press('ArrowLeft')
    await media.getByRole('img', { name: 'map/a of run-1, step 1' }).waitFor()
    await media.getByText('answer 1 of run 1').waitFor()
    await media.getByRole('table', { name: 'errors of run-1, step 1' }).getByText('word-1').waitFor()
    await expectGood(someone)
  })

  test('images of two runs lie upon each other, and a handle moves by keys', async () => {
    await using someone = await visitor(browser, server.url)
    const { tab } = someone
    const release = await holdRequests(tab, `**/artifacts/list?*${runs[0]!.run_id}*`)
    await someone.open(charts('card:c.1:images::32:st:overlay'))
    const handle = card(tab, 'Media by step').getByRole('slider', {
      name: 'map/a: border between the images',
    })
    expect(await handle.count()).toBe(0) // run-0 will be one of the two
    release()
    await handle.waitFor()
    await handle.press('End')
    expect(await handle.getAttribute('aria-valuetext')).toBe('100% run-0, the rest run-1')
    const clip = () =>
      card(tab, 'Media by step')
        .getByRole('img', { name: 'map/a of run-1, step 2' })
        .evaluate((image) => getComputedStyle(image).clipPath)
    await expect.poll(clip).toBe('inset(0px 0px 0px 100%)')
    await expectGood(someone)
  })

  test('a table of predictions is one plot of the compared runs, and a slider shows histograms by step', async () => {
    await using someone = await visitor(browser, server.url, { viewport: { width: 1280, height: 1600 } })
    const { tab } = someone
    const ids = runs.slice(0, 2).map(({ run_id }) => run_id)
    await someone.open(`/#/compare?runs=${ids}&artifact=predictions.json`)
    const plot = tab.getByRole('figure', { name: 'ROC: predictions.json' })
    await canvasOf(plot).waitFor()
    await tab.getByRole('button', { name: 'Confusion matrix' }).click()
    const matrix = tab.getByRole('figure', { name: 'Confusion matrix: predictions.json' })
    await matrix.getByRole('button', { name: 'Show table' }).click()
    await matrix.getByRole('row', { name: 'run-1 0 1 3 0.15' }).waitFor()
    const saved = tab.waitForEvent('download')
    await tab.getByRole('button', { name: 'Download Confusion matrix: predictions.json' }).click()
    await tab.getByRole('button', { name: 'Download SVG' }).click()
    expect(await readFile(await (await saved).path(), 'utf8')).toContain('run-1 · 87.5% correct')
    await expectGood(someone)
    await tab.getByLabel('Select a file to preview').selectOption('distributions/weights.json')
    await tab.getByRole('button', { name: 'Histogram at step' }).click()
    const slider = tab.getByRole('slider', { name: 'Step' })
    await slider.press('Home')
    expect(await slider.getAttribute('aria-valuetext')).toBe('0')
    await expectGood(someone)
  })

  test('compared runs have paired tests, environments, notes, artifacts side by side, and cards', async () => {
    await using someone = await visitor(browser, server.url, { viewport: { width: 1280, height: 1600 } })
    const { tab } = someone
    const ids = runs.slice(0, 3).map(({ run_id }) => run_id)
    await someone.open(`/#/compare?runs=${ids}&baseline=${ids[0]}`)
    const tests = tab.getByRole('region', { name: 'Differences by user' })
    await tests.getByRole('row', { name: /run-1 NDCG@10 \+0\.1.* Better/ }).waitFor()
    await tests.getByRole('row', { name: /run-2 NDCG@10 .* Tie/ }).waitFor()
    const environment = tab.getByRole('region', { name: 'Code, data and packages' })
    for (const [name, value] of [
      ['Commit', 'aaaa111'],
      ['ratings', 'v2'],
      ['mlflow', '==3.1'],
      ['Notes', 'note 1'],
    ] as const)
      await environment.getByRole('row', { name }).filter({ hasText: value }).waitFor()
    expect(await environment.getByText('numpy').count()).toBe(0)
    await canvasOf(card(tab, 'Parallel coordinates')).waitFor()
    await expectGood(someone)
    await tab.getByRole('heading', { name: 'Artifacts' }).click()
    await tab.getByLabel('Select a file to preview').selectOption('report.txt')
    for (const i of [0, 1, 2]) await tab.getByText(`report of run ${i}`).waitFor()
    expect(someone.problems()).toEqual([])
  })

  test('cards fit a phone', async () => {
    await using someone = await visitor(browser, server.url, { viewport: { width: 390, height: 844 } })
    await someone.open(charts(KINDS.join(',')))
    await canvasOf(card(someone.tab, 'accuracy by lr')).waitFor()
    const width = () => someone.tab.evaluate(() => document.documentElement.scrollWidth)
    expect(await width()).toBe(390)
    await expectGood(someone)
    const ids = runs.slice(0, 2).map(({ run_id }) => run_id)
    await someone.open(`/#/compare?runs=${ids}&artifact=predictions.json`)
    await canvasOf(card(someone.tab, 'ROC: predictions.json')).waitFor()
    const views = someone.tab.getByRole('group', { name: 'View', exact: true })
    const { x, width: wide } = (await views.boundingBox())!
    expect([await width(), x + wide < 390]).toEqual([390, true])
  })
})
