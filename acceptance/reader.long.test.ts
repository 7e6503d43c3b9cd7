import type { Browser, Locator, Page, Request } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { layoutProblems } from './browser/layout-problems.js'
import { pagesOfVariant } from './browser/page-variants.js'
import { visitor, waitUntilStable } from './browser/visitor.js'
import { type Api, api } from './harness/api.js'
import { chromium, launchBrowser } from './harness/browser.js'
import { type Server, startServer } from './harness/server.js'
import { tokenOf } from './harness/tokens.js'

const MLFLOW = '/api/2.0/mlflow'
const READS = ['READ EXPERIMENTS', 'READ MODELS', 'READ JOBS', 'VIEW ENDPOINT']
const READS_DATA = ['USE CATALOG', 'USE SCHEMA', 'SELECT', 'READ VOLUME']
/** More buttons of a page are the same in other rows. */
const MAX_BUTTONS = 25
const TABS = 4
/** A button here ends the sessions of all tabs. */
const ACCOUNT = '/#/account'
const BUTTONS = 'button:enabled:visible'
/** The most that the requests of a button are waited for. */
const WAIT_MS = 10_000

/** Presses all buttons of pages as somebody who may only read: a button must not lead to a refusal. */
describe.skipIf(!chromium)('somebody who may only read', () => {
  let server: Server
  let browser: Browser
  let token: string
  let pages: readonly string[]
  beforeAll(async () => {
    server = await startServer()
    browser = await launchBrowser()
    const owner = api(server.url)
    await owner.post('/api/2.0/preview/scim/v2/ServicePrincipals', { applicationId: 'reader' })
    token = await tokenOf(server.url, 'reader')
    pages = await fill(owner)
    for (const [path, add] of [
      ['metastore/metastore', READS],
      ['catalog/films', READS_DATA],
    ])
      await owner.patch(`/api/2.1/unity-catalog/permissions/${path}`, {
        changes: [{ principal: 'reader', add }],
      })
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await server?.[Symbol.asyncDispose]()
  })

  test('is offered no button that answers 403, on any page', async () => {
    const refused = new Set<string>()
    const pressAll = async (waiting: string[]) => {
      await using someone = await visitor(browser, server.url, { isClosed: true })
      await someone.tab.request.post(`${server.url}/api/cairn/v1/sign-in`, { data: { token } })
      const presser = new Presser(someone.tab, refused)
      for (let page = waiting.shift(); page !== undefined; page = waiting.shift())
        await presser.pressAll(server.url + page)
      return presser.count
    }
    const waiting = pages.filter((page) => page !== ACCOUNT)
    const counts = await Promise.all(Array.from({ length: TABS }, () => pressAll(waiting)))
    counts.push(await pressAll([ACCOUNT]))
    expect([...refused]).toEqual([])
    expect(counts.reduce((sum, count) => sum + count)).toBeGreaterThan(3 * pages.length)
  }, 180_000)

  test.each([
    [0, { viewport: { width: 390, height: 844 }, locale: 'ko-KR', colorScheme: 'dark' }],
    [1, { viewport: { width: 640, height: 400 }, locale: 'en-US', colorScheme: 'light' }],
  ] as const)(
    'sees each page whole, on a phone in Korean or at a zoom of 200 %, variant %i',
    async (variant, options) => {
      await using someone = await visitor(browser, server.url, { ...options, isClosed: true })
      const { tab } = someone
      await tab.request.post(`${server.url}/api/cairn/v1/sign-in`, { data: { token } })
      const found: string[] = []
      for (const page of pagesOfVariant(pages, variant, 2)) {
        await someone.show(page)
        const problems = [...(await layoutProblems(tab)), ...(await someone.violations())]
        const isKorean = /[가-힣]{2}/.test((await tab.locator('main').textContent()) ?? '')
        if (isKorean !== (options.locale === 'ko-KR')) problems.push('the other language')
        found.push(...problems.map((problem) => `${page}: ${problem}`))
      }
      expect(found).toEqual([])
      expect(someone.problems().filter((problem) => !/status of 40[34]/.test(problem))).toEqual([])
    },
    120_000,
  )
})

/** Presses the buttons of pages in a tab, and notes requests that are refused. */
class Presser {
  count = 0
  readonly #tab: Page
  readonly #requests = new Set<Request>()
  #pressed = ''

  constructor(tab: Page, refused: Set<string>) {
    this.#tab = tab
    tab.on('request', (request) => {
      if (!request.url().includes('/events')) this.#requests.add(request)
    })
    tab.on('requestfinished', (request) => this.#requests.delete(request))
    tab.on('requestfailed', (request) => this.#requests.delete(request))
    tab.on('response', (response) => {
      if (response.status() !== 403) return
      refused.add(`${this.#pressed}: ${response.request().method()} ${new URL(response.url()).pathname}`)
    })
  }

  async pressAll(page: string) {
    const main = this.#tab.locator('main')
    const overlay = this.#tab.locator('dialog[open], [popover]:popover-open')
    this.#pressed = page
    await this.#show(page)
    for (const name of await buttonsOf(main)) {
      if (this.#tab.url() !== page) await this.#show(page)
      await this.#press(main, name, `${page} “${name}”`)
      for (const inner of await buttonsOf(overlay))
        await this.#press(overlay, inner, `${page} “${name}” › “${inner}”`)
      await this.#tab.keyboard.press('Escape')
      await this.#tab.keyboard.press('Escape')
    }
  }

  /** Does nothing if the button is gone, and waits for the requests that it sends. */
  async #press(within: Locator, name: string, pressed: string) {
    this.#pressed = pressed
    const isPressed = await within.locator(BUTTONS).evaluateAll((all, wanted) => {
      const nameOf = (one: Element) => one.getAttribute('aria-label') ?? one.textContent?.trim()
      const button = all.find((one) => nameOf(one) === wanted) as HTMLElement | undefined
      button?.click()
      return button !== undefined
    }, name)
    if (!isPressed) return
    this.count++
    await this.#settle()
  }

  /** Only the first page of the tab is loaded. */
  async #show(page: string) {
    await this.#tab.goto(page)
    await this.#settle()
    await waitUntilStable(this.#tab)
  }

  async #settle() {
    const end = Date.now() + WAIT_MS
    do await this.#tab.waitForTimeout(20)
    while (this.#requests.size > 0 && Date.now() < end)
  }
}

/** The names of the buttons that can be pressed, each once. */
async function buttonsOf(within: Locator): Promise<string[]> {
  const names = await within
    .locator(BUTTONS)
    .evaluateAll((all) =>
      all.map((button) => button.getAttribute('aria-label') ?? button.textContent?.trim() ?? ''),
    )
  return [...new Set(names)].filter((name) => name !== '').slice(0, MAX_BUTTONS)
}

/** Creates an object of each kind. @returns the pages that show them */
async function fill(owner: Api): Promise<readonly string[]> {
  const tags = [{ key: 'team', value: 'search' }]
  const body = { experiment_id: '0', run_name: 'als', start_time: Date.now(), tags }
  const { run } = await owner.post<{ run: { info: { run_id: string } } }>(`${MLFLOW}/runs/create`, body)
  const { run_id } = run.info
  const metrics = [{ key: 'loss', value: 1, step: 1, timestamp: 1 }]
  await owner.post(`${MLFLOW}/runs/log-batch`, { run_id, metrics, params: [{ key: 'lr', value: '1' }] })
  await owner.post('/api/cairn/v1/run-comments', { run_id, body: 'Is it off?' })
  await owner.post(`${MLFLOW}/registered-models/create`, { name: 'als' })
  for (let version = 0; version < 2; version++)
    await owner.post(`${MLFLOW}/model-versions/create`, { name: 'als', source: `runs:/${run_id}/m`, run_id })
  await owner.post(`${MLFLOW}/registered-models/alias`, { name: 'als', alias: 'champion', version: '1' })
  const prompt = [{ key: 'mlflow.prompt.is_prompt', value: 'true' }]
  await owner.post(`${MLFLOW}/registered-models/create`, { name: 'greet', tags: prompt })
  const text = [...prompt, { key: 'mlflow.prompt.text', value: 'Hello {{name}}' }]
  await owner.post(`${MLFLOW}/model-versions/create`, {
    name: 'greet',
    source: 'prompt-template',
    tags: text,
  })
  const unity = '/api/2.1/unity-catalog'
  await owner.post(`${unity}/catalogs`, { name: 'films' })
  await owner.post(`${unity}/schemas`, { catalog_name: 'films', name: 'raw' })
  const inSchema = { catalog_name: 'films', schema_name: 'raw' }
  await owner.post(`${unity}/volumes`, { ...inSchema, name: 'files', volume_type: 'MANAGED' })
  await owner.post('/api/cairn/v1/tables', {
    ...{ ...inSchema, name: 'titles', csv: 'title\nHeat\n' },
    columns: [{ name: 'title', type_name: 'STRING' }],
  })
  const task = { entry: 'models/gate', parameters: { model: 'als', version: '1' } }
  const { job_id } = await owner.post<{ job_id: number }>('/api/2.2/jobs/create', {
    ...{ name: 'nightly', tasks: [{ task_key: 'gate', node_task: task }] },
  })
  const started = await owner.post<{ run_id: number }>('/api/2.2/jobs/run-now', { job_id })
  const lists = 'experiments models prompts endpoints catalog jobs reports alerts access query'.split(' ')
  return [
    ...lists.map((list) => `/#/${list}`),
    '/#/experiments/0?layout=both',
    ...['traces', 'evaluation-runs', 'judges', 'models', 'datasets'].map((tab) => `/#/experiments/0/${tab}`),
    ...['', '?tab=artifacts', '?tab=curves'].map((tab) => `/#/experiments/0/runs/${run_id}${tab}`),
    ...['als', 'als/versions/1', 'als/compare?left=1&right=2'].map((path) => `/#/models/${path}`),
    ...['/#/prompts/greet', '/#/teams'],
    ...['films', 'films.raw', 'films.raw.titles', 'volumes/films.raw.files'].map(
      (name) => `/#/catalog/${name}`,
    ),
    ...[`/#/jobs/${job_id}`, `/#/jobs/runs/${started.run_id}`, ACCOUNT],
  ]
}
