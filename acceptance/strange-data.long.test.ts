import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { visitor } from './browser/visitor.js'
import { type Api, api } from './harness/api.js'
import { chromium, launchBrowser } from './harness/browser.js'
import { type Server, startServer } from './harness/server.js'

const M2 = '/api/2.0/mlflow'

/** Data that a stranger may log. */
describe.skipIf(!chromium)('the console with strange data', () => {
  let server: Server
  let browser: Browser
  let owner: Api
  let experiment: string
  let run: string
  const longName = `아주 긴 이름 ${'unbroken'.repeat(40)}`
  beforeAll(async () => {
    server = await startServer()
    browser = await launchBrowser()
    owner = api(server.url)
    const create = (path: string, body: object) => owner.post<Record<string, string>>(`${M2}/${path}`, body)
    experiment = (await create('experiments/create', { name: longName })).experiment_id!
    const made = await owner.post<{ run: { info: { run_id: string } } }>(`${M2}/runs/create`, {
      ...{ experiment_id: experiment, run_name: 'שלום' },
    })
    run = made.run.info.run_id
    await owner.post(`${M2}/runs/log-batch`, {
      run_id: run,
      metrics: [3, 'Infinity', 'NaN', '-Infinity', 1].map((value, step) => ({
        ...{ key: 'loss', value, step, timestamp: step },
      })),
      params: [{ key: 'long', value: 'v'.repeat(5_000) }],
    })
    await owner.post(`${M2}/registered-models/create`, { name: 'films' })
    for (let version = 0; version < 12; version++)
      await owner.post(`${M2}/model-versions/create`, {
        ...{ name: 'films', source: `runs:/${run}/model`, run_id: run },
      })
    const upload = (name: string) =>
      fetch(`${server.url}/api/2.0/mlflow-artifacts/artifacts/${experiment}/${run}/artifacts/many/${name}`, {
        ...{ method: 'PUT', body: 'x' },
      })
    for (let from = 0; from < 450; from += 50)
      await Promise.all(Array.from({ length: 50 }, (_, i) => upload(`file ${from + i}.txt`)))
  })
  afterAll(async () => {
    await browser?.close()
    await server?.[Symbol.asyncDispose]()
  })

  test('names that reverse text do not reach the text around them', async () => {
    const name = 'gpj.\u202etxt'
    const { run: made } = await owner.post<{ run: { info: { run_id: string } } }>(`${M2}/runs/create`, {
      ...{ experiment_id: experiment, run_name: name },
    })
    await using someone = await visitor(browser, server.url)
    const { tab } = someone
    const reversed = () =>
      tab.evaluate(() => {
        const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
        const found: string[] = []
        for (let node = texts.nextNode(); node; node = texts.nextNode()) {
          const text = node.textContent ?? ''
          const style = getComputedStyle(node.parentElement!)
          const isIsolated = style.unicodeBidi !== 'normal' || /\u2066.*\u2069/.test(text)
          if (text.includes('\u202e')) found.push(`${node.parentElement!.tagName} ${isIsolated}`)
        }
        return found
      })
    await someone.open(`/#/experiments/${experiment}/runs/${made.info.run_id}`)
    await tab.getByRole('heading', { name: /txt/ }).waitFor()
    expect(await tab.title()).toBe(`\u2066${name}\u2069 · Cairn`)
    expect(await reversed()).toContain('H1 true')
    await someone.open(`/#/experiments/${experiment}`)
    await tab.getByRole('link', { name: /txt/ }).waitFor()
    const shown = await reversed()
    expect(shown.length).toBeGreaterThan(0)
    expect(shown.filter((one) => one.endsWith('false'))).toEqual([])
  })

  test.each([1280, 390])('long names and values leave room for the rest, %s pixels wide', async (width) => {
    await using someone = await visitor(browser, server.url, { viewport: { width, height: 800 } })
    const { tab } = someone
    await someone.open('/')
    const name = tab.getByRole('rowheader', { name: longName })
    await expect.poll(async () => (await name.boundingBox())!.width).toBeLessThan(800) // once its last run is shown
    await someone.open(`/#/experiments/${experiment}/runs/${run}`)
    const value = tab.getByText('v'.repeat(5_000))
    expect((await value.boundingBox())!.height).toBeLessThan(200)
    await tab.getByText('5 more').waitFor() // versions in the lineage
    expect(await tab.locator('.lineage-node.version').count()).toBe(8)
    expect(await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
    expect(await someone.violations()).toEqual([])
    expect(someone.problems()).toEqual([])
  })

  test('infinite values do not flatten a chart', async () => {
    await using someone = await visitor(browser, server.url)
    const { tab } = someone
    await someone.open(`/#/experiments/${experiment}?layout=charts`)
    const card = tab.getByRole('figure', { name: 'loss' })
    await card.getByRole('button', { name: 'Actions for loss' }).click()
    const saved = tab.waitForEvent('download')
    await tab.getByRole('button', { name: 'Download SVG' }).click()
    const chunks: Buffer[] = []
    for await (const chunk of await (await saved).createReadStream()) chunks.push(chunk as Buffer)
    const svg = Buffer.concat(chunks).toString()
    expect(svg).toContain('>3<') // a label of the vertical axis
    expect(svg).not.toMatch(/e\+?30\d/)
    expect(someone.problems()).toEqual([])
  })

  test('a folder of many files shows some, and more on demand', async () => {
    await using someone = await visitor(browser, server.url)
    const { tab } = someone
    await someone.open(`/#/experiments/${experiment}/runs/${run}?tab=artifacts`)
    await tab.getByRole('tab', { name: 'Artifacts' }).click()
    await tab.getByRole('button', { name: 'many' }).click()
    await tab.getByRole('button', { name: 'Show more (200 of 450)' }).click()
    await tab.getByRole('button', { name: 'Show more (400 of 450)' }).click()
    await expect.poll(() => tab.getByRole('button', { name: /^file \d+\.txt/ }).count()).toBe(450)
    expect(someone.problems()).toEqual([])
  })

  test('a deleted experiment says so, and a page that cannot be loaded offers to reload', async () => {
    const { experiment_id } = await owner.post<{ experiment_id: string }>(`${M2}/experiments/create`, {
      name: 'gone',
    })
    await owner.post(`${M2}/experiments/delete`, { experiment_id })
    await using someone = await visitor(browser, server.url, { isClosed: true })
    const { tab } = someone
    await someone.open(`/#/experiments/${experiment_id}`)
    await tab.locator('.chip', { hasText: 'Deleted' }).waitFor()
    await tab.route('**/assets/jobs*', (route) => route.abort())
    await someone.navigate('/#/jobs')
    await tab.getByText('A part of the console could not be loaded').waitFor()
    await tab.unroute('**/assets/jobs*')
    await tab.getByRole('button', { name: 'Try again' }).click()
    await tab.getByRole('heading', { name: 'Jobs', level: 1 }).waitFor()
  })
})
