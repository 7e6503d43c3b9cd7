import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { visitor } from './browser/visitor.js'
import { type Api, api, send } from './harness/api.js'
import { chromium, launchBrowser } from './harness/browser.js'
import { runCli } from './harness/cli.js'
import { isLong } from './harness/effort.js'
import { type Server, startServer } from './harness/server.js'

const TOKEN = 'a-token-that-a-secret-store-generated'

describe('the audit log', () => {
  let server: Server
  let owner: Api
  let browser: Browser | undefined
  beforeAll(async () => {
    server = await startServer({ env: { CAIRN_AUTH: 'required', CAIRN_OWNER_TOKEN: TOKEN } })
    owner = api(server.url, TOKEN)
    await owner.post('/api/2.1/unity-catalog/catalogs', { name: 'main' })
    const change = { principal: 'account users', add: ['USE CATALOG'] }
    await send(server.url, 'PATCH', '/api/2.1/unity-catalog/permissions/catalog/main', {
      token: TOKEN,
      body: { changes: [change] },
    })
    await send(server.url, 'GET', '/api/2.0/mlflow/experiments/get?experiment_id=0', {
      token: 'a-stolen-token',
    })
    if (chromium && isLong) browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.[Symbol.asyncDispose]()
  })

  test('is listed and exported on the command line', async () => {
    const cairn = (...args: string[]) => runCli(server.url, ['--token', TOKEN, 'audit', ...args])
    const list = await cairn('list', '--securable', 'main', '--since', '1h')
    expect(list.stdout).toMatch(/owner +127\.0\.0\.1 +updatePermissions +catalog main +success/)
    const denied = await cairn('list', '--outcome', 'denied', '-o', 'json')
    expect(JSON.parse(denied.stdout)).toMatchObject([
      { action_name: 'getExperiment', response: { status_code: 401, error_code: 'UNAUTHENTICATED' } },
    ])
    const { stdout } = await cairn('export', '--action', 'createCatalog')
    expect(JSON.parse(stdout.trim())).toMatchObject({ object: { type: 'catalog', name: 'main' } })
    const csv = await cairn('export', '--format', 'csv', '--action', 'updatePermissions')
    expect(csv.stdout).toContain('USE CATALOG')
    const wrong = await cairn('list', '--since', 'yesterday')
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("'yesterday' is not a time")])
  })

  describe.skipIf(!chromium || !isLong)('in a browser', () => {
    test('is filtered with the keyboard, shows details, and is exported', async () => {
      await using someone = await visitor(browser!, server.url)
      const { tab } = someone
      await signIn(someone)
      await someone.open('/#/audit')
      await tab.getByRole('row').filter({ hasText: 'Update permissions' }).waitFor()
      expect(await someone.violations()).toEqual([])
      await tab.getByLabel('Object name or ID').fill('main')
      await tab.getByLabel('Operation').fill('updatePermissions')
      await tab.keyboard.press('Enter')
      await expect.poll(() => tab.getByRole('row').count()).toBe(2) // with the head
      const object = tab.getByRole('row').getByRole('link', { name: 'main' })
      expect(await object.getAttribute('href')).toMatch(/#\/catalog\/main$/)
      expect(tab.url()).toContain('action=updatePermissions')
      const details = tab.getByRole('button', { name: 'Details of Update permissions' })
      expect(await details.getAttribute('title')).toBe('updatePermissions')
      await details.press('Enter')
      const dialog = tab.getByRole('dialog', { name: 'Update permissions' })
      await dialog.getByText('unityCatalog · updatePermissions').waitFor()
      await dialog.getByText('privileges account users: +USE CATALOG').waitFor()
      expect(await someone.violations()).toEqual([])
      await tab.keyboard.press('Escape')
      const download = tab.waitForEvent('download')
      await tab.getByRole('link', { name: 'Export CSV' }).click()
      expect((await download).suggestedFilename()).toBe('audit.csv')
      await tab.getByLabel('Outcome').selectOption('Failed')
      await tab.getByRole('button', { name: 'Apply' }).click()
      await tab.getByRole('heading', { name: 'No audit events found' }).waitFor()
      await tab.getByRole('button', { name: 'Reset' }).click()
      await tab.getByRole('row').filter({ hasText: 'Create catalog' }).waitFor()
      expect(someone.problems()).toEqual([])
    })

    test('is shown in Korean', async () => {
      await using someone = await visitor(browser!, server.url, { locale: 'ko-KR' })
      await signIn(someone)
      await someone.open('/#/audit?outcome=denied')
      await someone.tab.getByRole('heading', { name: '감사 로그' }).waitFor()
      await someone.tab.getByRole('row').filter({ hasText: '로그인하지 않음' }).waitFor()
      expect(await someone.violations()).toEqual([])
      await someone.tab.getByLabel('객체 유형').selectOption('카탈로그')
      await someone.tab.getByLabel('결과').selectOption('성공')
      await someone.tab.getByRole('button', { name: '적용' }).click()
      await someone.tab.getByRole('button', { name: '카탈로그 생성 세부 정보' }).waitFor()
      await someone.tab.getByRole('row').filter({ hasText: '권한 수정' }).waitFor()
    })
  })

  async function signIn({ tab }: Awaited<ReturnType<typeof visitor>>) {
    const response = await tab.request.post(`${server.url}/api/cairn/v1/sign-in`, {
      data: { token: TOKEN },
      headers: { origin: server.url },
    })
    expect(response.status()).toBe(200)
  }
})
