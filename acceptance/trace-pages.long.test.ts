import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { everySecond } from './browser/page-variants.js'
import { savedTable } from './browser/saved-table.js'
import { visitor, waitUntilStable } from './browser/visitor.js'
import { type Api, api } from './harness/api.js'
import { chromium, launchBrowser } from './harness/browser.js'
import { isExhaustive } from './harness/effort.js'
import { python, runPython } from './harness/python.js'
import { root } from './harness/root.js'
import { type Server, startServer } from './harness/server.js'
import { tokenOf } from './harness/tokens.js'

/** Ids of the objects that `clients/trace_pages.py` logged with the official client. */
interface Logged {
  readonly experiment: string
  readonly trace: string
  readonly failed: string
  readonly prompted: string
  readonly model: string
  readonly run: string
  readonly dataset: string
  readonly evaluation: string
  readonly better: string
  /** The link that `mlflow.genai.evaluate` printed. */
  readonly link: string
}

describe.skipIf(!chromium || !python)('the pages of traces and evaluations', () => {
  let server: Server
  let browser: Browser
  let owner: Api
  let logged: Logged
  beforeAll(async () => {
    server = await startServer()
    browser = await launchBrowser()
    owner = api(server.url)
    const said = await runPython(join(root, 'acceptance/clients/trace_pages.py'), {
      env: { CAIRN_URL: server.url },
    })
    logged = JSON.parse(said.trim().split('\n').at(-1)!)
  })
  afterAll(async () => {
    await browser?.close()
    await server?.[Symbol.asyncDispose]()
  })

  const visit = (options?: Parameters<typeof visitor>[2]) => visitor(browser, server.url, options)
  const page = (path: string) => `/#/experiments/${logged.experiment}${path}`
  const region = (tab: Page, name: string | RegExp) => tab.getByRole('region', { name })
  /** The seconds of each trace by its ID. */
  const durations = async () => {
    const locations = [{ type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: logged.experiment } }]
    const { traces } = await owner.post<{ traces: { trace_id: string; execution_duration: string }[] }>(
      '/api/3.0/mlflow/traces/search',
      { locations, max_results: 100 },
    )
    return new Map(traces.map((one) => [one.trace_id, Number.parseFloat(one.execution_duration)]))
  }
  /** Goes to the last row: only rows in view are in the page. */
  const toOldest = (tab: Page) =>
    tab.getByRole('grid', { name: 'Traces' }).getByRole('row').nth(1).press('End')
  const overflow = (tab: Page) => tab.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  const focused = (tab: Page) => tab.evaluate(() => document.activeElement?.textContent ?? '')

  test('traces are listed, searched with completion, sorted and drawn over time', async () => {
    await using someone = await visit()
    const { tab } = someone
    await someone.open(page(''))
    await tab.getByRole('navigation', { name: 'Pages of the experiment' }).getByText('Traces').click()
    const table = tab.getByRole('grid', { name: 'Traces' })
    const row = table.getByRole('row', { name: /A heist film/ })
    await toOldest(tab)
    await row.getByText('helpful').waitFor()
    expect(await row.textContent()).toMatch(/helpfulYesfluency0\.7500.*152.*\$0\.002.*session-7/)
    const chips = row.locator('.assessment-chips')
    await chips.getByText('1 more: film: Heat').waitFor({ state: 'attached' })
    expect(
      await chips.evaluate((one) => one.parentElement!.scrollWidth - one.parentElement!.clientWidth),
    ).toBe(0)
    await tab.getByText('1 error').waitFor()
    const filter = tab.getByRole('combobox', { name: 'Filter traces' })
    await filter.pressSequentially('statu')
    await filter.press('ArrowDown')
    await filter.press('Enter')
    await tab.getByRole('option', { name: '=', exact: true }).click()
    await filter.press('ArrowDown')
    await filter.press('ArrowDown')
    await filter.press('Enter')
    expect(await filter.inputValue()).toBe("status = 'ERROR' ")
    await filter.press('Escape')
    await filter.press('Enter')
    await expect.poll(() => table.getByRole('row').count()).toBe(2)
    await filter.fill('colour = 1')
    await filter.press('Enter')
    await tab.getByText(/Invalid attribute key/).waitFor()
    await tab.getByRole('button', { name: 'Clear' }).click()
    await tab.getByRole('button', { name: 'Duration' }).click()
    const slowest = await durations()
    await expect
      .poll(async () => slowest.get((await table.getByRole('row').nth(1).getAttribute('data-trace')) ?? ''))
      .toBe(Math.max(...slowest.values()))
    await tab.getByRole('button', { name: 'Charts' }).click()
    for (const title of ['Traces', 'Latency (ms)', 'Tokens', 'Cost (US$)'])
      await tab.getByRole('figure', { name: title }).waitFor()
    expect(await tab.getByRole('figure', { name: 'Tokens' }).textContent()).toMatch(/Input 120Output 32/)
    await tab.getByRole('button', { name: 'Download Tokens' }).click()
    const tokens = await savedTable(tab, tab.getByRole('button', { name: 'Download CSV' }))
    expect(tokens.lines[0]).toBe('Line,Time,Value,Lower bound,Upper bound')
    const all = await savedTable(tab, tab.getByRole('button', { name: 'Download as CSV: Traces' }))
    expect(all.lines[0]).toMatch(/^trace_id,Trace,.*fluency,helpful/)
    expect(all.lines.slice(1).join('\n')).toMatch(new RegExp(`^${logged.trace},.*152,0\\.002,session-7`, 'm'))
    expect([await someone.violations(), await overflow(tab)]).toEqual([[], 0])
  })

  test('a new trace, its assessment and its deletion appear without loading the page again', async () => {
    await using someone = await visit()
    const { tab } = someone
    await someone.open(page('/traces'))
    const trace_location = {
      type: 'MLFLOW_EXPERIMENT',
      mlflow_experiment: { experiment_id: logged.experiment },
    }
    const trace_info = {
      ...{ trace_id: 'tr-live', trace_location, state: 'OK', request_preview: 'live now' },
      ...{ request_time: new Date().toISOString(), tags: { 'mlflow.traceName': 'live' } },
    }
    await owner.post('/api/3.0/mlflow/traces', { trace: { trace_info } })
    const row = tab.getByRole('row', { name: /live now/ })
    await row.waitFor()
    const assessment = { assessment_name: 'quick', feedback: { value: false } }
    await owner.post('/api/3.0/mlflow/traces/tr-live/assessments', { assessment })
    await row.getByText('quick').waitFor()
    await row.getByRole('checkbox').check()
    await tab.getByRole('button', { name: 'Delete' }).click()
    await tab.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await row.waitFor({ state: 'detached' })
    expect(someone.problems()).toEqual([])
  })

  test('MLflow’s links open a trace: its tree by keyboard, its contents, and its exception', async () => {
    await using someone = await visit()
    const { tab } = someone
    await someone.open(page(`/traces?selectedEvaluationId=${logged.trace}`))
    await tab.getByRole('heading', { name: 'recommend', level: 1 }).waitFor()
    const tree = tab.getByRole('tree', { name: 'Spans of the trace' })
    await tree.getByRole('treeitem', { name: /recommend/ }).focus()
    await tab.keyboard.press('ArrowRight')
    expect(await focused(tab)).toContain('find films')
    await tab.keyboard.press('a')
    expect(await focused(tab)).toContain('ask the model')
    await tab.keyboard.press('Enter')
    const details = region(tab, 'ask the model')
    await details.getByText('152 tokens').waitFor()
    await details.getByText('Recommend films.').waitFor()
    await details.getByRole('tab', { name: 'Attributes' }).click()
    await details.getByText('small-model').waitFor()
    await tree.getByRole('treeitem', { name: /ask the model/ }).focus()
    await tab.keyboard.press('ArrowLeft')
    await tab.keyboard.press('ArrowLeft')
    await expect.poll(() => tree.getByRole('treeitem').count()).toBe(1)
    expect(await tree.getByRole('treeitem').getAttribute('aria-expanded')).toBe('false')
    expect(await someone.violations()).toEqual([])
    await someone.open(page(`/traces?selectedTraceId=${logged.failed}`))
    await tab.getByRole('treeitem', { name: /broken tool/ }).click()
    await tab.getByRole('tab', { name: /Events/ }).click()
    await tab.getByText(/Traceback/).waitFor()
    await someone.open(page(`/runs/${logged.evaluation}/traces`))
    await tab.getByText('20 traces').waitFor()
    expect(someone.problems()).toEqual([])
  })

  test('feedback is added, changed with its history, and deleted', async () => {
    await using someone = await visit()
    const { tab } = someone
    await someone.open(page(`/traces/${logged.prompted}`))
    const assessments = region(tab, 'Assessments')
    await assessments.getByRole('button', { name: 'Feedback' }).click()
    const dialog = tab.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.getByText('Required.').waitFor()
    await dialog.getByLabel('Name').fill('clear')
    await dialog.getByLabel('Rationale').fill('short and polite')
    expect(await someone.violations()).toEqual([])
    await dialog.getByRole('button', { name: 'Save' }).click()
    await assessments.getByText('short and polite').waitFor()
    await assessments.getByRole('button', { name: 'Edit clear' }).click()
    await dialog.getByRole('button', { name: 'No', exact: true }).click()
    await dialog.getByRole('button', { name: 'Save' }).click()
    await assessments.getByText('1 earlier value').click()
    await expect.poll(() => assessments.getByRole('listitem').first().textContent()).toMatch(/^clearNo.*Yes/)
    await assessments.getByRole('button', { name: 'Delete clear' }).click()
    await dialog.getByRole('button', { name: 'Delete' }).click()
    await expect
      .poll(() => assessments.getByRole('listitem').allTextContents())
      .toEqual([expect.stringMatching(/^clearYes/)])
    expect(someone.problems()).toEqual([])
  })

  test('10,000 spans stay a few elements, and End reaches the last', async () => {
    const id = 'c'.repeat(32)
    const spans = Array.from({ length: 10_000 }, (_, i) => ({
      ...{ traceId: id, spanId: (i + 1).toString(16).padStart(16, '0'), name: `step ${i}` },
      ...(i > 0 && {
        parentSpanId: Math.ceil(i / 10)
          .toString(16)
          .padStart(16, '0'),
      }),
      startTimeUnixNano: String(1_700_000_000_000_000_000n + BigInt(i) * 1_000_000n),
      endTimeUnixNano: String(1_700_000_000_000_000_000n + BigInt(20_000 - i) * 1_000_000n),
    }))
    const response = await fetch(`${server.url}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-mlflow-experiment-id': logged.experiment },
      body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
    })
    expect(response.status).toBe(200)
    await using someone = await visit()
    const { tab } = someone
    await someone.open(page(`/traces/tr-${id}`))
    await region(tab, /Spans/).getByRole('heading', { name: 'Spans 10,000' }).waitFor()
    expect(await tab.locator('*').count()).toBeLessThan(1_500)
    await tab.getByRole('treeitem').first().focus()
    await tab.keyboard.press('End')
    await expect.poll(() => focused(tab)).toMatch(/step \d{4}/)
    await tab.getByLabel('Search spans').fill('step 9999')
    await expect.poll(() => tab.getByRole('treeitem').allTextContents()).toHaveLength(5)
  })

  test('the link that mlflow.genai.evaluate prints opens its rows, and two evaluations are compared', async () => {
    await using someone = await visit()
    const { tab } = someone
    await someone.open(`/${logged.link}`)
    await tab.getByRole('heading', { name: 'always Heat', level: 1 }).waitFor()
    const scorers = tab.getByRole('list', { name: 'Scorers' })
    await scorers.getByText('10 of 20 passed · 95% interval 29.9% to 70.1%').waitFor()
    await tab.getByRole('button', { name: 'Failures (10)' }).click()
    const rows = tab.getByRole('grid', { name: 'Rows of the evaluation' }).getByRole('row')
    await expect.poll(() => rows.count()).toBe(11)
    await tab.getByLabel('Compare with…').selectOption({ label: 'knows most' })
    await scorers.getByText('Significantly lower').waitFor()
    expect(await scorers.textContent()).toMatch(/-50 points · p = 0\.0\d+ · 20 pairs/)
    await tab.getByRole('button', { name: 'Changed (10)' }).click()
    await expect.poll(() => rows.nth(1).textContent()).toMatch(/Yes→No/)
    const judged = await savedTable(tab, tab.getByRole('button', { name: /^Download as CSV:/ }))
    expect([judged.lines.length, judged.lines[0]]).toEqual([11, expect.stringContaining('trace_id,')])
    expect(await someone.violations()).toEqual([])
    await someone.open(page('/evaluation-runs'))
    await tab.getByRole('row', { name: /knows most.*questions/ }).waitFor()
    expect(someone.problems()).toEqual([])
    for (const [locale, words] of [
      ['en-US', 'The two runs have no rows with the same inputs, so their scores are not compared.'],
      ['ko-KR', '두 실행에 입력이 같은 행이 없어서 점수를 비교하지 않았어요.'],
    ] as const) {
      await using other = await visit({ locale })
      await other.open(page(`/evaluation-runs/${logged.better}?against=${'0'.repeat(32)}&show=changed`))
      await other.tab.getByRole('status').filter({ hasText: words }).waitFor()
      expect(await other.tab.getByRole('grid').textContent()).not.toContain('→')
      expect(await other.violations()).toEqual([])
    }
  })

  test('prompts have versions, differences, aliases and the traces that used them', async () => {
    await using someone = await visit()
    const { tab } = someone
    await someone.open(page('/prompts/film-question'))
    await region(tab, 'Version 2').locator('mark', { hasText: '{{ user }}' }).waitFor()
    await tab.getByLabel('Compare with…').selectOption('1')
    const diff = tab.getByRole('figure', { name: 'Changes from version 1 to version 2' })
    await diff.locator('ins', { hasText: 'that are new' }).waitFor()
    expect(await someone.violations()).toEqual([])
    await tab.getByRole('navigation', { name: 'Versions' }).getByText('First version').click()
    await region(tab, 'Traces that used this version').getByRole('link', { name: 'with a prompt' }).waitFor()
    await tab.getByRole('button', { name: 'New version' }).click()
    const dialog = tab.getByRole('dialog')
    await dialog.getByLabel('Template').fill('Recommend {{ count }} films.')
    await dialog.getByText('Variables: count').waitFor()
    await dialog.getByLabel('Commit message').fill('shorter')
    await dialog.getByRole('button', { name: 'Create' }).click()
    await region(tab, 'Version 3').getByText('shorter').waitFor()
    await tab.getByRole('link', { name: 'Prompts' }).first().click()
    await tab.getByRole('button', { name: 'Create prompt' }).click()
    await dialog.getByLabel('Name').fill('greeting')
    await dialog.getByLabel('Template').fill('Hello {{ user }}')
    await dialog.getByRole('button', { name: 'Create' }).click()
    await tab.getByRole('heading', { name: 'greeting', level: 1 }).waitFor()
    expect(someone.problems()).toEqual([])
  })

  test('logged models show metrics by data set, their run and traces', async () => {
    await using someone = await visit()
    const { tab } = someone
    await someone.open(page('/models'))
    const row = tab.getByRole('row', { name: /ranker recommender/ })
    await row.getByRole('link', { name: 'train', exact: true }).waitFor()
    await row.getByRole('link', { name: 'ranker' }).click()
    await region(tab, 'Details').getByRole('link', { name: 'train', exact: true }).waitFor()
    await region(tab, 'Metrics').getByRole('row', { name: 'precision_at_10 0.3100' }).waitFor()
    await region(tab, 'Metrics').getByText('On ratings').waitFor()
    expect(await someone.violations()).toEqual([])
    await tab.getByRole('link', { name: 'Show traces' }).click()
    await tab.getByRole('row', { name: /of a model/ }).waitFor()
    await someone.open(page(`/models/${logged.model}/overview`))
    await tab.getByRole('heading', { name: 'ranker', level: 1 }).waitFor()
    expect(someone.problems()).toEqual([])
  })

  test('data sets show who used them, and evaluation data sets their records', async () => {
    await using someone = await visit()
    const { tab } = someone
    await someone.open(page('/datasets?name=ratings'))
    const list = tab.getByRole('navigation', { name: 'Datasets of runs' })
    const [panel, download] = await Promise.all(
      [list, list.getByRole('button', { name: 'Download as CSV: Datasets of runs' })].map((one) =>
        one.boundingBox(),
      ),
    )
    expect(download!.width).toBeLessThan(60)
    expect(panel!.x + panel!.width - download!.x - download!.width).toBeLessThan(24)
    await list
      .getByRole('listitem')
      .getByRole('button', { name: /ratings/ })
      .click()
    await region(tab, 'Used for training 1').getByRole('link', { name: 'train' }).waitFor()
    await region(tab, 'Used for evaluation 1').getByRole('link', { name: 'check' }).waitFor()
    await region(tab, 'Schema').getByRole('row', { name: 'user long' }).waitFor()
    expect(await someone.violations()).toEqual([])
    await region(tab, 'Evaluation datasets').getByRole('link', { name: 'questions' }).click()
    await tab.getByText('20 records').waitFor()
    await tab.getByText('"Question 0?"').waitFor()
    expect([await someone.violations(), someone.problems()]).toEqual([[], []])
  })

  const PAGES = ['/traces', '/evaluation-runs', '/judges', '/models', '/datasets']

  test('pages are in Korean, dark and on a phone, and empty pages explain what to do', async () => {
    await using someone = await visit({
      ...{ locale: 'ko-KR', colorScheme: 'dark' },
      viewport: { width: 390, height: 844 },
    })
    const { tab } = someone
    const details = [
      `/traces/${logged.trace}`,
      `/evaluation-runs/${logged.better}`,
      `/models/${logged.model}`,
    ]
    for (const path of everySecond([...PAGES, ...details, `/datasets/${logged.dataset}`])) {
      await someone.show(page(path))
      expect([path, await someone.violations(), await overflow(tab)]).toEqual([path, [], 0])
    }
    for (const path of everySecond(PAGES)) {
      await someone.show(`/#/experiments/0${path}`)
      await tab.locator('.empty pre').waitFor()
      expect([path, await overflow(tab)]).toEqual([path, 0])
      // Empty pages have the same elements, so one page is enough.
      if (isExhaustive || path === PAGES[0]) expect([path, ...(await someone.violations())]).toEqual([path])
    }
    expect(someone.problems()).toEqual([])
  })

  test('a reader sees the pages without controls that change them, and other principals see nothing', async () => {
    await owner.post('/api/2.0/preview/scim/v2/ServicePrincipals', { applicationId: 'reader' })
    const token = await tokenOf(server.url, 'reader')
    await using someone = await visit({ extraHTTPHeaders: { authorization: `Bearer ${token}` } })
    const { tab } = someone
    await someone.open(page(`/traces/${logged.trace}`))
    await tab.getByRole('alert').first().waitFor()
    expect(await tab.locator('main').textContent()).not.toContain('heist')
    await owner.patch(`/api/2.0/permissions/experiments/${logged.experiment}`, {
      access_control_list: [{ service_principal_name: 'reader', permission_level: 'CAN_READ' }],
    })
    await someone.open(page(`/traces/${logged.trace}`))
    await region(tab, 'Assessments').getByText('I had not seen it.').waitFor()
    await waitUntilStable(tab)
    expect(
      await tab
        .locator('main')
        .getByRole('button', { name: /Delete|Edit|Feedback|Set tag/ })
        .count(),
    ).toBe(0)
    await someone.open(page('/traces'))
    await toOldest(tab)
    await tab.getByRole('row', { name: /A heist film/ }).waitFor()
    expect(await tab.getByRole('checkbox').count()).toBe(0)
  })
})
