import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type JobPages, region } from './job-pages.js'
import { shell } from './nightly.js'

const hasPython = spawnSync('python3', ['-c', 'import venv, ensurepip']).status === 0

/** Writes a wheel into a folder; installing it needs no network. */
const WHEEL = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1] + "/greeter-1.0-py3-none-any.whl", "w") as wheel:
    info = "greeter-1.0.dist-info/"
    wheel.writestr("greeter.py", "def main(): print('good morning')")
    wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: greeter\\nVersion: 1.0\\n")
    wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nGenerator: t\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(info + "RECORD", "")
`

/** Tests of the grid of a job with a cache, of its notifications, of queries, and of the installation in a log. */
export function logTests(jobs: JobPages): void {
  test('the grid marks results from the cache with their run, and its legend explains each mark', async () => {
    const job = await jobs.create({
      name: 'cached',
      files: { 'a.mjs': 'console.log(1)' },
      tasks: [
        { task_key: 'prepare', cache: { enabled: true }, node_task: { file: 'a.mjs' } },
        { task_key: 'report', depends_on: [{ task_key: 'prepare' }], ...shell('exit 1') },
      ],
    })
    const first = await jobs.run(job)
    await jobs.run(job)
    await using someone = await jobs.visit()
    const { tab } = someone
    await someone.open(`/#/jobs/${job}`)
    const cells = tab.getByRole('row', { name: /^prepare/ }).getByRole('link')
    await expect
      .poll(() => cells.evaluateAll((links) => links.map((link) => link.getAttribute('aria-label'))))
      .toEqual([
        expect.stringMatching(/^prepare, Run 1: Succeeded, \d/),
        expect.stringMatching(new RegExp(`^prepare, Run 2: Succeeded, From cache: Run ${first}`)),
      ])
    expect(await cells.locator('svg.reused').count()).toBe(1)
    const legend = tab.getByRole('list', { name: 'Legend' }).getByRole('listitem')
    expect((await legend.allTextContents()).map((text) => text.trim())).toEqual([
      'Failed',
      'Succeeded',
      'From cache',
    ])
    expect([await someone.violations(), someone.problems()]).toEqual([[], []])
  })

  test('a job shows a schedule with seconds in words, and whom its runs notify without the URL', async () => {
    const { id } = await jobs.owner.post<{ id: string }>('/api/2.0/notification-destinations', {
      display_name: 'on call',
      config: { generic_webhook: { url: 'https://93.184.216.34/hook?token=canary' } },
    })
    const job = await jobs.create({
      name: 'notifies',
      schedule: { quartz_cron_expression: '25 24 1 * * ?', timezone_id: 'UTC' },
      webhook_notifications: { on_failure: [{ id }], on_success: [{ id }] },
      tasks: [{ task_key: 'register', ...shell(`true ${'x'.repeat(100)}`) }],
    })
    await using someone = await jobs.visit()
    const { tab } = someone
    await tab.setViewportSize({ width: 390, height: 844 })
    await someone.open(`/#/jobs/${job}`)
    await tab.getByText('Every day at 01:24:25 (UTC)').waitFor()
    await expect
      .poll(() => region(tab, 'Details').textContent())
      .toMatch(/NotificationsSuccess: on callFailure: on call/)
    expect(await tab.content()).not.toContain('canary')
    await someone.open(`/#/jobs/${job}/edit`)
    const key = tab.locator('.task-fold > summary strong')
    expect(await key.evaluate((element) => element.clientHeight)).toBeLessThan(30)
    expect([await someone.violations(), someone.problems()]).toEqual([[], []])
  })

  test('the output of a query is a table', async () => {
    const query_text = `select '서울' as city, 42 as trips, ${'x'.repeat(60)} from (select 1 as ${'x'.repeat(60)})`
    const job = await jobs.create({
      name: 'report',
      tasks: [{ task_key: 'query', sql_task: { query: { query_text } } }],
    })
    const run = await jobs.run(job)
    await using someone = await jobs.visit()
    const { tab } = someone
    await tab.setViewportSize({ width: 390, height: 844 })
    await someone.open(`/#/jobs/runs/${run}?task=query`)
    await tab.getByText('Output', { exact: true }).click()
    const rows = tab.getByRole('table', { name: '1 row' }).getByRole('row')
    await expect.poll(() => rows.allTextContents()).toEqual([`citytrips${'x'.repeat(60)}`, '서울421'])
    await region(tab, 'Output').getByText('select').first().waitFor()
    expect(await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
    expect([await someone.violations(), someone.problems()]).toEqual([[], []])
  })

  test.runIf(hasPython)('a search in a log opens the installation that it folds', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cairn-wheel-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    chmodSync(folder, 0o755)
    execFileSync('python3', ['-c', WHEEL, folder])
    const job = await jobs.create({
      name: 'wheel',
      tasks: [
        {
          task_key: 'greet',
          libraries: [{ whl: `file:${folder}/greeter-1.0-py3-none-any.whl` }],
          python_wheel_task: { package_name: 'greeter', entry_point: 'main' },
        },
      ],
    })
    const run = await jobs.run(job)
    await using someone = await jobs.visit()
    const { tab } = someone
    await someone.open(`/#/jobs/runs/${run}?task=greet`)
    const log = region(tab, 'Log of greet')
    await log.getByText('good morning').waitFor()
    const fold = log.getByRole('button', { name: /^\d+ lines?$/ })
    const installation = log.getByText('greeter-1.0-py3-none-any.whl').first()
    expect([await fold.getAttribute('aria-expanded'), await installation.count()]).toEqual(['false', 0])
    const field = log.getByRole('searchbox')
    await field.fill('greeter-1.0')
    await installation.waitFor()
    expect([await fold.getAttribute('aria-expanded'), await fold.isDisabled()]).toEqual(['true', true])
    expect(await log.getByRole('status').textContent()).toMatch(/^1 of \d+/)
    await field.fill('')
    await expect.poll(() => installation.count()).toBe(0)
    await log.getByText('good morning').waitFor()
    expect([await someone.violations(), someone.problems()]).toEqual([[], []])
  })
}
