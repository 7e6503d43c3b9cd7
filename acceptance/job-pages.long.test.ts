import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pagesOfVariant } from './browser/page-variants.js'
import { chromium } from './harness/browser.js'
import { effort } from './harness/effort.js'
import { tokenOf } from './harness/tokens.js'
import { formTests } from './job-pages/form-tests.js'
import { isFocused, JobPages, region } from './job-pages/job-pages.js'
import { logTests } from './job-pages/log-tests.js'
import { NIGHTLY, shell } from './job-pages/nightly.js'
import { sweepTests } from './job-pages/sweep-tests.js'

describe.skipIf(!chromium)('the job pages', () => {
  const jobs = new JobPages()
  let nightly: number
  /** A job with long names. */
  let long: number
  /** A run whose only failure is an iteration of its loop, a failed run, and a run with long names. */
  let [good, bad, longRun] = [0, 0, 0]
  beforeAll(async () => {
    await jobs.start()
    nightly = await jobs.create(NIGHTLY)
    long = await jobs.create({
      name: 'n'.repeat(200),
      tags: { ['k'.repeat(100)]: 'v'.repeat(150) },
      parameters: [{ name: 'p'.repeat(80), default: '값'.repeat(100) }],
      tasks: [{ task_key: 't'.repeat(100), ...shell('true') }],
    })
    longRun = await jobs.run(long)
    good = await jobs.run(nightly)
    bad = await jobs.run(nightly, { job_parameters: { mode: 'bad' } })
  })
  afterAll(() => jobs.stop())

  const overflow = (tab: Page) => tab.evaluate(() => document.documentElement.scrollWidth - innerWidth)

  test('the list finds jobs, and shows their last runs, triggers and states', async () => {
    await using someone = await jobs.visit()
    const { tab } = someone
    await jobs.create({ name: 'other', tasks: [{ task_key: 'a', ...shell('true') }] })
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
        Array.from({ length: 10 }, (_, n) => jobs.create({ ...settings, name: `mass ${i * 10 + n}` })),
      )
    await using someone = await jobs.visit()
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
    await using someone = await jobs.visit()
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
    await using someone = await jobs.visit()
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
      .toEqual(['warn, Run 1: Excluded', expect.stringMatching(/^warn, Run 2: Failed, [\d.]+ m?s$/)])
    const bars = grid.getByRole('columnheader').getByRole('link')
    expect(await bars.last().getAttribute('aria-label')).toMatch(/^Run 2: Failed/)
    await bars.last().focus()
    for (const key of ['ArrowDown', 'ArrowLeft', 'ArrowDown', 'ArrowUp']) await tab.keyboard.press(key)
    expect(await isFocused(grid.getByRole('link', { name: /^load, Run 1/ }))).toBe(true)
    await tab.keyboard.press('Enter')
    await region(tab, 'Log of load').waitFor()
    expect(tab.url()).toContain(`/#/jobs/runs/${good}?task=load`)
  })

  test('the arrow keys move through the graph of tasks, which shows states and dependencies', async () => {
    await using someone = await jobs.visit()
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

  test('states follow events while a run is active', async () => {
    const job = await jobs.create({
      name: 'waits',
      tasks: [{ task_key: 'first', ...shell('while [ ! -f go ]; do sleep 0.1; done') }],
      timeout_seconds: 120,
    })
    await using someone = await jobs.visit()
    const { tab } = someone
    await someone.open(`/#/jobs/${job}`)
    await tab.getByText('This job has not run yet.').waitFor()
    await jobs.startRun(job)
    const cell = tab.getByRole('grid').getByRole('link', { name: /^first, Run 1/ })
    await expect.poll(() => cell.getAttribute('aria-label')).toBe('first, Run 1: Running')
    await tab.getByRole('grid').getByRole('link', { name: 'Run 1: Running', exact: true }).click()
    await tab.getByRole('button', { name: 'Cancel run' }).click()
    await tab.getByRole('dialog').getByRole('button', { name: 'Cancel run' }).click()
    await expect.poll(() => region(tab, 'Task graph').getByRole('button').textContent()).toContain('Canceled')
    expect(someone.problems()).toEqual([])
  })

  test('a schedule is paused and resumed, and a run starts with other parameters', async () => {
    await using someone = await jobs.visit()
    const { tab } = someone
    await someone.open(`/#/jobs/${nightly}`)
    const trigger = region(tab, 'Schedule and triggers')
    await trigger.getByRole('button', { name: 'Pause' }).click()
    await trigger.getByText('Paused').waitFor()
    expect(await jobs.settingsOf(nightly)).toMatchObject({ schedule: { pause_status: 'PAUSED' } })
    await trigger.getByRole('button', { name: 'Resume' }).click()
    await expect
      .poll(() => jobs.settingsOf(nightly))
      .toMatchObject({ schedule: { pause_status: 'UNPAUSED' } })
    const copy = await jobs.create({ ...NIGHTLY, name: 'by hand' })
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
    await using someone = await jobs.visit()
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
    await using someone = await jobs.visit()
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

  test('chosen tasks of a run are repaired, and the run lists its repairs', async () => {
    const job = await jobs.create({ ...NIGHTLY, name: 'repaired' })
    const run = await jobs.run(job, { job_parameters: { mode: 'bad' } })
    await using someone = await jobs.visit()
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
    const child = await jobs.create({
      name: 'child',
      tasks: [{ task_key: 'a', ...shell('echo "from child"') }],
    })
    const parent = await jobs.create({
      name: 'parent',
      tasks: [{ task_key: 'call', run_job_task: { job_id: child } }],
    })
    const run = await jobs.run(parent)
    await using someone = await jobs.visit()
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
    const job = await jobs.create({ ...NIGHTLY, name: 'short lived' })
    await using someone = await jobs.visit()
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
    await expect(jobs.settingsOf(job)).rejects.toThrow('404')
    expect(someone.problems()).toEqual([])
  })

  formTests(jobs)
  logTests(jobs)
  sweepTests(jobs)

  test("links of Databricks lead to the job, and to the run of a task's id", async () => {
    const { tasks } = await jobs.owner.get<{ tasks: { run_id: number; task_key: string }[] }>(
      '/api/2.2/jobs/runs/get',
      {
        run_id: bad,
      },
    )
    const task = tasks.find(({ task_key }) => task_key === 'warn')!
    await using someone = await jobs.visit()
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
    await jobs.owner.post('/api/2.0/preview/scim/v2/ServicePrincipals', { applicationId: 'viewer' })
    await jobs.owner.patch(`/api/2.0/permissions/jobs/${nightly}`, {
      access_control_list: [{ service_principal_name: 'viewer', permission_level: 'CAN_VIEW' }],
    })
    const token = await tokenOf(jobs.url, 'viewer')
    await using someone = await jobs.visit()
    const { tab } = someone
    await tab.request.post(`${jobs.url}/api/cairn/v1/sign-in`, { data: { token } })
    const forbidden = /Run now|Run with|Pause|Resume|Edit|Delete|Repair|Cancel|New job|Clone/
    for (const path of ['/#/jobs', `/#/jobs/${nightly}`, `/#/jobs/runs/${bad}`]) {
      await someone.show(path)
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
      await using someone = await jobs.visit({ viewport: { width, height: 800 }, colorScheme, locale })
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
        await someone.show(`/#/jobs${path}`)
        expect([path, await overflow(someone.tab)]).toEqual([path, 0])
        expect([path, ...(await someone.violations())]).toEqual([path])
      }
      expect(someone.problems()).toEqual([])
    },
  )
})
