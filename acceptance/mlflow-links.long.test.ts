import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { visitor } from './browser/visitor.js'
import { type Api, api } from './harness/api.js'
import { chromium, launchBrowser } from './harness/browser.js'
import { type Server, startServer } from './harness/server.js'

const M2 = '/api/2.0/mlflow'

describe.skipIf(!chromium)('addresses of MLflow’s UI', () => {
  let server: Server
  let browser: Browser
  let owner: Api
  let experiment: string
  const runs: string[] = []
  beforeAll(async () => {
    server = await startServer()
    browser = await launchBrowser()
    owner = api(server.url)
    experiment = await createExperiment('films')
    for (const name of ['first', 'second']) runs.push(await createRun(experiment, name))
    await owner.post(`${M2}/registered-models/create`, { name: 'ranker' })
    await owner.post(`${M2}/model-versions/create`, { name: 'ranker', source: 's3://models/ranker' })
    for (const [turn, question] of ['When is my refund?', 'And by card?'].entries())
      await createTurn(`tr-${turn}`, question, 60 - turn)
  })
  afterAll(async () => {
    await browser?.close()
    await server?.[Symbol.asyncDispose]()
  })

  const createExperiment = async (name: string) =>
    (await owner.post<{ experiment_id: string }>(`${M2}/experiments/create`, { name })).experiment_id

  async function createRun(experiment_id: string, run_name: string): Promise<string> {
    const { run } = await owner.post<{ run: { info: { run_id: string } } }>(`${M2}/runs/create`, {
      ...{ experiment_id, run_name, start_time: Date.now() },
    })
    const { run_id } = run.info
    const metrics = [0, 1, 2].flatMap((step) =>
      ['loss', 'system/cpu_utilization_percentage'].map((key) => ({
        ...{ key, value: 1 / (step + 1), timestamp: Date.now(), step },
      })),
    )
    await owner.post(`${M2}/runs/log-batch`, { run_id, metrics })
    return run_id
  }

  /** A turn of a session, some seconds ago. */
  async function createTurn(trace_id: string, question: string, secondsAgo: number) {
    const trace_info = {
      ...{ trace_id, state: 'OK', execution_duration: '1.5s' },
      trace_location: { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: experiment } },
      request_time: new Date(Date.now() - secondsAgo * 1000).toISOString(),
      request_preview: JSON.stringify({ question, user: 'mina' }),
      response_preview: JSON.stringify({ role: 'assistant', content: `Answer to **${trace_id}**` }),
      tags: { 'mlflow.trace.spansLocation': 'TRACKING_STORE' },
      trace_metadata: {
        'mlflow.trace.session': 'chat 1',
        'mlflow.trace.user': 'mina',
        'mlflow.trace.tokenUsage': '{"input_tokens":20,"output_tokens":5,"total_tokens":25}',
      },
    }
    await owner.post('/api/3.0/mlflow/traces', { trace: { trace_info } })
  }

  const addressOf = async (path: string): Promise<string> => {
    await using someone = await visitor(browser, server.url)
    await someone.open(`/#${path}`)
    await expect.poll(() => decodeURIComponent(new URL(someone.tab.url()).hash)).not.toBe(`#${path}`)
    return decodeURIComponent(new URL(someone.tab.url()).hash.slice(1))
  }

  test('of runs, metrics and comparisons open the same objects', async () => {
    const [first, second] = runs
    const page = `/experiments/${experiment}/runs/${first}`
    const both = `/compare?runs=${first},${second}`
    const list = JSON.stringify(runs)
    const cases = [
      [`${page}/model-metrics`, `${page}?tab=curves`],
      [`${page}/system-metrics`, `${page}?tab=system`],
      [`${page}/artifacts/plots/loss.png`, `${page}?tab=artifacts&path=plots/loss.png`],
      [`${page}/artifactPath/model`, `${page}?tab=artifacts&path=model`],
      [`${page}/overview`, page],
      [`/runs/${first}`, page],
      [`/compare-runs?runs=${list}&experiments=["${experiment}"]`, both],
      [`/metric?runs=${list}&metric="loss"&experiments=["${experiment}"]`, both],
      [
        `/metric?runs=["${first}"]&metric="loss"&experiments=["${experiment}"]&x_axis=step`,
        `${page}?tab=curves`,
      ],
    ]
    const opened: string[][] = []
    for (const [path] of cases) opened.push([path!, await addressOf(path!)])
    expect(opened).toEqual(cases)
  })

  test('of experiments keep filter, order and charts; those of several compare their runs', async () => {
    const other = await createExperiment('books')
    const run = await createRun(other, 'third')
    const table = `/experiments/${experiment}`
    const query = 'searchFilter=metrics.loss < 1&orderByKey=metrics.`loss`&orderByAsc=true&startTime=ALL'
    expect(await addressOf(`${table}?${query}&lifecycleFilter=Active&compareRunsMode=CHART`)).toBe(
      `${table}?filter=metrics.loss+<+1&order=metrics.loss+asc&layout=both`,
    )
    expect(await addressOf(`${table}/overview/usage`)).toBe(`${table}/traces?charts=shown`)
    expect(await addressOf(`${table}/prompts/greeting?promptVersion=2`)).toBe('/prompts/greeting?version=2')
    expect(await addressOf('/models/ranker/serving')).toBe('/models/ranker')
    const compared = await addressOf(`/compare-experiments/s?experiments=["${experiment}","${other}"]`)
    expect(compared.replace('/compare?runs=', '').split(',').sort()).toEqual([...runs, run].sort())
  })

  test('of chat sessions show the turns in order, with links to their traces', async () => {
    await using someone = await visitor(browser, server.url)
    const { tab } = someone
    await someone.open(`/#/experiments/${experiment}/chat-sessions`)
    const row = tab.getByRole('row', { name: /chat 1/ })
    expect(await row.textContent()).toMatch(/chat 1When is my refund\?2.*3\.0 s50mina/)
    await row.getByRole('link', { name: 'chat 1' }).click()
    await tab.getByRole('heading', { name: 'chat 1', level: 1 }).waitFor()
    await tab.getByText('2 turns · 3.0 s · 50 tokens').waitFor()
    const turns = tab.locator('.session-turn')
    expect(await turns.count()).toBe(2)
    await turns
      .first()
      .getByText(/When is my refund\?/)
      .waitFor()
    await turns.first().getByText('tr-0').waitFor()
    await turns
      .last()
      .getByText(/And by card\?/)
      .waitFor()
    await turns.last().getByText('tr-1').waitFor()
    expect(await someone.violations()).toEqual([])
    await createTurn('tr-2', 'One more?', 0)
    await expect.poll(() => turns.count()).toBe(3)
    await turns.last().getByRole('link', { name: 'Open trace' }).click()
    await tab.getByRole('link', { name: 'chat 1' }).click()
    await tab.getByRole('link', { name: 'Show as traces' }).click()
    await tab.getByText('3 traces').waitFor()
    await someone.open(`/#/experiments/0/chat-sessions`)
    await tab.getByText('mlflow.trace.session').waitFor()
    // These traces have no spans, neither in the database nor in an artifact.
    expect(someone.problems().filter((one) => !one.includes('get-trace-artifact'))).toEqual([])
  })
})
