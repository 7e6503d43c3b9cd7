import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { settled, visitor } from './browser/visitor.js'
import { type Api, api } from './harness/api.js'
import { chromium, launchBrowser } from './harness/browser.js'
import { type Server, startServer } from './harness/server.js'
import { tokenOf } from './harness/tokens.js'

const UNITY = '/api/2.1/unity-catalog'

/** Rows of the dashboard's checklist that no other file has. */
describe.skipIf(!chromium)('the console', () => {
  let server: Server
  let browser: Browser
  let owner: Api
  beforeAll(async () => {
    server = await startServer()
    browser = await launchBrowser()
    owner = api(server.url)
    await owner.post(`${UNITY}/catalogs`, { name: 'films' })
    await owner.post(`${UNITY}/schemas`, { catalog_name: 'films', name: 'raw' })
  })
  afterAll(async () => {
    await browser?.close()
    await server?.[Symbol.asyncDispose]()
  })

  const visit = (options?: Parameters<typeof visitor>[2]) => visitor(browser, server.url, options)

  test('files are uploaded to a volume, replaced after a question, downloaded and deleted', async () => {
    await using someone = await visit()
    const { tab } = someone
    await someone.open('/#/catalog/films.raw')
    await tab.getByRole('button', { name: 'Create volume' }).click()
    const dialog = tab.getByRole('dialog', { name: 'Create volume' })
    await dialog.getByRole('textbox', { name: 'Name' }).fill('uploads')
    await dialog.getByRole('button', { name: 'Create' }).click()
    await tab.getByRole('heading', { name: 'uploads', level: 1 }).waitFor()
    await tab.getByRole('heading', { name: 'This folder is empty' }).waitFor()
    await tab.getByRole('button', { name: 'Create folder' }).click()
    const folder = tab.getByRole('dialog', { name: 'Create folder' })
    await folder.getByRole('textbox').fill('영화 #1')
    await folder.getByRole('button', { name: 'Create' }).click()
    await tab.getByRole('link', { name: '영화 #1' }).click()
    await tab.getByRole('heading', { name: 'This folder is empty' }).waitFor()

    const file = (bytes: number) => ({ name: 'a 100%.csv', mimeType: 'text/csv', buffer: Buffer.alloc(bytes, 'x') })
    await tab.locator('input[type=file]').setInputFiles([file(5), file(700)])
    const uploads = tab.getByRole('region', { name: 'Uploads' })
    await uploads.getByText('1 of 2 uploaded').waitFor()
    await tab.getByRole('cell', { name: '5 B' }).waitFor()
    expect(await someone.violations()).toEqual([])
    await uploads.getByRole('button', { name: 'Replace' }).click()
    await tab.getByRole('cell', { name: '700 B' }).waitFor()
    const [download] = await Promise.all([
      tab.waitForEvent('download'),
      tab.getByRole('link', { name: 'a 100%.csv' }).click(),
    ])
    expect(download.suggestedFilename()).toBe('a 100%.csv')

    await tab.goBack()
    await tab.getByRole('button', { name: 'Delete 영화 #1' }).click()
    const question = tab.getByRole('dialog', { name: 'Delete 영화 #1' })
    await question.getByRole('button', { name: 'Delete' }).click()
    await question.getByRole('alert').waitFor() // it has a file
    await question.getByRole('button', { name: 'Cancel' }).click()
    await tab.getByRole('link', { name: '영화 #1' }).click()
    await tab.getByRole('button', { name: 'Delete a 100%.csv' }).click()
    await tab.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await tab.getByRole('heading', { name: 'This folder is empty' }).waitFor()
  })

  test('a reader of a volume may download its files, and sees no button that would be refused', async () => {
    await owner.post(`${UNITY}/volumes`, {
      ...{ catalog_name: 'films', schema_name: 'raw', name: 'shared', volume_type: 'MANAGED' },
    })
    await owner.post('/api/2.0/preview/scim/v2/ServicePrincipals', { applicationId: 'reader' })
    for (const [type, name, privilege] of [
      ['catalog', 'films', 'USE CATALOG'],
      ['schema', 'films.raw', 'USE SCHEMA'],
      ['volume', 'films.raw.shared', 'READ VOLUME'],
    ])
      await owner.patch(`${UNITY}/permissions/${type}/${name}`, {
        changes: [{ principal: 'reader', add: [privilege] }],
      })
    const token = await tokenOf(server.url, 'reader')
    await using someone = await visit()
    const { tab } = someone
    await tab.request.post(`${server.url}/api/cairn/v1/sign-in`, { data: { token } })
    await someone.open('/#/catalog/volumes/films.raw.shared')
    await tab.getByRole('heading', { name: 'This folder is empty' }).waitFor()
    for (const name of ['Upload files', 'Create folder', 'Delete'])
      expect(await tab.getByRole('button', { name, exact: true }).count(), name).toBe(0)
    await settled(tab)
    expect(await someone.violations()).toEqual([])
  })
})
