import { expect, test } from 'vitest'
import { isFocused, type JobPages, region } from './job-pages.js'
import { NIGHTLY, sweep } from './nightly.js'

/** Tests of the form of a job. */
export function formTests(jobs: JobPages): void {
  test('a job is created by the form: tasks of several kinds, a dependency, a schedule with preview', async () => {
    await using someone = await jobs.visit()
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
    expect(await jobs.settingsOf(job)).toMatchObject({
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

  test('an error of the server is shown at its field, and all views show the same settings', async () => {
    const job = await jobs.create({ ...NIGHTLY, name: 'edited' })
    await using someone = await jobs.visit()
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
    await tab.getByRole('heading', { name: 'edited as YAML', exact: true }).waitFor()
    expect(await jobs.settingsOf(job)).toMatchObject({
      schedule: { quartz_cron_expression: '0 0 5 * * ?' },
      tags: { team: 'recsys' },
      tasks: expect.arrayContaining([
        expect.objectContaining({ task_key: 'sweep', for_each_task: { ...sweep, inputs: '[7]' } }),
      ]),
    })
  })
}
