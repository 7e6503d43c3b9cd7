import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { visitor } from './browser/visitor.js'
import { api } from './harness/api.js'
import { chromium, launchBrowser } from './harness/browser.js'
import { runCli } from './harness/cli.js'
import { type Server, startServer } from './harness/server.js'

const ENDLESS = 'with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n'

describe.skipIf(!chromium)('the page that runs SQL', () => {
  let server: Server
  let browser: Browser
  beforeAll(async () => {
    server = await startServer()
    browser = await launchBrowser()
    const owner = api(server.url)
    await owner.post('/api/2.1/unity-catalog/catalogs', { name: 'films' })
    await owner.post('/api/2.1/unity-catalog/schemas', { catalog_name: 'films', name: 'default' })
    await owner.post('/api/cairn/v1/tables', {
      ...{ catalog_name: 'films', schema_name: 'default', name: 'titles' },
      columns: [
        { name: 'title', type_name: 'STRING' },
        { name: 'year', type_name: 'LONG' },
      ],
      csv: 'title,year\nHeat,1995\nBabe,1995\nToy Story 2,1999\n',
    })
  })
  afterAll(async () => {
    await browser?.close()
    await server?.[Symbol.asyncDispose]()
  })

  test('queries a table from its page, by keyboard, sorts the rows, and keeps the text in the URL', async () => {
    await using someone = await visitor(browser, server.url)
    const { tab } = someone
    await someone.open('/#/catalog/films.default.titles')
    await tab.getByRole('link', { name: 'Query' }).click()
    const text = tab.getByLabel('SQL')
    expect(await text.inputValue()).toBe('select * from films."default".titles limit 100')
    await text.fill('select year, count(*) as films from films."default".titles group by year')
    await text.press('Control+Enter')
    await tab.getByRole('button', { name: 'year' }).click()
    const cells = tab.locator('tbody tr:not(.spacer) td')
    await expect.poll(() => cells.allTextContents()).toEqual(['1995', '2', '1999', '1'])
    await tab
      .getByRole('status')
      .filter({ hasText: 'The query has ended with 2 rows.' })
      .waitFor({ state: 'attached' })
    const section = tab.getByRole('navigation', { name: 'Main navigation' }).locator('[aria-current]')
    expect(await section.allTextContents()).toEqual(['Catalog'])
    expect(await section.getAttribute('data-status')).toBe('active')
    expect(await someone.violations()).toEqual([])
    await tab.reload()
    expect(await text.inputValue()).toContain('group by year')
  })

  test('explains a failed query, cancels an endless one, and then runs another', async () => {
    await using someone = await visitor(browser, server.url, { locale: 'ko-KR' })
    const { tab } = someone
    await someone.open('/#/query')
    const run = tab.getByRole('button', { name: '실행하기' })
    expect(await run.isDisabled()).toBe(true)
    const text = tab.getByLabel('SQL 문')
    await text.fill('select nope from films."default".titles')
    await run.click()
    await tab.getByRole('alert').filter({ hasText: 'nope' }).waitFor()
    expect(await someone.violations()).toEqual([])
    await text.fill(ENDLESS)
    await run.click()
    await tab.getByText('실행 중').waitFor()
    const cancel = tab.getByRole('button', { name: '취소' })
    await cancel.click()
    await cancel.waitFor({ state: 'detached' })
    await tab.getByRole('status').filter({ hasText: '쿼리가 취소됐어요.' }).waitFor()
    await text.fill('select 42 as answer')
    await run.click()
    await tab.getByRole('cell', { name: '42' }).waitFor()
  })

  test('leaving the page cancels a query, also before its id is known', async () => {
    await using someone = await visitor(browser, server.url)
    const { tab } = someone
    await someone.open('/#/query')
    await tab.getByLabel('SQL').fill(ENDLESS)
    await tab.getByRole('button', { name: 'Run', exact: true }).click()
    const canceled = tab.waitForResponse((response) => response.url().endsWith('/cancel'))
    await tab.getByRole('link', { name: 'Models', exact: true }).click()
    expect((await canceled).status()).toBe(200)
  })

  test('the command line runs SQL too, and fails with the reason', async () => {
    const query = (...args: string[]) => runCli(server.url, ['catalog', 'query', ...args])
    const { stdout, stderr } = await query(
      'select * from films."default".titles',
      '--limit',
      '1',
      '-o',
      'json',
    )
    expect(JSON.parse(stdout)).toEqual([{ title: 'Heat', year: '1995' }])
    expect(stderr).toContain('The query has more rows; the first 1 are shown.')
    expect(await query('select nope')).toMatchObject({ code: 2, stderr: expect.stringContaining('nope') })
  })
})
