import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { visitor } from './browser/visitor.js'
import { type Api, api } from './harness/api.js'
import { chromium, launchBrowser } from './harness/browser.js'
import { type Server, startServer } from './harness/server.js'

const MODELS = '/api/2.0/mlflow/registered-models'

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
    let answer = () => {}
    const isAnswered = new Promise<void>((resolve) => {
      answer = resolve
    })
    await tab.route(`**${MODELS}/create`, async (route) => {
      sent.push(route.request().postData() ?? '')
      await isAnswered
      await route.continue()
    })
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
    answer()
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
})
