import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { visitor } from './browser/visitor.js'
import { type Api, api } from './harness/api.js'
import { chromium, launchBrowser } from './harness/browser.js'
import { type Server, startServer } from './harness/server.js'

/** Texts with three English words in a row, apart from names, code and the server's own words, which are marked. */
const englishIn = (tab: Page): Promise<string[]> =>
  tab.evaluate(() => {
    const found: string[] = []
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (texts.nextNode()) {
      const { parentElement, textContent } = texts.currentNode
      const isMarked = parentElement!.closest('body [lang]:not([lang=ko]), code, pre, noscript, .mono')
      if (!isMarked && /[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}/.test(textContent!)) found.push(textContent!)
    }
    return found
  })

describe.skipIf(!chromium)('messages of the server on Korean pages', () => {
  let server: Server
  let browser: Browser
  let owner: Api
  beforeAll(async () => {
    server = await startServer()
    browser = await launchBrowser()
    owner = api(server.url)
    await owner.post('/api/2.0/mlflow/experiments/create', { name: '영화' })
    await owner.post('/api/2.1/unity-catalog/catalogs', { name: 'films' })
  })
  afterAll(async () => {
    await browser?.close()
    await server?.[Symbol.asyncDispose]()
  })
  const visit = () => visitor(browser, server.url, { locale: 'ko-KR' })

  test('an object that does not exist is named in Korean, with the server’s words as detail', async () => {
    await using someone = await visit()
    for (const [path, sentence] of [
      ['/#/experiments/999', '실험 없음: 999'],
      ['/#/experiments/0/runs/0123456789abcdef0123456789abcdef', /실행 없음: 0123/],
      ['/#/models/nothing', '등록된 모델 없음: nothing'],
      ['/#/endpoints/nothing', '엔드포인트 없음: nothing'],
      ['/#/jobs/999', '작업 없음: 999'],
      ['/#/jobs/runs/999', '실행 없음: 999'],
      ['/#/catalog/films.nothing', '스키마 없음: films.nothing'],
    ] as const) {
      await someone.open(path)
      const alert = someone.tab.getByRole('alert').filter({ hasText: sentence }).first()
      await alert.waitFor()
      expect(await alert.locator('[lang=en]').textContent(), path).toMatch(/not found|not exist|exists$/)
      expect(await englishIn(someone.tab), path).toEqual([])
    }
    expect(await someone.violations()).toEqual([])
  })

  test('a name that is taken and a filter that is wrong are explained where they were typed', async () => {
    await using someone = await visit()
    const { tab } = someone
    await someone.open('/')
    await tab.getByRole('button', { name: '실험 만들기' }).first().click()
    const dialog = tab.getByRole('dialog')
    await dialog.getByRole('textbox').first().fill('영화')
    await dialog.getByRole('textbox').first().press('Enter')
    await dialog.getByText('이미 사용 중인 실험 이름이에요: 영화').waitFor()
    expect(await englishIn(tab)).toEqual([])
    await someone.open(`/#/experiments/0?filter=${encodeURIComponent('metrics.a > "b"')}`)
    await tab.locator('.filter-message [lang=en]').waitFor()
    expect(await englishIn(tab)).toEqual([])
    await someone.open('/#/catalog')
    await tab.getByRole('button', { name: '카탈로그 만들기' }).click()
    await tab.getByRole('dialog').getByLabel('이름').fill('films')
    await tab.getByRole('dialog').getByLabel('이름').press('Enter')
    await tab.getByRole('dialog').getByText('이미 사용 중인 카탈로그 이름이에요: films').waitFor()
    expect(await englishIn(tab)).toEqual([])
  })

  test('a failed run of a job says in Korean which task failed, and how', async () => {
    const { job_id } = await owner.post<{ job_id: number }>('/api/2.2/jobs/create', {
      name: '매일',
      tasks: [{ task_key: 'bad', shell_task: { script: 'exit 3' } }],
    })
    const { run_id } = await owner.post<{ run_id: number }>('/api/2.2/jobs/run-now', { job_id })
    await using someone = await visit()
    const { tab } = someone
    await someone.open(`/#/jobs/runs/${run_id}`)
    await tab.getByText('실패한 태스크: bad').waitFor()
    await tab.getByText('프로세스 종료 코드: 3').first().waitFor()
    expect(await englishIn(tab)).toEqual([])
    await someone.open(`/#/jobs/${job_id}`)
    await tab.getByRole('heading', { name: '매일' }).waitFor()
    expect(await englishIn(tab)).toEqual([])
    expect(await someone.violations()).toEqual([])
  })
})
