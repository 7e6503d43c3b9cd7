import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compose } from './browser/input-method.js'
import { everySecond } from './browser/page-variants.js'
import { picture } from './browser/pictures.js'
import { type Visitor, visitor, waitUntilStable } from './browser/visitor.js'
import { api } from './harness/api.js'
import { chromium, launchBrowser } from './harness/browser.js'
import { popularityVersion, startDemoServer } from './harness/demo.js'
import type { Server } from './harness/server.js'

interface Run {
  info: { run_id: string; run_name: string; experiment_id: string }
}

/** Two-stage and hybrid models have a child run for each ablation. */
const NO_CHILDREN = 'tags.`mlflow.parentRunId` IS NULL'

describe.skipIf(!chromium)('in Chromium', () => {
  let server: Server
  let browser: Browser
  /** Runs of the demo by the name of the model. */
  let runs: Map<string, Run['info']>
  let experiment: string
  /** The page of a version that the gate rejects. */
  let rejected: string
  beforeAll(async () => {
    server = await startDemoServer()
    browser = await launchBrowser()
    const { get, post } = api(server.url)
    const named = await get<{ experiment: { experiment_id: string } }>(
      '/api/2.0/mlflow/experiments/get-by-name',
      {
        experiment_name: '/movies',
      },
    )
    experiment = named.experiment.experiment_id
    const found = await post<{ runs: Run[] }>('/api/2.0/mlflow/runs/search', { experiment_ids: [experiment] })
    runs = new Map(found.runs.map(({ info }) => [info.run_name, info]))
    rejected = `/#/models/movies/versions/${await popularityVersion(server.url)}`
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  const byNdcg = async (direction: 'ASC' | 'DESC') =>
    (
      await api(server.url).post<{ runs: Run[] }>('/api/2.0/mlflow/runs/search', {
        experiment_ids: [experiment],
        filter: NO_CHILDREN,
        order_by: [`metrics.ndcg_at_10 ${direction}`],
      })
    ).runs.map(({ info }) => info.run_name)
  const visit = (options?: Parameters<typeof visitor>[2]) => visitor(browser, server.url, options)
  const run = (model: string) => `/#/experiments/${experiment}/runs/${runs.get(model)!.run_id}`
  const championsRun = async () => {
    const { model_version } = await api(server.url).get<{ model_version: { run_id: string } }>(
      '/api/2.0/mlflow/registered-models/alias',
      { name: 'movies', alias: 'champion' },
    )
    return `/#/experiments/${experiment}/runs/${model_version.run_id}`
  }
  const jobRun = async () =>
    (await api(server.url).get<{ runs: { run_id: number }[] }>('/api/2.2/jobs/runs/list')).runs[0]!.run_id

  const PAGES: readonly (readonly [string, () => string | Promise<string>])[] = [
    ['the experiments', () => '/'],
    ['the runs table', () => `/#/experiments/${experiment}`],
    ['a run', () => run('iALS')],
    ['its curves', () => `${run('iALS')}?tab=curves`],
    ['its artifacts', () => `${run('iALS')}?tab=artifacts`],
    ['runs compared', () => `/#/compare?runs=${[...runs.values()].map((info) => info.run_id)}`],
    ['the models', () => '/#/models'],
    ['a model', () => '/#/models/movies'],
    ['a version and the gate', () => rejected],
    ['the endpoints', () => '/#/endpoints'],
    ['an endpoint', () => '/#/endpoints/movies'],
    ['the catalog', () => '/#/catalog'],
    ['a table', () => '/#/catalog/main.movielens.ratings'],
    ['its rows', () => '/#/catalog/main.movielens.ratings?tab=sample'],
    ['who may read it', () => '/#/catalog/main.movielens.ratings?tab=access'],
    ['its audit', () => '/#/catalog/main.movielens.ratings?tab=audit'],
    ['the jobs', () => '/#/jobs'],
    ['the reports', () => '/#/reports'],
    ['a run of a job', async () => `/#/jobs/runs/${await jobRun()}`],
    ['the movie client', () => '/movies/'],
  ]

  /** Opens a visitor for all tests of a suite: a new page of Chromium takes more than a second. */
  const visitOnce = () => {
    let someone: Visitor
    beforeAll(async () => {
      someone = await visit()
    })
    afterAll(() => someone?.[Symbol.asyncDispose]())
    return () => someone
  }

  describe('has no accessibility violation, error or foreign request, in light and dark:', () => {
    const shared = visitOnce()

    test.each(PAGES)('%s', async (_name, path) => {
      const someone = shared()
      await someone.tab.emulateMedia({ colorScheme: 'light' })
      await someone.show(await path())
      expect(await someone.violations()).toEqual([])
      const ink = () => someone.tab.evaluate(() => getComputedStyle(document.body).color)
      const inLight = await ink()
      expect(await someone.contrastViolationsIn('dark')).toEqual([])
      expect(await ink()).not.toBe(inLight)
      expect(someone.problems()).toEqual([])
    })
  })

  test.each(['/', '/#/models/movies', '/movies/'])('%s is translated to Korean', async (path) => {
    await using someone = await visit({ locale: 'ko-KR' })
    await someone.open(path)
    expect(await someone.tab.locator('html').getAttribute('lang')).toBe('ko')
    expect(await someone.tab.locator('body').textContent()).toMatch(/[가-힣]{2,}/)
    expect([await someone.violations(), someone.problems()]).toEqual([[], []])
  })

  describe('the console', () => {
    test('an experiment without runs shows how to log one, also on a phone', async () => {
      const { experiment_id } = await api(server.url).post<{ experiment_id: string }>(
        '/api/2.0/mlflow/experiments/create',
        { name: '/nothing-yet' },
      )
      await using someone = await visit({ viewport: { width: 360, height: 800 } })
      const { tab } = someone
      await someone.open(`/#/experiments/${experiment_id}`)
      await tab.getByRole('heading', { name: 'No runs yet' }).waitFor()
      expect(await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(
        0,
      )
      const code = await tab.locator('.empty .code').boundingBox()
      expect(code!.y + code!.height).toBeLessThan(600)
      expect([await someone.violations(), someone.problems()]).toEqual([[], []])
    })

    test('a missing experiment is not shown as an empty one', async () => {
      await using someone = await visit()
      const { tab } = someone
      await someone.open('/#/experiments/987654')
      await expect
        .poll(() => tab.getByRole('alert').textContent())
        .toMatch(/No Experiment with id=987654 exists/)
      expect(await tab.getByRole('heading', { name: 'No runs yet' }).count()).toBe(0)
      expect(await someone.violations()).toEqual([])
    })

    test("runs are filtered with MLflow's grammar, sorted, selected and compared", async () => {
      await using someone = await visit()
      const { tab } = someone
      await someone.open(`/#/experiments/${experiment}`)
      const names = () => tab.getByRole('treegrid').getByRole('link').allInnerTexts()
      await tab.getByRole('combobox', { name: 'Filter runs' }).fill("params.model = 'als'")
      await tab.keyboard.press('Enter')
      await expect.poll(names).toEqual(['iALS'])
      await tab.getByRole('combobox', { name: 'Filter runs' }).fill(NO_CHILDREN)
      await tab.keyboard.press('Enter')
      await expect.poll(names).toHaveLength(7)
      const header = tab.getByRole('columnheader', { name: 'NDCG@10', exact: true })
      for (const direction of ['descending', 'ascending'] as const) {
        const sorted = () => header.getAttribute('aria-sort')
        for (let i = 0; i < 2 && (await sorted()) !== direction; i++) {
          const before = await sorted()
          await header.getByRole('button').first().click()
          await expect.poll(sorted).not.toBe(before)
        }
        expect(await sorted()).toBe(direction)
        const order = await byNdcg(direction === 'descending' ? 'DESC' : 'ASC')
        await expect.poll(names).toEqual(order)
      }

      await tab.getByRole('checkbox', { name: 'Select all loaded runs' }).check()
      await tab.getByRole('link', { name: 'Compare' }).click()
      await tab.getByRole('heading', { name: 'Compare 7 runs' }).waitFor()
      await waitUntilStable(tab)
      const best = tab.getByRole('region', { name: 'Key metrics' }).getByRole('row', { name: /^iALS/ })
      await expect.poll(() => best.textContent()).toMatch(/0\.\d{4}[\s\S]*0\.\d{4} – 0\.\d{4}/)
      await picture(tab, 'compare')
      expect(someone.problems()).toEqual([])
    })

    test('a filter that does not parse shows its error at the filter', async () => {
      await using someone = await visit()
      const { tab } = someone
      await someone.open(`/#/experiments/${experiment}`)
      await tab.getByRole('combobox', { name: 'Filter runs' }).fill('metrics.ndcg_at_10 >')
      await tab.keyboard.press('Enter')
      await expect
        .poll(() => tab.getByRole('search').textContent())
        .toMatch(/Invalid clause.*metrics\.ndcg_at_10 >/)
      expect(await someone.violations()).toEqual([])
    })

    test('a run shows metrics, curves, artifacts and registered versions', async () => {
      await using someone = await visit()
      const { tab } = someone
      await someone.open(await championsRun())
      const lineage = tab.getByRole('region', { name: 'Lineage' })
      for (const name of [
        /Dataset: main\.movielens\.ratings/,
        /Model version: movies\s*v\d/,
        /Endpoint: movies/,
      ])
        await lineage.getByRole('link', { name }).waitFor()
      await someone.open(run('iALS'))
      await lineage.getByRole('link', { name: /Model version: movies\s*v\d/ }).waitFor()
      await picture(tab, 'run')
      await tab.getByRole('tab', { name: 'Charts' }).click()
      await expect.poll(() => tab.getByRole('tabpanel').textContent()).toContain('loss')
      await tab.getByRole('tab', { name: 'Artifacts' }).click()
      await expect.poll(() => tab.getByRole('tabpanel').textContent()).toContain('evaluation')
      expect(someone.problems()).toEqual([])
    })

    test('the gate shows its verdict on a version with figures', async () => {
      await using someone = await visit()
      await someone.open(rejected)
      const gate = someone.tab.getByRole('region', { name: 'Promotion gate' })
      await expect.poll(() => gate.textContent()).toMatch(/NDCG@10 differs by .* over \d+ users/)
      expect(await gate.getByRole('button', { name: 'Promote to champion' }).isDisabled()).toBe(true)
      await picture(someone.tab, 'models')
      expect(someone.problems()).toEqual([])
    })

    test('an endpoint answers a request sent from its page', async () => {
      await using someone = await visit()
      await someone.open('/#/endpoints/movies')
      const attempt = someone.tab.getByRole('region', { name: 'Try a request' })
      await attempt.getByRole('button', { name: 'Send' }).click()
      await expect
        .poll(() => attempt.textContent())
        .toMatch(
          /served by movies v\d+.*(Because of|Influenced by|chosen after|Fits the whole profile|Popular)/,
        )
      expect([await someone.violations(), someone.problems()]).toEqual([[], []])
    })

    test('the catalog shows who may read a table, and why', async () => {
      await using someone = await visit()
      const { tab } = someone
      await someone.open('/#/catalog/main.movielens.ratings?tab=access')
      const form = tab.getByRole('region', { name: 'Check access' })
      await form.getByRole('textbox', { name: 'Principal' }).fill('movies-web')
      await form.getByRole('button', { name: 'Check', exact: true }).click()
      await expect.poll(() => tab.getByRole('tabpanel').textContent()).toMatch(/SELECT[\s\S]*ratings/)
      await waitUntilStable(tab)
      await picture(tab, 'catalog')
      await tab.getByRole('tab', { name: 'Audit log' }).click()
      await expect.poll(() => tab.getByRole('tabpanel').textContent()).toContain('trainer')
      expect([await someone.violations(), someone.problems()]).toEqual([[], []])
    })

    test('a job run shows its tasks and their logs', async () => {
      await using someone = await visit()
      const { tab } = someone
      await someone.open(`/#/jobs/runs/${await jobRun()}`)
      await expect
        .poll(() => tab.getByRole('region', { name: 'Tasks' }).getByRole('listitem').count())
        .toBe(21)
      const tasks = tab.getByRole('region', { name: 'Tasks' })
      await tasks
        .getByRole('button', { name: /^train_als/ })
        .first()
        .click()
      await tab.getByRole('region', { name: 'Log of train_als' }).waitFor()
      expect([await someone.violations(), someone.problems()]).toEqual([[], []])
    })

    test('the keyboard alone reaches a run from the first page', async () => {
      await using someone = await visit()
      const { tab } = someone
      await someone.open('/')
      const focused = () =>
        tab.evaluate(() => `${document.activeElement?.tagName} ${document.activeElement?.textContent}`)
      const press = async (key: string, until: RegExp) => {
        for (let i = 0; i < 80 && !until.test(await focused()); i++) await tab.keyboard.press(key)
      }
      await press('Tab', /^A \/movies$/)
      await tab.keyboard.press('Enter')
      await tab.getByRole('heading', { name: '/movies' }).waitFor()
      await waitUntilStable(tab)
      await press('Tab', /^TR /) // one row of the grid is in the tab order, arrow keys move to the others
      await tab.keyboard.press('Home')
      await press('ArrowDown', /^TR .*iALS/)
      await tab.keyboard.press('Enter')
      await tab.getByRole('heading', { name: 'iALS' }).waitFor()
    })
  })

  describe('the movie client', () => {
    describe('finds a film by', () => {
      const shared = visitOnce()

      test.each([
        ['the beginning of a word', 'matr', /option "The Matrix \d/],
        ['a typo of one letter', 'matirx', /option "The Matrix \d/],
        ['the title with its article at the end', 'Matrix, The', /option "The Matrix \d/],
        ['the title with its article first', 'the godfather', /option "The Godfather \d/],
        ['words in another order', 'empire star wars', /option .*Empire Strikes Back/],
      ])('%s', async (_how, typed, expected) => {
        const someone = shared()
        const { tab } = someone
        const box = tab.getByRole('combobox')
        if (tab.url().endsWith('/movies/')) {
          await box.fill('')
          await tab.getByRole('listbox').waitFor({ state: 'hidden' })
        } else await someone.open('/movies/')
        await box.fill(typed)
        const first = tab.getByRole('listbox').getByRole('option').first()
        await expect.poll(() => first.ariaSnapshot()).toMatch(expected)
        expect([await someone.violations(), someone.problems()]).toEqual([[], []])
      })
    })

    test('films are picked with the keyboard, and recommendations show reason, model and latency', async () => {
      await using someone = await visit({ viewport: { width: 1280, height: 960 } })
      const { tab } = someone
      await someone.open('/movies/')
      for (const typed of ['star wars episode iv', 'empire strikes', 'matrix']) {
        await tab.getByRole('combobox').fill(typed)
        await tab.getByRole('option').first().waitFor()
        await tab.keyboard.press('Enter')
      }
      const picks = tab.getByRole('region', { name: 'Your films' }).getByRole('listitem')
      await expect
        .poll(async () => (await picks.allInnerTexts()).join())
        .toMatch(/IV[\s\S]*Empire[\s\S]*Matrix/)
      const recommended = tab.getByRole('region', { name: 'Recommended for you' })
      await expect
        .poll(() => recommended.textContent())
        .toMatch(/Served by movies version \d+ · responded in [\d.]+ ms/)
      expect(await recommended.textContent()).toMatch(/Because you picked (Star Wars|The Matrix)/)
      expect(await recommended.getByRole('listitem').count()).toBe(10)
      await waitUntilStable(tab)
      expect([await someone.violations(), someone.problems()]).toEqual([[], []])
      await tab.evaluate(() => scrollTo(0, 0))
      await picture(tab, 'movies')
    })

    test('Enter ends a Korean composition without a pick, and the next Enter picks', async () => {
      await using someone = await visit({ locale: 'ko-KR' })
      const { tab } = someone
      await someone.open('/movies/')
      const box = tab.getByRole('combobox')
      await box.click()
      const composing = await compose(tab, [
        ['ㅁ', '매'],
        ['ㅌ', '트'],
      ])
      await expect.poll(() => box.inputValue()).toBe('매트')
      await composing.end()
      expect(await box.inputValue()).toBe('매트')
      const removers = tab.getByRole('button', { name: /빼기|제거|삭제/ })
      expect(await removers.count()).toBe(0)
      await box.fill('matrix')
      await tab.getByRole('option').first().waitFor()
      await tab.keyboard.press('Enter')
      await expect.poll(() => removers.count()).toBe(1) // an earlier pick would make it two
      expect(someone.problems()).toEqual([])
    })

    test.each(everySecond(['dark', 'light'] as const))('fits a phone, %s', async (colorScheme) => {
      const phone = {
        viewport: { width: 390, height: 844 },
        deviceScaleFactor: 2,
        hasTouch: true,
        isMobile: true,
      }
      await using someone = await visit({ ...phone, colorScheme })
      const { tab } = someone
      await someone.open('/movies/')
      for (const title of ['The Matrix', 'Pulp Fiction', 'Forrest Gump'])
        await tab.getByRole('button', { name: `Pick ${title}`, exact: true }).tap()
      await expect
        .poll(() => tab.getByRole('region', { name: 'Recommended for you' }).textContent())
        .toMatch(/Because you picked/)
      await waitUntilStable(tab)
      const overflow = await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      expect(overflow).toBeLessThanOrEqual(0)
      expect([await someone.violations(), someone.problems()]).toEqual([[], []])
      await tab.evaluate(() => scrollTo(0, 0))
      if (colorScheme === 'dark') await picture(tab, 'movies-phone')
    })
  })
})
