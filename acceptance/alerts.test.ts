import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { visitor } from './browser/visitor.js'
import { type Api, api } from './harness/api.js'
import { chromium, launchBrowser } from './harness/browser.js'
import { runCli } from './harness/cli.js'
import { isLong } from './harness/effort.js'
import { type Server, startServer } from './harness/server.js'
import { startWebhookReceiver, type WebhookReceiver } from './harness/webhook-receiver.js'

const env = { CAIRN_WEBHOOK_ALLOWED_SCHEMES: 'http', CAIRN_WEBHOOK_ALLOW_PRIVATE_IPS: 'true' }
const RUNS = '/api/2.0/mlflow/runs'

let server: Server
let owner: Api
let hook: WebhookReceiver
let experiment: string
beforeAll(async () => {
  hook = await startWebhookReceiver()
  server = await startServer({ env })
  owner = api(server.url)
  experiment = await newExperiment('/churn')
})
afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
  await hook?.[Symbol.asyncDispose]()
})

const newExperiment = async (name: string) =>
  (await owner.post<{ experiment_id: string }>('/api/2.0/mlflow/experiments/create', { name })).experiment_id
async function newRun(run_name: string, experiment_id = experiment): Promise<string> {
  const body = { experiment_id, run_name, start_time: Date.now() }
  return (await owner.post<{ run: { info: { run_id: string } } }>(`${RUNS}/create`, body)).run.info.run_id
}
const log = (run_id: string, key: string, value: number) =>
  owner.post(`${RUNS}/log-metric`, { run_id, key, value, timestamp: Date.now() })
const cairn = (line: string) => runCli(server.url, line.split(' '))

test('rules on metrics and failures call their webhook once for each run, and are managed on the command line', async () => {
  const added = await cairn(
    `alerts add experiment ${experiment} --name diverges --metric loss --above 10 --webhook ${hook.url} -o json`,
  )
  expect(JSON.parse(added.stdout)).toMatchObject([{ name: 'diverges', threshold: 10, has_webhook: true }])
  expect((await cairn(`alerts add experiment ${experiment} --name fails --webhook ${hook.url}`)).code).toBe(0)
  const wrong = await cairn(`alerts add job ${experiment} --name x --metric loss`)
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('pass --above or --below too')])

  const [calm, wild] = [await newRun('calm'), await newRun('wild')]
  for (const value of [1, 12, 15]) await log(wild, 'loss', value)
  await log(calm, 'loss', 2)
  await owner.post(`${RUNS}/update`, { run_id: calm, status: 'FAILED', end_time: Date.now() })
  await expect.poll(() => hook.received.length, { timeout: 60_000 }).toBe(2)
  const texts = hook.received.map(({ body }) => (JSON.parse(body) as { text: string }).text)
  expect(texts.toSorted()).toEqual([
    expect.stringMatching(/^diverges: Run wild of \/churn has loss = 1[25], above 10\.$/),
    'fails: Run calm of /churn failed.',
  ])
  const list = await cairn('alerts list --unread')
  expect(list.stdout).toMatch(/new +diverges +loss above 10 +1[25] +experiment \/churn/)
  expect((await cairn(`alerts rules experiment ${experiment}`)).stdout).toMatch(/fails +run failed +yes +yes/)
  expect((await cairn('alerts read')).code).toBe(0)
  expect((await cairn('alerts list --unread -o json')).stdout.trim()).toBe('[]')
})

describe.skipIf(!chromium || !isLong)('alerts in a browser', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser?.close())

  test('a rule is added and changed with the keyboard, its alert is counted by the bell, listed and read', async () => {
    const watched = await newExperiment('/watched')
    await using someone = await visitor(browser, server.url)
    const { tab } = someone
    await someone.open(`/#/experiments/${watched}`)
    await tab.getByRole('button', { name: 'Alerts' }).press('Enter')
    const dialog = tab.getByRole('dialog', { name: 'Alert rules' })
    await dialog.getByRole('heading', { name: 'No rules' }).waitFor()
    expect(await someone.violations()).toEqual([])
    await dialog.getByLabel('Name').fill('good enough')
    await dialog.getByLabel('Metric', { exact: true }).fill('auc')
    await dialog.getByLabel('Threshold', { exact: true }).fill('0.9')
    await dialog.getByLabel('Threshold', { exact: true }).press('Enter')
    await dialog.getByText('auc above 0.9').waitFor()
    await dialog.getByRole('button', { name: 'Edit rule good enough' }).press('Enter')
    const form = dialog.getByRole('form', { name: 'Edit rule good enough' })
    const focused = () => tab.evaluate(() => document.activeElement?.getAttribute('aria-label'))
    await form.getByRole('button', { name: 'Cancel' }).press('Enter')
    await expect.poll(focused).toBe('Edit rule good enough')
    await tab.keyboard.press('Enter')
    expect(await form.getByLabel('Metric', { exact: true }).inputValue()).toBe('auc')
    expect(await someone.violations()).toEqual([])
    await form.getByLabel('Name').fill('great')
    await form.getByLabel('Comparison').selectOption('Below')
    await form.getByLabel('Threshold', { exact: true }).fill('0.97')
    await form.getByRole('button', { name: 'Save' }).press('Enter')
    await dialog.getByText('auc below 0.97').waitFor()
    await expect.poll(focused).toBe('Edit rule great')
    await tab.keyboard.press('Escape')
    await log(await newRun('best', watched), 'auc', 0.95)
    await tab.getByRole('link', { name: '1 unread alert' }).press('Enter', { timeout: 60_000 })
    const row = tab.getByRole('row', { name: /New.*great.*auc below 0.97.*best.*\/watched/ })
    await row.waitFor()
    expect(await someone.violations()).toEqual([])
    const other = await tab.context().newPage()
    await other.goto(`${server.url}/#/models`)
    await other.getByRole('link', { name: '1 unread alert' }).waitFor()
    await tab.getByRole('button', { name: 'Mark all as read' }).press('Enter')
    await other.getByRole('link', { name: 'Alerts', exact: true }).waitFor({ timeout: 10_000 })
    await other.close()
    await tab.getByRole('link', { name: 'Alerts', exact: true }).waitFor()
    await tab.getByRole('row', { name: /Read.*great/ }).waitFor()
    await row.waitFor({ state: 'detached' })
    await tab.getByRole('link', { name: '/watched' }).click()
    await tab.getByRole('button', { name: 'Alerts' }).click()
    await dialog.getByLabel('Enable rule great').uncheck()
    await dialog.getByRole('button', { name: 'Delete rule great' }).click()
    const question = tab.getByRole('dialog', { name: 'Delete rule great' })
    await question.getByRole('button', { name: 'Delete rule', exact: true }).click()
    await dialog.getByRole('heading', { name: 'No rules' }).waitFor()
    const isFocusInside = () => dialog.evaluate((element) => element.contains(document.activeElement))
    await expect.poll(isFocusInside).toBe(true)
    expect(someone.problems()).toEqual([])
  })

  test('are shown in Korean, also when the list is empty', async () => {
    await using someone = await visitor(browser, server.url, { locale: 'ko-KR' })
    await someone.open('/#/alerts')
    await someone.tab.getByRole('heading', { name: '알림', exact: true }).waitFor()
    await someone.tab.getByRole('row', { name: /diverges.*loss 10 초과/ }).waitFor()
    expect(await someone.violations()).toEqual([])
    const { job_id } = await owner.post<{ job_id: number }>('/api/2.2/jobs/create', {
      ...{ name: 'nightly', tasks: [{ task_key: 'a', shell_task: { script: 'false' } }] },
    })
    await someone.open(`/#/jobs/${job_id}`)
    await someone.tab.getByRole('button', { name: '알림' }).click()
    const dialog = someone.tab.getByRole('dialog', { name: '알림 규칙' })
    await dialog.getByRole('heading', { name: '규칙이 없어요' }).waitFor()
    await dialog.getByLabel('이름').fill('매일')
    await dialog.getByRole('button', { name: '규칙 추가' }).click()
    await dialog.getByText('작업 실행 실패').waitFor()
    expect(await someone.violations()).toEqual([])
    expect(someone.problems()).toEqual([])
  })
})
