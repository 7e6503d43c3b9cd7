import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { visitor } from './browser/visitor.js'
import { api } from './harness/api.js'
import { chromium, launchBrowser } from './harness/browser.js'
import { type Server, startServer } from './harness/server.js'
import { tokenOf } from './harness/tokens.js'

const MLFLOW = '/api/2.0/mlflow'

describe.skipIf(!chromium)('comments on a run', () => {
  let server: Server
  let browser: Browser
  let token: string
  let run: string
  const started = Date.now()
  beforeAll(async () => {
    server = await startServer()
    browser = await launchBrowser()
    const owner = api(server.url)
    await owner.post('/api/2.0/preview/scim/v2/ServicePrincipals', { applicationId: 'mina' })
    token = await tokenOf(server.url, 'mina')
    await owner.patch('/api/2.0/permissions/experiments/0', {
      access_control_list: [{ service_principal_name: 'mina', permission_level: 'CAN_READ' }],
    })
    const created = await owner.post<{ run: { info: { run_id: string } } }>(`${MLFLOW}/runs/create`, {
      ...{ experiment_id: '0', run_name: 'als-7', start_time: started },
    })
    run = created.run.info.run_id
  })
  afterAll(async () => {
    await browser?.close()
    await server?.[Symbol.asyncDispose]()
  })

  test('are written, mention a person who finds them, appear live, and are edited and deleted', async () => {
    const page = `/#/experiments/0/runs/${run}`
    await using owner = await visitor(browser, server.url)
    await using mina = await visitor(browser, server.url, { locale: 'ko-KR' })
    await mina.tab.request.post(`${server.url}/api/cairn/v1/sign-in`, { data: { token } })
    await owner.open(page)
    await mina.open('/#/alerts')
    await mina.tab.getByRole('heading', { name: '나를 언급한 댓글' }).waitFor({ state: 'hidden' })

    const field = owner.tab.getByRole('textbox', { name: 'New comment' })
    await field.pressSequentially('Is the **last** fold off, @mi')
    await owner.tab.getByRole('option', { name: 'mina' }).waitFor()
    expect(await owner.violations()).toEqual([])
    await field.press('Enter')
    await expect.poll(() => field.inputValue()).toBe('Is the **last** fold off, @mina ')
    await field.press('Control+Enter')
    const comments = owner.tab.getByRole('region', { name: 'Comments' })
    await comments.locator('strong', { hasText: '@mina' }).waitFor()
    expect(await field.inputValue()).toBe('')

    await mina.tab.getByRole('link', { name: '읽지 않은 멘션 1개' }).waitFor()
    await mina.tab.getByRole('listitem').filter({ hasText: '새 알림' }).waitFor()
    await mina.tab.getByRole('button', { name: '모두 읽음으로 표시' }).click()
    await mina.tab.getByRole('link', { name: '알림', exact: true }).waitFor()
    await mina.tab
      .getByRole('region', { name: '나를 언급한 댓글' })
      .getByRole('link', { name: 'als-7' })
      .click()
    const answers = mina.tab.getByRole('region', { name: '댓글' })
    await answers.getByText('owner', { exact: true }).waitFor()
    expect(await answers.getByRole('button', { name: /댓글 (편집|삭제)/ }).count()).toBe(0)
    await answers.getByRole('textbox', { name: '새 댓글' }).fill('네, 다시 돌릴게요.')
    await answers.getByRole('button', { name: '댓글 달기' }).click()
    await comments.getByText('네, 다시 돌릴게요.').waitFor()
    expect(await mina.violations()).toEqual([])

    await comments.getByRole('button', { name: 'Edit comment' }).click()
    await comments.getByRole('textbox', { name: 'Edit comment' }).fill('Is fold 5 off?')
    await comments.getByRole('button', { name: 'Save' }).click()
    await comments.getByText('edited').waitFor()
    await answers.getByText('Is fold 5 off?').waitFor()
    const focused = () => owner.tab.evaluate(() => document.activeElement?.getAttribute('aria-label'))
    await expect.poll(focused).toBe('Edit comment')
    await comments.getByRole('button', { name: 'Delete comment by mina' }).click()
    await owner.tab.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await answers.getByText('네, 다시 돌릴게요.').waitFor({ state: 'hidden' })
    const focusedText = () => owner.tab.evaluate(() => document.activeElement?.textContent)
    await expect.poll(focusedText).toContain('Is fold 5 off?')
    const remove = comments.getByRole('button', { name: 'Delete comment by owner' })
    await remove.click()
    await owner.tab.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
    await expect.poll(focused).toBe('Delete comment by owner')
    await remove.click()
    await owner.tab.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await expect.poll(focused).toBe('New comment')
    expect([...owner.problems(), ...mina.problems()]).toEqual([])
  })

  test('say who imported them, because an import gives the author', async () => {
    const imported = {
      ...{ run_id: run, experiment_id: '0', run_name: 'als-7', status: 'RUNNING', start_time: started },
      comments: [{ comment_id: 'c1', body: 'Ship it.', author: 'boss', created_at: 5, updated_at: 5 }],
    }
    await api(server.url).post('/api/cairn/v1/import/runs', imported)
    await using reader = await visitor(browser, server.url, {
      ...{ locale: 'ko-KR', viewport: { width: 390, height: 844 } },
    })
    await reader.open(`/#/experiments/0/runs/${run}`)
    const item = reader.tab.getByRole('listitem').filter({ hasText: 'Ship it.' })
    await item.getByText('owner님이 가져옴').waitFor()
    expect(await item.getByRole('button', { name: '댓글 편집' }).count()).toBe(0)
    expect(await reader.tab.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0)
    expect(await reader.violations()).toEqual([])
  })
})
