import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { holdRequests } from './browser/hold-requests.js'
import { visitor } from './browser/visitor.js'
import { type Api, api } from './harness/api.js'
import { chromium, launchBrowser } from './harness/browser.js'
import { type Server, startServer } from './harness/server.js'

const MODELS = '/api/2.0/mlflow/registered-models'

interface Run {
  readonly run: { readonly info: { readonly run_id: string; readonly lifecycle_stage: string } }
}

/** The label, the name or the text of the focused element. */
const focusedName = (tab: Page) =>
  tab.evaluate(() => {
    const focused = document.activeElement as HTMLInputElement
    return focused.labels?.[0]?.textContent || focused.ariaLabel || focused.textContent
  })

describe.skipIf(!chromium)('forms of the console', () => {
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

  test('a form sends one request however often it is submitted, and says while it runs', async () => {
    await using someone = await visitor(browser, server.url)
    const { tab } = someone
    const sent: string[] = []
    tab.on('request', (request) => {
      if (request.url().endsWith(`${MODELS}/create`)) sent.push(request.postData() ?? '')
    })
    const release = await holdRequests(tab, `**${MODELS}/create`)
    await someone.open('/#/models')
    await tab.getByRole('button', { name: 'Create model' }).first().click()
    const dialog = tab.getByRole('dialog', { name: 'Create model' })
    const name = dialog.getByRole('textbox', { name: 'Name' })
    await name.fill('twice')
    // Both come before React renders the form with a pending request.
    await name.evaluate((field: HTMLInputElement) => {
      field.form!.requestSubmit()
      field.form!.requestSubmit()
    })
    const create = dialog.getByRole('button', { name: 'Create' })
    await expect.poll(() => create.getAttribute('aria-busy')).toBe('true')
    expect(await create.isDisabled()).toBe(true)
    await name.press('Enter')
    await name.evaluate((field: HTMLInputElement) => field.form!.requestSubmit())
    release()
    await tab.getByRole('heading', { name: 'twice', level: 1 }).waitFor()
    expect(sent).toHaveLength(1)
  })

  test('a form that was refused can be sent again', async () => {
    await owner.post(`${MODELS}/create`, { name: 'taken' })
    await using someone = await visitor(browser, server.url)
    const { tab } = someone
    await someone.open('/#/models')
    await tab.getByRole('button', { name: 'Create model' }).first().click()
    const dialog = tab.getByRole('dialog', { name: 'Create model' })
    const name = dialog.getByRole('textbox', { name: 'Name' })
    await name.fill('taken')
    await name.press('Enter')
    await dialog.getByRole('alert').waitFor()
    await name.fill('free')
    await name.press('Enter')
    await tab.getByRole('heading', { name: 'free', level: 1 }).waitFor()
  })

  test('a dialog focuses the first field of its form, and the safe answer to a question', async () => {
    await owner.post(`${MODELS}/create`, { name: 'asked' })
    await using someone = await visitor(browser, server.url)
    const { tab } = someone
    await someone.open('/#/models')
    await tab.getByRole('button', { name: 'Create model' }).first().press('Enter')
    await expect.poll(() => focusedName(tab)).toBe('Name')
    await tab.keyboard.press('Escape')
    await expect.poll(() => focusedName(tab)).toBe('Create model')

    await someone.navigate('/#/models/asked')
    await tab.getByRole('button', { name: 'More actions' }).press('Enter')
    await tab.getByRole('button', { name: 'Rename' }).press('Enter')
    await expect.poll(() => focusedName(tab)).toBe('New name')
    await tab.keyboard.press('Escape')
    await tab.getByRole('button', { name: 'More actions' }).press('Enter')
    await tab.getByRole('button', { name: 'Delete' }).press('Enter')
    await expect.poll(() => focusedName(tab)).toBe('Type asked to confirm')
    await tab.keyboard.press('Escape')
  })

  test('a question without fields focuses Cancel, so that Enter deletes nothing', async () => {
    const { run } = await owner.post<Run>('/api/2.0/mlflow/runs/create', {
      experiment_id: '0',
      run_name: 'kept',
    })
    await using someone = await visitor(browser, server.url)
    const { tab } = someone
    await someone.open(`/#/experiments/0/runs/${run.info.run_id}`)
    await tab.getByRole('button', { name: 'More actions' }).press('Enter')
    await tab.getByRole('button', { name: 'Delete' }).press('Enter')
    const dialog = tab.getByRole('dialog', { name: /kept/ })
    await dialog.waitFor()
    await expect.poll(() => focusedName(tab)).toBe('Cancel')
    await tab.keyboard.press('Enter')
    await dialog.waitFor({ state: 'detached' })
    const { run_id } = run.info
    const { run: kept } = await owner.get<Run>('/api/2.0/mlflow/runs/get', { run_id })
    expect(kept.info.lifecycle_stage).toBe('active')
  })

  test('a dialog without a form focuses its Close button', async () => {
    await using someone = await visitor(browser, server.url)
    const { tab } = someone
    await someone.open('/#/models')
    await tab.keyboard.press('?')
    await expect.poll(() => focusedName(tab)).toBe('Close')
  })

  test('a form that arrives later takes the focus from the Close button', async () => {
    await using someone = await visitor(browser, server.url)
    const { tab } = someone
    const release = await holdRequests(tab, /\/alert-rules/)
    await someone.open('/#/experiments/0')
    await tab.getByRole('button', { name: 'Alerts' }).press('Enter')
    await expect.poll(() => focusedName(tab)).toBe('Close')
    release()
    await expect.poll(() => focusedName(tab)).toBe('Name')
  })
})
