import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { visitor } from './browser/visitor.js'
import { type Api, api } from './harness/api.js'
import { chromium, launchBrowser } from './harness/browser.js'
import { type Server, startServer } from './harness/server.js'

const JUDGE = (instructions: string) => ({
  instructions_judge_pydantic_data: { instructions, model: 'openai:/gpt-4o-mini' },
})

describe.skipIf(!chromium)('the scorers of an experiment', () => {
  let server: Server
  let browser: Browser
  let owner: Api
  let experiment = ''
  beforeAll(async () => {
    server = await startServer()
    browser = await launchBrowser()
    owner = api(server.url)
    const created = await owner.post<{ experiment_id: string }>('/api/2.0/mlflow/experiments/create', {
      name: 'judged',
    })
    experiment = created.experiment_id
  })
  afterAll(async () => {
    await browser?.close()
    await server?.[Symbol.asyncDispose]()
  })

  const visit = (options?: Parameters<typeof visitor>[2]) => visitor(browser, server.url, options)
  const page = (query = '') => `/#/experiments/${experiment}/judges${query}`
  const register = (name: string, scorer: object) =>
    owner.post('/api/3.0/mlflow/scorers/register', {
      experiment_id: experiment,
      name,
      serialized_scorer: JSON.stringify({ name, ...scorer }),
    })

  test('an empty page shows how to register the first one', async () => {
    await using someone = await visit()
    await someone.open(page())
    await someone.tab.getByText('No scorers yet').waitFor()
    await someone.tab.getByText(`.register(experiment_id="${experiment}")`).waitFor()
    expect(await someone.violations()).toEqual([])
  })

  test('judges, built-in scorers and code are shown in each version, and deleted', async () => {
    await register('예의', JUDGE('Is {{ outputs }} polite?'))
    await register('예의', JUDGE('Is {{ outputs }} polite and short?'))
    await register('english', {
      builtin_scorer_class: 'Guidelines',
      builtin_scorer_pydantic_data: { guidelines: ['Answer in English', 'No slang'], model: null },
    })
    await register('short', {
      call_source: 'return len(outputs) < 100',
      call_signature: '(outputs) -> bool',
      original_func_name: 'is_short',
    })
    await using someone = await visit()
    const { tab } = someone
    await someone.open(page())
    const list = tab.getByRole('navigation', { name: 'Scorers' }).getByRole('listitem')
    await expect
      .poll(() => list.allInnerTexts())
      .toEqual(['english\nBuilt-in · Version 1', 'short\nCode · Version 1', '예의\nJudge · Version 2'])
    await tab.getByText('No slang').waitFor()
    await list.filter({ hasText: 'short' }).getByRole('button').click()
    await tab.getByText('def is_short(outputs) -> bool:').waitFor()
    await list.filter({ hasText: '예의' }).getByRole('button').click()
    await tab.getByText('Is {{ outputs }} polite and short?').waitFor()
    await tab.getByText('openai:/gpt-4o-mini', { exact: true }).waitFor()
    await tab.getByRole('combobox', { name: 'Version' }).selectOption('1')
    await tab.getByText('Is {{ outputs }} polite?').waitFor()
    await tab.getByText('version=1)').waitFor()
    expect(await someone.violations()).toEqual([])
    expect(await someone.contrastViolationsIn('dark')).toEqual([])

    await tab.getByRole('button', { name: 'Delete', exact: true }).click()
    await tab.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click()
    await expect.poll(() => list.count()).toBe(2)
    await tab.getByText('No slang').waitFor()
    const { scorers } = await owner.get<{ scorers: { scorer_name: string }[] }>(
      `/api/3.0/mlflow/scorers/list?experiment_id=${experiment}`,
    )
    expect(scorers.map(({ scorer_name }) => scorer_name)).toEqual(['english', 'short'])
    expect(someone.problems()).toEqual([])
  })

  test('a phone shows them in Korean', async () => {
    await using someone = await visit({ viewport: { width: 390, height: 844 }, locale: 'ko-KR' })
    const { tab } = someone
    await someone.open(page('?name=short'))
    await tab.getByRole('heading', { name: 'short' }).waitFor()
    expect(await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0)
    expect(await someone.violations()).toEqual([])
    expect(someone.problems()).toEqual([])
  })
})
