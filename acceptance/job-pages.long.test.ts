import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pagesOfVariant } from './browser/page-variants.js'
import { settled, visitor } from './browser/visitor.js'
import { type Api, api } from './harness/api.js'
import { chromium, launchBrowser } from './harness/browser.js'
import { effort } from './harness/effort.js'
import { type Server, startServer } from './harness/server.js'
import { tokenOf } from './harness/tokens.js'

const JOBS = '/api/2.2/jobs'

const shell = (script: string, ...parameters: string[]) => ({ shell_task: { script, parameters } })
const after = (...keys: string[]) => ({ depends_on: keys.map((task_key) => ({ task_key })) })
const sweep = {
  inputs: '[1, 2, 3, 4]',
  task: {
    task_key: 'one',
    ...shell('[ "$1" != 3 ] || { echo "no fit for $1"; exit 1; }; echo "fit $1"', '{{input}}'),
  },
}
const NIGHTLY = {
  name: 'nightly',
  description: 'Imports ratings and trains.',
  tags: { team: 'recsys' },
  parameters: [{ name: 'mode', default: 'good' }],
  schedule: { quartz_cron_expression: '0 30 2 ? * MON-FRI', timezone_id: 'Asia/Seoul' },
  max_concurrent_runs: 3,
  tasks: [
    {
      task_key: 'load',
      ...shell('printf "\\033[31mred\\033[0m alert\\n"; for i in $(seq 400); do echo "row $i"; done'),
    },
    {
      task_key: 'is_good',
      ...after('load'),
      condition_task: { op: 'EQUAL_TO', left: '{{job.parameters.mode}}', right: 'good' },
    },
    { task_key: 'train', depends_on: [{ task_key: 'is_good', outcome: 'true' }], ...shell('echo trained') },
    { task_key: 'warn', depends_on: [{ task_key: 'is_good', outcome: 'false' }], ...shell('exit 1') },
    { task_key: 'sweep', ...after('train'), for_each_task: sweep },
    { task_key: 'report', ...after('sweep'), run_if: 'ALL_DONE', ...shell('echo reported') },
  ],
}

describe.skipIf(!chromium)('the job pages', () => {
  let server: Server
  let browser: Browser
  let owner: Api
  let nightly: number
  /** A job with long names. */
  let long: number
  /** A run without failures of its own tasks but the loop's, and one that failed. */
  let [good, bad, longRun] = [0, 0, 0]
  beforeAll(async () => {
    server = await startServer()
    browser = await launchBrowser()
    owner = api(server.url)
    nightly = await created(NIGHTLY)
    long = await created({
      name: 'n'.repeat(200),
      tags: { ['k'.repeat(100)]: 'v'.repeat(150) },
      parameters: [{ name: 'p'.repeat(80), default: '값'.repeat(100) }],
      tasks: [{ task_key: 't'.repeat(100), ...shell('true') }],
    })
    longRun = await ran(long)
    good = await ran(nightly)
    bad = await ran(nightly, { job_parameters: { mode: 'bad' } })
  })
  afterAll(async () => {
    await browser?.close()
    await server?.[Symbol.asyncDispose]()
  })

  const created = async (settings: object) =>
    (await owner.post<{ job_id: number }>(`${JOBS}/create`, settings)).job_id
  const started = async (job_id: number, options: object = {}) =>
    (await owner.post<{ run_id: number }>(`${JOBS}/run-now`, { job_id, ...options })).run_id
  const stateOf = async (run_id: number) =>
    (await owner.get<{ status: { state: string } }>(`${JOBS}/runs/get`, { run_id })).status.state
  const ran = async (job_id: number, options?: object) => {
    const run_id = await started(job_id, options)
    while ((await stateOf(run_id)) !== 'TERMINATED') await sleep(100)
    return run_id
  }
  const settingsOf = async (job_id: number) =>
    (await owner.get<{ settings: Record<string, unknown> }>(`${JOBS}/get`, { job_id })).settings
  const visit = (options?: Parameters<typeof visitor>[2]) => visitor(browser, server.url, options)
  const region = (tab: Page, name: string | RegExp) => tab.getByRole('region', { name })
  const isFocused = (one: Locator) => one.evaluate((element) => element === document.activeElement)
  const overflow = (tab: Page) => tab.evaluate(() => document.documentElement.scrollWidth - innerWidth)

  test('the list finds jobs, and shows their last runs, triggers and states', async () => {
    await using someone = await visit()
    const { tab } = someone
    await created({ name: 'other', tasks: [{ task_key: 'a', ...shell('true') }] })
    await someone.open('/#/jobs')
    const row = tab.getByRole('row', { name: /^nightly/ })
    await expect.poll(() => row.textContent()).toMatch(/Failed.*Weekdays at 02:30 \(Asia\/Seoul\)Next run /)
    const marks = tab.getByRole('list', { name: 'Last runs of nightly' }).getByRole('link')
    expect(await marks.evaluateAll((links) => links.map((link) => link.getAttribute('aria-label')))).toEqual([
      expect.stringMatching(/^Run 1: Succeeded with failures, /),
      expect.stringMatching(/^Run 2: Failed, /),
    ])
    expect([await someone.violations(), someone.problems()]).toEqual([[], []])
    await tab.getByRole('searchbox', { name: 'Search jobs' }).fill('OTHE')
    await expect
      .poll(() => tab.getByRole('row').allTextContents())
      .toEqual([expect.any(String), expect.stringMatching(/^other/)])
    await tab.getByRole('searchbox', { name: 'Search jobs' }).fill('nothing like it')
    await tab.getByRole('heading', { name: 'No jobs match “nothing like it”' }).waitFor()
  })

  test('hundreds of jobs are paged, and only rows in view are rendered', async () => {
    const settings = { tasks: [{ task_key: 'a', ...shell('true') }] }
    const tens = effort(25, 25, 100)
    for (let i = 0; i < tens; i++)
      await Promise.all(
        Array.from({ length: 10 }, (_, n) => created({ ...settings, name: `mass ${i * 10 + n}` })),
      )
    await using someone = await visit()
    const { tab } = someone
    await someone.open('/#/jobs?q=mass')
    const rendered = () => tab.locator('.jobs-table tbody tr').count()
    await expect.poll(rendered).toBeGreaterThan(10)
    await expect
      .poll(async () => {
        await tab.evaluate(() => window.scrollTo(0, document.body.scrollHeight))
        return tab.getByRole('table').getAttribute('aria-rowcount')
      })
      .toBe(String(tens * 10 + 1))
    expect(await rendered()).toBeLessThan(60)
    expect(someone.problems()).toEqual([])
  })

  test('a job shows its schedule in words, its next times, parameters and tags', async () => {
    await using someone = await visit()
    const { tab } = someone
    await someone.open(`/#/jobs/${nightly}`)
    const trigger = region(tab, 'Schedule and triggers')
    await trigger.getByText('Weekdays at 02:30 (Asia/Seoul)').waitFor()
    await expect.poll(() => trigger.getByRole('listitem').count()).toBe(5)
    expect(await trigger.getByRole('listitem').first().textContent()).toMatch(
      /^(Mon|Tue|Wed|Thu|Fri), .*02:30 AM/,
    )
    expect(await region(tab, 'Details').textContent()).toMatch(
      /Runs asowner.*team: recsys.*mode = good.*Concurrent runs3/,
    )
    expect([await someone.violations(), someone.problems()]).toEqual([[], []])
  })

  test('the grid of runs and tasks is reached by keyboard, and a cell opens the log', async () => {
    await using someone = await visit()
    const { tab } = someone
    await someone.open(`/#/jobs/${nightly}`)
    const grid = tab.getByRole('grid', { name: 'Runs and tasks' })
    const cells = (task: string) =>
      grid
        .getByRole('row', { name: new RegExp(`^${task}`) })
        .getByRole('link')
        .evaluateAll((links) => links.map((link) => link.getAttribute('aria-label')))
    await expect
      .poll(() => cells('warn'))
      .toEqual(['warn, Run 1: Excluded', expect.stringMatching(/^warn, Run 2: Failed, \d+ ms$/)])
    const bars = grid.getByRole('columnheader').getByRole('link')
    expect(await bars.last().getAttribute('aria-label')).toMatch(/^Run 2: Failed/)
    await bars.last().focus()
    for (const key of ['ArrowDown', 'ArrowLeft', 'ArrowDown', 'ArrowUp']) await tab.keyboard.press(key)
    expect(await isFocused(grid.getByRole('link', { name: /^load, Run 1/ }))).toBe(true)
    await tab.keyboard.press('Enter')
    await region(tab, 'Log of load').waitFor()
    expect(tab.url()).toContain(`/#/jobs/runs/${good}?task=load`)
  })

  test('the graph of tasks is walked with arrow keys, and tells states and dependencies', async () => {
    await using someone = await visit()
    const { tab } = someone
    await someone.open(`/#/jobs/runs/${good}?task=load`)
    const graph = region(tab, 'Task graph')
    await graph.getByRole('button', { name: /^load/ }).focus()
    for (const key of ['ArrowRight', 'ArrowRight']) await tab.keyboard.press(key)
    const reached = await tab.evaluate(() => document.activeElement?.textContent)
    expect(reached).toMatch(/^(train|warn)/)
    expect(await graph.getByRole('button', { name: /^is_good/ }).textContent()).toMatch(
      /Outcome: true.*Condition, Succeeded, after load/,
    )
    await graph.getByRole('button', { name: /^train/ }).press('Enter')
    await region(tab, 'Log of train').waitFor()
    expect([await someone.violations(), someone.problems()]).toEqual([[], []])
  })

  test('states change by event while a run goes on', async () => {
    const job = await created({
      name: 'waits',
      tasks: [{ task_key: 'first', ...shell('while [ ! -f go ]; do sleep 0.1; done') }],
      timeout_seconds: 120,
    })
    await using someone = await visit()
    const { tab } = someone
    await someone.open(`/#/jobs/${job}`)
    await tab.getByText('This job has not run yet.').waitFor()
    await started(job)
    const cell = tab.getByRole('grid').getByRole('link', { name: /^first, Run 1/ })
    await expect.poll(() => cell.getAttribute('aria-label')).toBe('first, Run 1: Running')
    await tab.getByRole('grid').getByRole('link', { name: 'Run 1: Running', exact: true }).click()
    await tab.getByRole('button', { name: 'Cancel run' }).click()
    await tab.getByRole('dialog').getByRole('button', { name: 'Cancel run' }).click()
    await expect.poll(() => region(tab, 'Task graph').getByRole('button').textContent()).toContain('Canceled')
    expect(someone.problems()).toEqual([])
  })

  test('a schedule is paused and resumed, and a run starts with other parameters', async () => {
    await using someone = await visit()
    const { tab } = someone
    await someone.open(`/#/jobs/${nightly}`)
    const trigger = region(tab, 'Schedule and triggers')
    await trigger.getByRole('button', { name: 'Pause' }).click()
    await trigger.getByText('Paused').waitFor()
    expect(await settingsOf(nightly)).toMatchObject({ schedule: { pause_status: 'PAUSED' } })
    await trigger.getByRole('button', { name: 'Resume' }).click()
    await expect.poll(() => settingsOf(nightly)).toMatchObject({ schedule: { pause_status: 'UNPAUSED' } })
    const copy = await created({ ...NIGHTLY, name: 'by hand' })
    await someone.open(`/#/jobs/${copy}`)
    await tab.getByRole('button', { name: 'Run with parameters' }).click()
    const dialog = tab.getByRole('dialog', { name: 'Run with parameters: by hand' })
    await dialog.getByRole('textbox', { name: 'mode' }).fill('bad')
    await dialog.getByText('Run only some tasks').click()
    await dialog.getByRole('checkbox', { name: 'sweep' }).uncheck()
    expect(await someone.violations()).toEqual([])
    await dialog.getByRole('button', { name: 'Run now' }).click()
    await expect
      .poll(() => region(tab, 'Details').textContent())
      .toMatch(/Started byowner.*ReasonOn request.*mode = bad/)
    await expect.poll(() => region(tab, 'Tasks').getByRole('listitem').count()).toBe(5)
  })

  test('a log is searched, with colours, and downloaded', async () => {
    await using someone = await visit()
    const { tab } = someone
    await someone.open(`/#/jobs/runs/${good}?task=load`)
    const log = region(tab, 'Log of load')
    const search = log.getByRole('searchbox', { name: 'Search log' })
    await search.fill('ROW 39')
    await log.getByText('1 of 11').waitFor()
    await search.press('Enter')
    await log.getByText('2 of 11').waitFor()
    expect(await log.locator('mark[aria-current]').textContent()).toBe('row 39')
    await search.press('Shift+Enter')
    await search.press('Shift+Enter')
    await log.getByText('11 of 11').waitFor()
    await search.fill('alert')
    await log.getByText('1 of 1').waitFor()
    await expect.poll(() => log.locator('.ansi-red').textContent()).toBe('red')
    expect(await log.locator('.log-line').count()).toBeLessThan(100)
    const [download] = await Promise.all([
      tab.waitForEvent('download'),
      log.getByRole('button', { name: 'Download log' }).click(),
    ])
    expect(download.suggestedFilename()).toBe('load.log')
    expect([await someone.violations(), someone.problems()]).toEqual([[], []])
  })

  test('iterations of a loop show progress, their failures and their logs', async () => {
    await using someone = await visit()
    const { tab } = someone
    await someone.open(`/#/jobs/runs/${good}?task=sweep`)
    const iterations = region(tab, 'Iterations')
    await iterations.getByText('4 of 4 done, 1 failed').waitFor()
    await iterations.getByRole('button', { name: 'Failed', exact: true }).click()
    await expect.poll(() => iterations.getByRole('row').count()).toBe(2)
    await iterations.getByRole('button', { name: 'Iteration 2' }).click()
    await region(tab, 'Log of sweep [2]').getByText('no fit for 3', { exact: true }).waitFor()
    expect([await someone.violations(), someone.problems()]).toEqual([[], []])
  })

  test('a run is repaired by chosen tasks, and tells its repairs', async () => {
    const job = await created({ ...NIGHTLY, name: 'repaired' })
    const run = await ran(job, { job_parameters: { mode: 'bad' } })
    await using someone = await visit()
    const { tab } = someone
    await someone.open(`/#/jobs/runs/${run}`)
    await tab.getByRole('button', { name: 'Repair run' }).click()
    const dialog = tab.getByRole('dialog', { name: 'Repair run' })
    expect(await dialog.getByRole('checkbox', { name: /^warn/ }).isChecked()).toBe(true)
    await dialog.getByRole('checkbox', { name: /^is_good/ }).check()
    await dialog.getByRole('textbox', { name: 'mode' }).fill('good')
    expect(await someone.violations()).toEqual([])
    await dialog.getByRole('button', { name: /^Run \d tasks again$/ }).click()
    const details = region(tab, 'Details')
    await expect
      .poll(() => details.textContent())
      .toMatch(/Original run Failed.*Repair 1 Succeeded with failures/)
    expect(await details.textContent()).toContain('mode = good')
  })

  test('a run of another job is linked both ways', async () => {
    const child = await created({ name: 'child', tasks: [{ task_key: 'a', ...shell('echo "from child"') }] })
    const parent = await created({
      name: 'parent',
      tasks: [{ task_key: 'call', run_job_task: { job_id: child } }],
    })
    const run = await ran(parent)
    await using someone = await visit()
    const { tab } = someone
    await someone.open(`/#/jobs/runs/${run}?task=call&panel=output`)
    await tab.getByRole('link', { name: /^Run \d+ of the other job/ }).click()
    await tab.getByRole('heading', { name: 'child' }).waitFor()
    await region(tab, 'Details').getByRole('link', { name: 'Task of another run' }).click()
    await tab.getByRole('heading', { name: 'parent' }).waitFor()
    expect(tab.url()).toContain(`/#/jobs/runs/${run}?task=call`)
    expect(someone.problems()).toEqual([])
  })

  test('a job is exported, cloned and deleted', async () => {
    const job = await created({ ...NIGHTLY, name: 'short lived' })
    await using someone = await visit()
    const { tab } = someone
    await someone.open(`/#/jobs/${job}`)
    const more = tab.getByRole('button', { name: 'More actions' })
    await more.click()
    const [download] = await Promise.all([
      tab.waitForEvent('download'),
      tab.getByRole('button', { name: 'Export as YAML' }).click(),
    ])
    expect(download.suggestedFilename()).toBe('short-lived.yaml')
    await more.click()
    await tab.getByRole('button', { name: 'Delete job' }).click()
    await tab
      .getByRole('dialog', { name: 'Delete short lived' })
      .getByRole('button', { name: 'Delete job' })
      .click()
    await expect.poll(() => tab.url()).toMatch(/#\/jobs$/)
    await expect(settingsOf(job)).rejects.toThrow('404')
    expect(someone.problems()).toEqual([])
  })

  test('a job is created by the form: tasks of several kinds, a dependency, a schedule with preview', async () => {
    await using someone = await visit()
    const { tab } = someone
    await someone.open('/#/jobs/new')
    await tab.getByRole('textbox', { name: 'Name', exact: true }).fill('by form')
    await tab.getByRole('button', { name: 'Add parameter' }).click()
    await tab.getByRole('textbox', { name: 'Name of parameter 1' }).fill('mode')
    await tab.getByRole('textbox', { name: 'Default of parameter 1' }).fill('good')
    const main = tab.getByRole('group', { name: 'main', exact: true })
    await main.getByRole('combobox', { name: 'Kind' }).selectOption('Condition')
    await main.getByRole('textbox', { name: 'Left side' }).fill('{{job.parameters.mode}}')
    await main.getByRole('textbox', { name: 'Right side' }).fill('good')
    await main.getByRole('textbox', { name: 'Task key' }).fill('check')
    await tab.getByRole('button', { name: 'Add task' }).click()
    const second = tab.getByRole('group', { name: 'task_2', exact: true })
    await second.getByRole('combobox', { name: 'Kind' }).selectOption('Shell script')
    await second.getByRole('textbox', { name: 'Script' }).fill('echo "$1"')
    await second.getByRole('textbox', { name: 'Parameters' }).fill('one\ntwo')
    await second.getByRole('combobox', { name: 'Outcome of check' }).selectOption('true')
    await second.getByRole('textbox', { name: 'Retries' }).fill('2')
    const trigger = region(tab, 'Schedule and triggers')
    await trigger.getByRole('button', { name: 'Schedule', exact: true }).click()
    await trigger.getByRole('combobox', { name: 'Repeats' }).selectOption('Weekly')
    await trigger.getByRole('checkbox', { name: 'Fri' }).check()
    await trigger.getByLabel('At time').fill('07:45')
    await trigger.getByRole('combobox', { name: 'Time zone' }).selectOption('Asia/Seoul')
    const preview = trigger.getByRole('status').getByRole('listitem')
    await expect.poll(() => preview.allTextContents()).toHaveLength(5)
    await expect.poll(() => preview.first().textContent()).toMatch(/^(Mon|Fri), .*07:45 AM/)
    expect(await someone.violations()).toEqual([])
    await tab.getByRole('button', { name: 'Create', exact: true }).click()
    await tab.getByRole('heading', { name: 'by form' }).waitFor()
    const job = Number(/jobs\/(\d+)/.exec(tab.url())![1])
    expect(await settingsOf(job)).toMatchObject({
      parameters: [{ name: 'mode', default: 'good' }],
      schedule: { quartz_cron_expression: '0 45 7 ? * MON,FRI', timezone_id: 'Asia/Seoul' },
      tasks: [
        {
          task_key: 'check',
          condition_task: { op: 'EQUAL_TO', left: '{{job.parameters.mode}}', right: 'good' },
        },
        {
          task_key: 'task_2',
          depends_on: [{ task_key: 'check', outcome: 'true' }],
          shell_task: { script: 'echo "$1"', parameters: ['one', 'two'] },
          max_retries: 2,
        },
      ],
    })
    expect(someone.problems()).toEqual([])
  })

  test('an error of the server is shown at its field, and the views are of the same settings', async () => {
    const job = await created({ ...NIGHTLY, name: 'edited' })
    await using someone = await visit()
    const { tab } = someone
    await someone.open(`/#/jobs/${job}/edit`)
    const save = tab.getByRole('button', { name: 'Save' })
    const trigger = region(tab, 'Schedule and triggers')
    const quartz = trigger.getByRole('textbox', { name: 'Quartz expression' })
    await quartz.fill('0 0 0 * * *')
    await trigger
      .getByRole('status')
      .getByText(/exactly one of day of month/)
      .waitFor()
    await save.click()
    await expect.poll(() => quartz.getAttribute('aria-invalid')).toBe('true')
    await expect.poll(() => isFocused(quartz)).toBe(true)
    await quartz.fill('0 0 5 * * ?')
    await tab.locator('summary').getByText('sweep', { exact: true }).click()
    const loop = tab.getByRole('group', { name: 'sweep', exact: true })
    await loop.getByRole('textbox', { name: 'Inputs' }).fill('')
    await save.click()
    await expect
      .poll(() => loop.getByRole('textbox', { name: 'Inputs' }).getAttribute('aria-invalid'))
      .toBe('true')
    await loop.getByRole('textbox', { name: 'Inputs' }).fill('[7]')
    await tab.getByRole('tab', { name: 'YAML' }).click()
    const yaml = tab.getByRole('textbox', { name: 'Settings as YAML' })
    await expect.poll(() => yaml.inputValue()).toContain('quartz_cron_expression: 0 0 5 * * ?')
    const text = await yaml.inputValue()
    await yaml.fill('name: [')
    await tab.getByText(/^Invalid YAML/).waitFor()
    expect(await save.isDisabled()).toBe(true)
    await yaml.fill(text.replace('name: edited', 'name: edited as YAML'))
    await tab.getByRole('tab', { name: 'JSON' }).click()
    await expect
      .poll(() => tab.getByRole('textbox', { name: 'Settings as JSON' }).inputValue())
      .toContain('"name": "edited as YAML"')
    expect(await someone.violations()).toEqual([])
    await save.click()
    await tab.getByRole('heading', { name: 'edited as YAML' }).waitFor()
    expect(await settingsOf(job)).toMatchObject({
      schedule: { quartz_cron_expression: '0 0 5 * * ?' },
      tags: { team: 'recsys' },
      tasks: expect.arrayContaining([
        expect.objectContaining({ task_key: 'sweep', for_each_task: { ...sweep, inputs: '[7]' } }),
      ]),
    })
  })

  test('a catalog and a schema are created, described and deleted with confirmation', async () => {
    await using someone = await visit()
    const { tab } = someone
    await someone.open('/#/catalog')
    for (const [button, name] of [
      ['Create catalog', 'films'],
      ['Create schema', 'raw'],
    ] as const) {
      await tab.getByRole('button', { name: button }).click()
      const dialog = tab.getByRole('dialog', { name: button })
      await dialog.getByRole('textbox', { name: 'Name' }).fill(name)
      await dialog.getByRole('button', { name: 'Create' }).click()
      await tab.getByRole('heading', { name, level: 1 }).waitFor()
    }
    await tab.getByRole('button', { name: 'Edit comment and properties' }).click()
    const edit = tab.getByRole('dialog', { name: 'Edit comment and properties' })
    await edit.getByRole('textbox', { name: 'Comment' }).fill('Raw files')
    await edit.getByRole('textbox', { name: 'Properties' }).fill('team=recsys')
    expect(await someone.violations()).toEqual([])
    await edit.getByRole('button', { name: 'Save' }).click()
    await tab.getByText('Raw files').waitFor()
    await tab.getByRole('button', { name: 'Delete' }).click()
    const dialog = tab.getByRole('dialog', { name: 'Delete films.raw' })
    expect(await dialog.getByRole('button', { name: 'Delete' }).isDisabled()).toBe(true)
    await dialog.getByRole('textbox').fill('films.raw')
    await dialog.getByRole('button', { name: 'Delete' }).click()
    await tab.getByRole('heading', { name: 'films', level: 1 }).waitFor()
    const { schemas } = await owner.get<{ schemas: { name: string }[] }>('/api/2.1/unity-catalog/schemas', {
      catalog_name: 'films',
    })
    expect(schemas.map(({ name }) => name)).not.toContain('raw')
    expect([await someone.violations(), someone.problems()]).toEqual([[], []])
  })

  test("links of Databricks lead to the job, and to the run of a task's id", async () => {
    const { tasks } = await owner.get<{ tasks: { run_id: number; task_key: string }[] }>(`${JOBS}/runs/get`, {
      run_id: bad,
    })
    const task = tasks.find(({ task_key }) => task_key === 'warn')!
    await using someone = await visit()
    const { tab } = someone
    for (const [link, path] of [
      [`#job/${nightly}`, `#/jobs/${nightly}`],
      [`#job/${nightly}/run/${bad}`, `#/jobs/runs/${bad}`],
      [`#job/${nightly}/run/${task.run_id}`, `#/jobs/runs/${bad}?task=warn`],
    ] as const) {
      await someone.open(`/${link}`)
      await expect.poll(() => new URL(tab.url()).hash).toBe(path)
    }
  })

  test('a principal that may only view sees no buttons', async () => {
    await owner.post('/api/2.0/preview/scim/v2/ServicePrincipals', { applicationId: 'viewer' })
    await owner.patch(`/api/2.0/permissions/jobs/${nightly}`, {
      access_control_list: [{ service_principal_name: 'viewer', permission_level: 'CAN_VIEW' }],
    })
    const token = await tokenOf(server.url, 'viewer')
    await using someone = await visit()
    const { tab } = someone
    await tab.request.post(`${server.url}/api/cairn/v1/sign-in`, { data: { token } })
    const forbidden = /Run now|Run with|Pause|Resume|Edit|Delete|Repair|Cancel|New job|Clone/
    for (const path of ['/#/jobs', `/#/jobs/${nightly}`, `/#/jobs/runs/${bad}`]) {
      await someone.open(path)
      await tab.getByText('nightly').first().waitFor()
      const names = await tab
        .locator('.page :is(button, a)')
        .evaluateAll((all) => all.map((one) => one.getAttribute('aria-label') ?? one.textContent ?? ''))
      expect([path, ...names.filter((name) => forbidden.test(name))]).toEqual([path])
      expect([await someone.violations(), someone.problems()]).toEqual([[], []])
    }
  })

  test.each([
    [0, 'light', 'ko-KR', 390],
    [1, 'dark', 'en-US', 390],
    [2, 'dark', 'ko-KR', 1280],
  ] as const)(
    'they fit the window and have no violation, variant %i: %s, %s, %i px',
    async (variant, colorScheme, locale, width) => {
      await using someone = await visit({ viewport: { width, height: 800 }, colorScheme, locale })
      const paths = [
        '',
        '?tab=runs',
        `/${nightly}`,
        `/${nightly}/edit`,
        `/${long}`,
        `/${long}/edit`,
        `/runs/${longRun}`,
        '/new',
        `/runs/${good}?task=sweep`,
        `/runs/${bad}`,
      ]
      for (const path of pagesOfVariant(paths, variant, 3)) {
        await someone.open(`/#/jobs${path}`)
        await settled(someone.tab)
        expect([path, await overflow(someone.tab)]).toEqual([path, 0])
        expect([path, ...(await someone.violations())]).toEqual([path])
      }
      expect(someone.problems()).toEqual([])
    },
  )
})
