import { expect, test } from 'vitest'
import { isFocused, type JobPages, region } from './job-pages.js'

const SEARCH = {
  name: 'search',
  tags: { 'cairn.experiment': '/search' },
  files: {
    'train.mjs': `import { taskValues } from 'cairn-tasks'
await taskValues.set('loss', (Number(process.argv[2]) - 3) ** 2)`,
  },
  tasks: [
    {
      task_key: 'grid',
      for_each_task: {
        concurrency: 3,
        sweep: {
          method: 'grid',
          parameters: { x: { values: [1, 2, 5] } },
          objective: { metric: 'loss', goal: 'minimize' },
        },
        task: { task_key: 'one', node_task: { file: 'train.mjs', parameters: ['{{input.x}}'] } },
      },
    },
  ],
}

/** Tests of the pages of sweeps, and of runs that reuse results of others. */
export function sweepTests(jobs: JobPages): void {
  test('a sweep shows its trials, the metric by trial and the best, and links to runs and their comparison', async () => {
    const run = await jobs.run(await jobs.create(SEARCH))
    await using someone = await jobs.visit()
    const { tab } = someone
    await someone.open(`/#/jobs/runs/${run}?task=grid`)
    const trials = region(tab, 'Trials')
    await trials.getByText('3 of 3 done, 0 pruned, 0 failed').waitFor()
    await trials.getByRole('img', { name: 'loss by trial, with the best so far' }).waitFor()
    const cells = () => trials.getByRole('row').evaluateAll((rows) => rows.map((row) => row.textContent))
    await expect
      .poll(cells)
      .toEqual([
        expect.any(String),
        expect.stringMatching(/^Trial 221Succeeded.*grid 2$/),
        expect.stringMatching(/^Trial 114Succeeded.*grid 1$/),
        expect.stringMatching(/^Trial 354Succeeded.*grid 3$/),
      ])
    expect(await trials.getByRole('link', { name: 'Compare 3 trials' }).getAttribute('href')).toMatch(
      /#\/compare\?runs=\w{32},\w{32},\w{32}$/,
    )
    await trials.getByRole('button', { name: 'Pruned' }).click()
    await trials.getByText('No trials match.').waitFor()
    await trials.getByRole('button', { name: 'All' }).click()
    await trials.getByRole('button', { name: 'Trial 1' }).click()
    await region(tab, 'Log of grid [0]').waitFor()
    expect([await someone.violations(), someone.problems()]).toEqual([[], []])
    await trials.getByText('Best loss: 1 (minimized)').waitFor()
    await trials.getByRole('link', { name: 'Trial 2' }).click()
    await tab.getByRole('heading', { name: 'grid 2', level: 1 }).waitFor()
  })

  test('a failed run is resumed in a new one, which names the results that it took over', async () => {
    const tasks = [
      { task_key: 'good', shell_task: { script: 'echo good' } },
      { task_key: 'bad', depends_on: [{ task_key: 'good' }], shell_task: { script: 'exit 1' } },
    ]
    const run = await jobs.run(await jobs.create({ name: 'resumed', tasks }))
    await using someone = await jobs.visit()
    const { tab } = someone
    await someone.open(`/#/jobs/runs/${run}`)
    await tab.getByRole('button', { name: 'Resume in a new run' }).click()
    await tab.getByRole('dialog').getByRole('button', { name: 'Resume in a new run' }).click()
    const graph = region(tab, 'Task graph')
    await expect
      .poll(() => graph.getByRole('button', { name: /^good/ }).textContent())
      .toContain('Result reused')
    expect(await region(tab, 'Details').first().textContent()).toContain(`Resumed fromRun ${run}`)
    await graph.getByRole('button', { name: /^good/ }).click()
    await region(tab, 'Log of good').getByText('good', { exact: true }).waitFor()
    await tab.getByText('Result reused').last().waitFor()
    expect([await someone.violations(), someone.problems()]).toEqual([[], []])
  })

  test('a sweep is edited in the form', async () => {
    const job = await jobs.create({ ...SEARCH, name: 'edited search' })
    await using someone = await jobs.visit()
    const { tab } = someone
    await someone.open(`/#/jobs/${job}/edit`)
    const task = tab.getByRole('group', { name: 'grid', exact: true })
    const parameters = task.getByRole('textbox', { name: 'Parameters' }).first()
    await expect.poll(() => parameters.inputValue()).toBe('x = 1, 2, 5')
    await task.getByRole('combobox', { name: 'Method' }).selectOption('random')
    await task.getByRole('textbox', { name: 'Trials' }).fill('4')
    await parameters.fill('x = 1 ..')
    await tab.getByRole('button', { name: 'Save' }).click()
    await expect.poll(() => isFocused(parameters)).toBe(true)
    await parameters.fill('x = 1 .. 5 int\nloss = "a, b", c')
    await task.getByRole('checkbox', { name: 'Stop trials that are worse than the median' }).check()
    expect([await someone.violations(), someone.problems()]).toEqual([[], []])
    await tab.getByRole('button', { name: 'Save' }).click()
    await tab.getByRole('heading', { name: 'edited search', exact: true }).waitFor()
    expect(await jobs.settingsOf(job)).toMatchObject({
      tasks: [
        {
          for_each_task: {
            sweep: {
              method: 'random',
              trials: 4,
              parameters: { x: { min: 1, max: 5, type: 'int' }, loss: { values: ['a, b', 'c'] } },
              early_stop: { min_trials: 5 },
            },
          },
        },
      ],
    })
  })
}
