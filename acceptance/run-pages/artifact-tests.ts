import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Visitor, visitor } from '../browser/visitor.js'
import { send } from '../harness/api.js'
import type { LoggedRun } from './log-run.js'

interface ArtifactPages {
  readonly url: string
  /** The run with artifacts of all kinds, and the path of its page. */
  readonly run: LoggedRun
  readonly page: string
  readonly visit: (options?: Parameters<typeof visitor>[2]) => Promise<Visitor>
}

/** Tests of how the page of a run shows its artifacts. */
export function artifactTests(pages: () => ArtifactPages): void {
  const artifact = (path: string) => `${pages().page}?tab=artifacts&path=${encodeURIComponent(path)}`
  /** Tests that change nothing share a page, because a new page of Chromium takes more than a second. */
  let viewer: Visitor
  beforeAll(async () => {
    viewer = await pages().visit({ colorScheme: 'dark' })
    await viewer.open(`${pages().page}?tab=artifacts`)
  })
  afterAll(() => viewer?.[Symbol.asyncDispose]())
  /** Artifacts that reach the page change its title. */
  const untouched = async (tab: Page) => expect(await tab.title()).toBe('ials-64 · Cairn')

  test.each<[string, (tab: Page) => Promise<unknown>]>([
    ['report.md', (tab) => tab.getByRole('cell', { name: '0.0861' }).waitFor()],
    ['answers.json', (tab) => tab.getByRole('img', { name: 'plot.png' }).waitFor()],
    ['config.json', (tab) => tab.getByText('"factors": 64').waitFor()],
    ['ratings.csv', (tab) => tab.getByText('First megabyte of the file').waitFor()],
    ['events.jsonl', (tab) => tab.getByRole('columnheader', { name: 'note' }).waitFor()],
    ['evil.svg', (tab) => tab.getByRole('img', { name: 'evil.svg' }).waitFor()],
    ['explore.ipynb', (tab) => tab.getByText('ValueError: no ratings').waitFor()],
    ['sound.wav', (tab) => tab.getByLabel('sound.wav').waitFor()],
    ['places.geojson', (tab) => tab.getByRole('img', { name: 'places.geojson' }).waitFor()],
    ['model/MLmodel', (tab) => tab.getByRole('cell', { name: 'float32 [-1, 1]' }).waitFor()],
    ['model/requirements.txt', (tab) => tab.getByRole('cell', { name: '==3.11.1' }).waitFor()],
    ['train.py', (tab) => tab.getByText('400 lines').waitFor()],
  ])('%s', async (path, isShown) => {
    await viewer.navigate(artifact(path))
    await isShown(viewer.tab)
    await untouched(viewer.tab)
    expect(await viewer.violations()).toEqual([])
    const problems = viewer
      .problems()
      .filter((problem) => !/Blocked script execution in 'about:srcdoc'/.test(problem))
    expect(problems).toEqual([])
  })

  test('a link to a folder opens it in the tree', async () => {
    const { tab } = viewer
    await viewer.open(artifact('model'))
    await tab.getByRole('button', { name: /^MLmodel/ }).waitFor()
    await tab.getByRole('heading', { name: 'Select a file to preview' }).waitFor()
    expect([await viewer.violations(), viewer.problems()]).toEqual([[], []])
  })

  test('Parquet, read from its end and its first row group', async () => {
    const body = await readFile(new URL('./ratings.parquet', import.meta.url))
    const path = `${pages().run.experiment_id}/${pages().run.run_id}/artifacts/ratings.parquet`
    await send(pages().url, 'PUT', `/api/2.0/mlflow-artifacts/artifacts/${path}`, { body })
    await using someone = await pages().visit()
    await someone.open(artifact('ratings.parquet'))
    await someone.tab.getByText('Sample of 5,000 rows').waitFor()
    await someone.tab.getByRole('columnheader', { name: 'movieId' }).waitFor()
    expect([await someone.violations(), someone.problems()]).toEqual([[], []])
  })

  test('a page of HTML, whose scripts reach neither the console nor the server', async () => {
    await using someone = await pages().visit()
    const { tab } = someone
    await someone.open(artifact('page.html'))
    await tab.frameLocator('iframe').getByText('script ran, origin closed').waitFor()
    await untouched(tab)
    const frame = tab.frames().find((one) => one.url().includes('embed-artifact'))!
    const reached = await frame.evaluate(async () => {
      const attempts = [
        () => fetch('/api/2.0/mlflow/experiments/search?max_results=1').then(() => 'fetch'),
        () => Promise.resolve(document.cookie).then(() => 'cookie'),
        () => Promise.resolve(localStorage.length).then(() => 'storage'),
        () => Promise.resolve(parent.document.title).then(() => 'parent'),
      ]
      const results = await Promise.allSettled(attempts.map(async (attempt) => attempt()))
      return [origin, ...results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))]
    })
    expect(reached).toEqual(['null'])
  })

  test('an HTML artifact that is opened directly is a download', async () => {
    await using someone = await pages().visit()
    const query = new URLSearchParams({ run_id: pages().run.run_id, path: 'page.html' })
    const download = someone.tab.waitForEvent('download')
    await someone.tab.goto(`${pages().url}/embed-artifact?${query}`).catch(() => undefined)
    expect((await download).suggestedFilename()).toBe('page.html')
  })

  test('a table is sorted by its headers, searched, and saved without formulas', async () => {
    await using someone = await pages().visit()
    const { tab } = someone
    await someone.open(artifact('answers.json'))
    const scores = () => tab.getByRole('row').locator('td:nth-child(2)').allTextContents()
    await tab.getByRole('button', { name: 'score' }).press('Enter')
    await expect.poll(scores).toEqual(['0.1', '0.5', '0.9'])
    await tab.getByRole('button', { name: 'score' }).press('Enter')
    await expect.poll(scores).toEqual(['0.9', '0.5', '0.1'])
    await tab.getByRole('searchbox', { name: 'Search rows' }).fill('hyperlink')
    await expect.poll(scores).toEqual(['0.1'])
    const download = tab.waitForEvent('download')
    await tab.getByRole('button', { name: 'Save as CSV' }).click()
    const saved = await readFile((await (await download).path())!, 'utf8')
    expect(saved).toContain(`"'=HYPERLINK(""http://evil"")",0.1,`)
  })

  test('images of log_image by step, with a slider', async () => {
    await using someone = await pages().visit()
    const { tab } = someone
    await someone.open(`${pages().page}?tab=artifacts`)
    await tab.getByRole('button', { name: 'images' }).click()
    await tab.getByRole('button', { name: 'samples 3 images' }).click()
    await tab.getByRole('img', { name: 'samples, Step 20' }).waitFor()
    await tab.getByRole('slider', { name: 'Step of samples' }).press('ArrowLeft')
    await tab.getByRole('img', { name: 'samples, Step 10' }).waitFor()
    expect([await someone.violations(), someone.problems()]).toEqual([[], []])
  })

  test('text with a search that goes from match to match', async () => {
    await using someone = await pages().visit()
    const { tab } = someone
    await someone.open(artifact('train.py'))
    await tab.getByRole('searchbox', { name: 'Search in the text' }).fill('value_39')
    await tab.getByText('1 / 11', { exact: true }).waitFor()
    await tab.keyboard.press('Enter')
    await tab.keyboard.press('Enter')
    await tab.getByText('3 / 11', { exact: true }).waitFor()
    await expect
      .poll(() => tab.locator('.text-lines .current').textContent())
      .toContain('value_391 = fit(391)')
  })
}
