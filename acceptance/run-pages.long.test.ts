import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { visitor, waitUntilStable } from './browser/visitor.js'
import { type Api, api, send } from './harness/api.js'
import { chromium, launchBrowser } from './harness/browser.js'
import { registerLinear } from './harness/linear-model.js'
import { type Server, startServer } from './harness/server.js'
import { tokenOf } from './harness/tokens.js'
import { artifactTests } from './run-pages/artifact-tests.js'
import { type LoggedRun, logRun } from './run-pages/log-run.js'

const M2 = '/api/2.0/mlflow'

describe.skipIf(!chromium)('the pages of runs and versions', () => {
  let server: Server
  let browser: Browser
  let owner: Api
  let run: LoggedRun
  let other: LoggedRun
  beforeAll(async () => {
    server = await startServer()
    browser = await launchBrowser()
    owner = api(server.url)
    run = await logRun(server.url, owner, 'ials-64')
    other = await logRun(server.url, owner, 'ials-128', { files: false })
    await owner.post(`${M2}/registered-models/create`, { name: 'films' })
    for (const { run_id, experiment_id } of [run, other])
      await owner.post(`${M2}/model-versions/create`, {
        ...{ name: 'films', run_id, source: `mlflow-artifacts:/${experiment_id}/${run_id}/artifacts/model` },
      })
    await owner.post('/api/cairn/v1/registered-models/films/promotions', {
      ...{ name: 'films', version: '1', force: true, reason: 'first' },
    })
  })
  afterAll(async () => {
    await browser?.close()
    await server?.[Symbol.asyncDispose]()
  })

  const visit = (options?: Parameters<typeof visitor>[2]) => visitor(browser, server.url, options)
  const pageOf = ({ experiment_id, run_id }: LoggedRun) => `/#/experiments/${experiment_id}/runs/${run_id}`
  const artifact = (path: string) => `${pageOf(run)}?tab=artifacts&path=${encodeURIComponent(path)}`
  const overflow = (tab: Page) => tab.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  const dialog = (tab: Page) => tab.getByRole('dialog')
  const more = (tab: Page) => tab.getByRole('button', { name: 'More actions' })
  const tagsOf = async ({ run_id }: LoggedRun) => {
    const { run: found } = await owner.get<{ run: { data: { tags: { key: string; value: string }[] } } }>(
      `${M2}/runs/get`,
      { run_id },
    )
    return new Map(found.data.tags.map(({ key, value }) => [key, value]))
  }

  describe('edit', () => {
    test('the description of a run in Markdown, with a preview, and nothing in it runs', async () => {
      await using someone = await visit()
      const { tab } = someone
      await someone.open(pageOf(run))
      await tab.getByRole('button', { name: 'Add description' }).click()
      const text = '# Why\n\n**64** factors, [bad](javascript:alert(1)) <img src=x onerror=alert(1)>'
      await tab.getByRole('textbox', { name: 'Description' }).fill(text)
      await tab.getByRole('button', { name: 'Preview' }).click()
      await tab.getByRole('heading', { name: 'Why' }).waitFor()
      expect(await someone.violations()).toEqual([])
      await tab.getByRole('button', { name: 'Write' }).click()
      await tab.getByRole('textbox', { name: 'Description' }).press('Control+Enter')
      await expect.poll(async () => (await tagsOf(run)).get('mlflow.note.content')).toBe(text)
      const note = tab.getByRole('region', { name: 'Description' })
      expect(await note.getByRole('link').count()).toBe(0)
      expect(await note.locator('img').count()).toBe(0)
      expect(await note.textContent()).toContain('<img src=x onerror=alert(1)>')
      expect(someone.problems()).toEqual([])
    })

    test('tags of a run: added, changed and deleted after a question, by the keyboard', async () => {
      await using someone = await visit()
      const { tab } = someone
      await someone.open(pageOf(run))
      const tags = tab.getByRole('region', { name: 'Tags' })
      await tags.getByRole('textbox', { name: 'Key' }).fill('stage')
      await tab.keyboard.press('Tab')
      await tab.keyboard.type('draft')
      await tab.keyboard.press('Enter')
      await expect.poll(async () => (await tagsOf(run)).get('stage')).toBe('draft')
      await tags.getByRole('button', { name: 'Edit tag stage' }).press('Enter')
      await tags.getByRole('textbox', { name: 'Value of stage' }).fill('final')
      await tab.keyboard.press('Enter')
      await expect.poll(async () => (await tagsOf(run)).get('stage')).toBe('final')
      await tags.getByRole('button', { name: 'Delete tag stage' }).press('Enter')
      await dialog(tab).getByRole('button', { name: 'Delete' }).press('Enter')
      await expect.poll(async () => (await tagsOf(run)).has('stage')).toBe(false)
      expect(someone.problems()).toEqual([])
    })

    test('a run is renamed, deleted, restored, and purged by its name', async () => {
      const gone = await logRun(server.url, owner, 'gone', { files: false })
      await using someone = await visit()
      const { tab } = someone
      await someone.open(pageOf(gone))
      await more(tab).click()
      await tab.getByRole('button', { name: 'Rename' }).click()
      await dialog(tab).getByRole('textbox', { name: 'New name' }).fill('really-gone')
      await dialog(tab).getByRole('button', { name: 'Rename' }).click()
      await tab.getByRole('heading', { name: 'really-gone', level: 1 }).waitFor()
      const remove = async () => {
        await more(tab).click()
        await tab.getByRole('button', { name: 'Delete', exact: true }).click()
        await dialog(tab).getByRole('button', { name: 'Delete', exact: true }).click()
        await tab.getByText('This run is deleted').waitFor()
      }
      await remove()
      await tab.getByRole('button', { name: 'Restore' }).click()
      await expect.poll(() => tab.getByText('This run is deleted').count()).toBe(0)
      await remove()
      await tab.getByRole('button', { name: 'Delete permanently' }).click()
      const purge = dialog(tab).getByRole('button', { name: 'Delete permanently' })
      expect(await purge.isDisabled()).toBe(true)
      expect(await someone.violations()).toEqual([])
      await dialog(tab).getByRole('textbox').fill('really-gone')
      await purge.click()
      await tab.getByRole('heading', { name: '/films', level: 1 }).waitFor()
      const answer = await send(server.url, 'GET', `${M2}/runs/get`, { query: { run_id: gone.run_id } })
      expect(answer.status).toBe(404)
    })

    test('a model of a run is registered under a new name', async () => {
      const history = [{ artifact_path: 'model', run_id: run.run_id, flavors: {}, utc_time_created: '1' }]
      await owner.post(`${M2}/runs/set-tag`, {
        ...{ run_id: run.run_id, key: 'mlflow.log-model.history', value: JSON.stringify(history) },
      })
      await using someone = await visit()
      const { tab } = someone
      await someone.open(pageOf(run))
      await tab.getByRole('button', { name: 'Register model' }).click()
      await dialog(tab).getByLabel('Registered model').fill('fresh')
      await dialog(tab).getByLabel('Description').fill('From a *run*.')
      expect(await someone.violations()).toEqual([])
      await dialog(tab).getByRole('button', { name: 'Register', exact: true }).click()
      await tab.getByRole('heading', { name: 'fresh v1', level: 1 }).waitFor()
      const { model_version } = await owner.get<{ model_version: Record<string, string> }>(
        `${M2}/model-versions/get`,
        { name: 'fresh', version: '1' },
      )
      expect(model_version).toMatchObject({ run_id: run.run_id, description: 'From a *run*.' })
    })

    test('an experiment is described, renamed, deleted by its name and restored', async () => {
      const { experiment_id } = await owner.post<{ experiment_id: string }>(`${M2}/experiments/create`, {
        name: '/short',
      })
      await using someone = await visit()
      const { tab } = someone
      await someone.open(`/#/experiments/${experiment_id}`)
      await tab.getByRole('button', { name: 'About' }).click()
      await dialog(tab).getByRole('button', { name: 'Add description' }).click()
      await dialog(tab).getByRole('textbox', { name: 'Description' }).fill('All *short* films')
      await dialog(tab).getByRole('button', { name: 'Save' }).click()
      await dialog(tab).getByText('short', { exact: true }).waitFor()
      expect(await someone.violations()).toEqual([])
      await dialog(tab).getByRole('button', { name: 'Close' }).click()
      await more(tab).click()
      await tab.getByRole('button', { name: 'Rename' }).click()
      await dialog(tab).getByRole('textbox').fill('/long')
      await dialog(tab).getByRole('button', { name: 'Rename' }).click()
      await tab.getByRole('heading', { name: '/long', level: 1 }).waitFor()
      await more(tab).click()
      await tab.getByRole('button', { name: 'Delete', exact: true }).click()
      await dialog(tab).getByRole('textbox').fill('/long')
      await dialog(tab).getByRole('button', { name: 'Delete', exact: true }).click()
      await tab.getByRole('heading', { name: 'Experiments', level: 1 }).waitFor()
      await tab.getByRole('button', { name: 'Deleted' }).click()
      await tab.getByRole('link', { name: '/long' }).click()
      await tab.getByRole('button', { name: 'Restore' }).click()
      await expect
        .poll(async () => {
          const { experiment } = await owner.get<{ experiment: { lifecycle_stage: string } }>(
            `${M2}/experiments/get`,
            { experiment_id },
          )
          return experiment.lifecycle_stage
        })
        .toBe('active')
    })

    test('a model and a version are described, tagged and deleted', async () => {
      await owner.post(`${M2}/registered-models/create`, { name: 'brief' })
      await registerLinear(server.url, { name: 'brief', path: '0/brief' })
      await using someone = await visit()
      const { tab } = someone
      await someone.open('/#/models/brief/versions/1')
      await tab.getByRole('button', { name: 'Add description' }).click()
      await tab.getByRole('textbox', { name: 'Description' }).fill('A _version_')
      await tab.getByRole('button', { name: 'Save' }).click()
      await tab.getByRole('region', { name: 'Description' }).getByText('version', { exact: true }).waitFor()
      await more(tab).click()
      await tab.getByRole('button', { name: 'Delete', exact: true }).click()
      await dialog(tab).getByRole('button', { name: 'Delete', exact: true }).click()
      await tab.getByRole('heading', { name: 'No versions yet' }).waitFor()
      await tab.getByRole('textbox', { name: 'Key' }).fill('team')
      await tab.getByRole('button', { name: 'Add tag' }).click()
      await tab.getByRole('button', { name: 'Edit tag team' }).waitFor()
      expect(await someone.violations()).toEqual([])
      await more(tab).click()
      await tab.getByRole('button', { name: 'Delete', exact: true }).click()
      await dialog(tab).getByRole('textbox').fill('brief')
      await dialog(tab).getByRole('button', { name: 'Delete', exact: true }).click()
      await tab.getByRole('heading', { name: 'Models', level: 1 }).waitFor()
      expect(await tab.getByRole('link', { name: 'brief' }).count()).toBe(0)
    })

    test('a reader sees the same pages without buttons for actions that need more rights', async () => {
      await owner.post('/api/2.0/preview/scim/v2/ServicePrincipals', { applicationId: 'reader' })
      const token = await tokenOf(server.url, 'reader')
      for (const [path, permission_level] of [
        [`experiments/${run.experiment_id}`, 'CAN_READ'],
        ['registered-models/films', 'CAN_READ'],
      ])
        await owner.patch(`/api/2.0/permissions/${path}`, {
          access_control_list: [{ service_principal_name: 'reader', permission_level }],
        })
      await using someone = await visit()
      const { tab } = someone
      await tab.request.post(`${server.url}/api/cairn/v1/sign-in`, { data: { token } })
      for (const path of [
        pageOf(run),
        '/#/models/films',
        '/#/models/films/versions/2',
        `/#/experiments/${run.experiment_id}`,
        '/#/experiments',
      ]) {
        await someone.show(path)
        const names = await tab.getByRole('button').allTextContents()
        expect(names.join(' '), path).not.toMatch(
          /\b(Create|Edit|Add|Delete|Rename|Register|Promote|Set alias)\b/,
        )
        expect(await more(tab).count(), path).toBe(0)
      }
      await someone.open(artifact('page.html')) // its frame has the session of the page
      await tab.frameLocator('iframe').getByText('script ran, origin closed').waitFor()
    })
  })

  describe('show artifacts', () => artifactTests(() => ({ url: server.url, run, page: pageOf(run), visit })))

  describe('show a run', () => {
    test('with the course and range of its metrics, and its child runs', async () => {
      await using someone = await visit()
      const { tab } = someone
      await someone.open(pageOf(run))
      const row = tab.getByRole('region', { name: 'Metrics' }).getByRole('row', { name: /^NDCG@10/ })
      await expect
        .poll(() => row.getByRole('cell').allTextContents())
        .toEqual(['', '0.1067', '0.1067', '1.1000'])
      expect(await row.locator('.sparkline').count()).toBe(1)
      const children = tab.getByRole('region', { name: 'Child runs' })
      await children.getByRole('link', { name: 'ials-64-ablation' }).waitFor()
      await children.getByRole('button', { name: 'Expand ials-64-ablation' }).click()
      await children.getByText('No child runs.').waitFor()
      await children.getByRole('link', { name: 'ials-64-ablation' }).click()
      await tab.getByRole('heading', { name: 'ials-64-ablation', level: 1 }).waitFor()
      await tab.locator('.breadcrumbs').getByRole('link', { name: 'ials-64', exact: true }).click()
      await tab.getByRole('heading', { name: 'ials-64', level: 1, exact: true }).waitFor()
      expect([await someone.violations(), someone.problems()]).toEqual([[], []])
    })

    test('live: a metric and a child run that are logged now appear', async () => {
      await using someone = await visit()
      const { tab } = someone
      await someone.open(pageOf(other))
      await owner.post(`${M2}/runs/log-metric`, {
        run_id: other.run_id,
        key: 'fresh_metric',
        value: 7,
        timestamp: 1,
      })
      await owner.post(`${M2}/runs/create`, {
        experiment_id: other.experiment_id,
        run_name: 'late-child',
        tags: [{ key: 'mlflow.parentRunId', value: other.run_id }],
      })
      await tab.getByText('fresh_metric').waitFor()
      await tab.getByRole('link', { name: 'late-child' }).waitFor()
    })

    test('its system metrics by device, and the end of its log', async () => {
      await using someone = await visit({ colorScheme: 'dark' })
      const { tab } = someone
      await someone.open(`${pageOf(run)}?tab=system`)
      for (const group of ['CPU', 'Memory', 'GPU', 'Network'])
        await tab.getByRole('region', { name: group }).waitFor()
      expect(await someone.violations()).toEqual([])
      await tab.getByRole('tab', { name: 'Logs' }).click()
      await tab.getByText('epoch 2999 loss 0.0003').waitFor()
      expect([await someone.violations(), someone.problems()]).toEqual([[], []])
    })

    test('on a phone without cutting a value, in Korean without English units', async () => {
      await using someone = await visit({ viewport: { width: 390, height: 844 }, locale: 'ko-KR' })
      const { tab } = someone
      await someone.open(pageOf(run))
      expect(await overflow(tab)).toBeLessThanOrEqual(0)
      const table = tab.getByRole('region', { name: '메트릭' }).locator('.scroll-x')
      expect(await table.evaluate((box) => box.scrollWidth - box.clientWidth)).toBeLessThanOrEqual(0)
      const text = await tab.locator('main').textContent()
      expect(text).toMatch(/2분 4\d초/)
      expect(text).not.toMatch(/\d (ms|s|m|h)\b/)
      expect(await someone.violations()).toEqual([])
    })
  })

  describe('show versions', () => {
    test("compared, also by MLflow's link", async () => {
      await using someone = await visit()
      const { tab } = someone
      const query = new URLSearchParams({
        name: JSON.stringify('films'),
        runs: JSON.stringify({ [run.run_id]: '1', [other.run_id]: '2' }),
      })
      await someone.open(`/#/compare-model-versions?${query}`)
      await tab.getByRole('heading', { name: 'Compare versions', level: 1 }).waitFor()
      await expect.poll(() => new URL(tab.url()).hash).toBe('#/models/films/compare?versions=1,2')
      const metrics = tab.getByRole('region', { name: 'Metrics' })
      await metrics.getByRole('row', { name: /fresh_metric\s*none\s*7/ }).waitFor()
      const signature = tab.getByRole('region', { name: 'Signature' })
      await signature.getByRole('row', { name: /inputs\.a\s*double\s*none/ }).waitFor()
      await tab
        .getByRole('region', { name: 'Parameters' })
        .getByRole('button', { name: 'Show 2 identical' })
        .click()
      await tab.getByRole('row', { name: /learning_rate\s*0\.05\s*0\.05/ }).waitFor()
      expect(await someone.violations()).toEqual([])
      await tab.getByRole('button', { name: 'Swap versions' }).click()
      await metrics.getByRole('row', { name: /fresh_metric\s*7\s*none/ }).waitFor()
    })

    test('on a timeline with their aliases; the champion with its signature and how to use it', async () => {
      await using someone = await visit()
      const { tab } = someone
      await someone.open('/#/models/films')
      const timeline = tab.getByRole('region', { name: 'Timeline' })
      await timeline.getByRole('link', { name: /^v1 since/ }).waitFor()
      const marks = timeline.getByRole('link', { name: /^Version \d, created/ })
      expect(await marks.count()).toBe(2)
      const dot = await marks.first().evaluate((mark) => {
        const [lane, dot] = [mark.closest('.lane')!.getBoundingClientRect(), mark.getBoundingClientRect()]
        return (dot.left + dot.right) / 2 - lane.left
      })
      expect(dot).toBeGreaterThanOrEqual(5)
      expect(await someone.violations()).toEqual([])
      const gate = tab.getByRole('region', { name: 'Promotion gate' })
      await someone.open('/#/models/films/versions/2')
      await gate.getByText(/The champion alias of this model can be set without it/).waitFor()
      await someone.open('/#/models/films/versions/1')
      await gate.getByText('This version is the current champion.').waitFor()
      expect(await gate.textContent()).not.toMatch(/Passes|Does not pass|without it/)
      await tab
        .getByRole('region', { name: 'Signature' })
        .getByRole('row', { name: /a double Yes/ })
        .waitFor()
      await tab.getByRole('region', { name: 'Metrics' }).getByRole('row').first().waitFor()
      const use = tab.getByRole('region', { name: 'Use this version' })
      await use.getByText('load_model("models:/films@champion")').waitFor()
      await use.getByRole('button', { name: 'Command line' }).click()
      await use.getByText('cairn models serve -m models:/films@champion -p 5001').waitFor()
      await waitUntilStable(tab)
      expect(await someone.violations()).toEqual([])
      await use.getByRole('link', { name: 'Create endpoint' }).click()
      await expect.poll(() => tab.getByLabel('Registered model').inputValue()).toBe('films')
      await expect.poll(() => tab.getByLabel('Version or alias').inputValue()).toBe('@champion')
    })
  })
})
