import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { everySecond } from './browser/page-variants.js'
import { type Visitor, visitor, waitUntilStable } from './browser/visitor.js'
import { type Api, api, send } from './harness/api.js'
import { chromium, launchBrowser } from './harness/browser.js'
import { type Server, startServer } from './harness/server.js'
import { tokenOf } from './harness/tokens.js'

const UNITY = '/api/2.1/unity-catalog'
const M2 = '/api/2.0/mlflow'

interface Run {
  readonly run: { readonly info: { readonly run_id: string } }
}

/** Parts of the dashboard that no other file tests. */
describe.skipIf(!chromium)('the console', () => {
  let server: Server
  let browser: Browser
  let owner: Api
  beforeAll(async () => {
    server = await startServer()
    browser = await launchBrowser()
    owner = api(server.url)
    await owner.post(`${UNITY}/catalogs`, { name: 'films' })
    await owner.post(`${UNITY}/schemas`, { catalog_name: 'films', name: 'raw' })
  })
  afterAll(async () => {
    await browser?.close()
    await server?.[Symbol.asyncDispose]()
  })

  const visit = (options?: Parameters<typeof visitor>[2]) => visitor(browser, server.url, options)

  test('files are uploaded to a volume, replaced after a question, downloaded and deleted', async () => {
    await using someone = await visit()
    const { tab } = someone
    await someone.open('/#/catalog/films.raw')
    await tab.getByRole('button', { name: 'Create volume' }).click()
    const dialog = tab.getByRole('dialog', { name: 'Create volume' })
    await dialog.getByRole('textbox', { name: 'Name' }).fill('uploads')
    await dialog.getByRole('button', { name: 'Create' }).click()
    await tab.getByRole('heading', { name: 'uploads', level: 1 }).waitFor()
    await tab.getByRole('heading', { name: 'This folder is empty' }).waitFor()
    await tab.getByRole('button', { name: 'Create folder' }).click()
    const folder = tab.getByRole('dialog', { name: 'Create folder' })
    await folder.getByRole('textbox').fill('영화 #1')
    await folder.getByRole('button', { name: 'Create' }).click()
    await tab.getByRole('link', { name: '영화 #1' }).click()
    await tab.getByRole('heading', { name: 'This folder is empty' }).waitFor()

    const file = (bytes: number) => ({
      name: 'a 100%.csv',
      mimeType: 'text/csv',
      buffer: Buffer.alloc(bytes, 'x'),
    })
    await tab.locator('input[type=file]').setInputFiles([file(5), file(700)])
    const uploads = tab.getByRole('region', { name: 'Uploads' })
    await uploads.getByText('1 of 2 uploaded').waitFor()
    await tab.getByRole('cell', { name: '5 B' }).waitFor()
    expect(await someone.violations()).toEqual([])
    await uploads.getByRole('button', { name: 'Replace' }).click()
    await tab.getByRole('cell', { name: '700 B' }).waitFor()
    const [download] = await Promise.all([
      tab.waitForEvent('download'),
      tab.getByRole('link', { name: 'a 100%.csv' }).click(),
    ])
    expect(download.suggestedFilename()).toBe('a 100%.csv')

    await tab.goBack()
    await tab.getByRole('button', { name: 'Delete 영화 #1' }).click()
    const question = tab.getByRole('dialog', { name: 'Delete 영화 #1' })
    await question.getByRole('button', { name: 'Delete' }).click()
    await question.getByRole('alert').waitFor() // the folder has a file
    await question.getByRole('button', { name: 'Cancel' }).click()
    await tab.getByRole('link', { name: '영화 #1' }).click()
    await tab.getByRole('button', { name: 'Delete a 100%.csv' }).click()
    await tab.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await tab.getByRole('heading', { name: 'This folder is empty' }).waitFor()
  })

  test('a catalog and a schema are created, described and deleted with confirmation', async () => {
    await using someone = await visit()
    const { tab } = someone
    await someone.open('/#/catalog')
    for (const [button, name] of [
      ['Create catalog', 'series'],
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
    const dialog = tab.getByRole('dialog', { name: 'Delete series.raw' })
    expect(await dialog.getByRole('button', { name: 'Delete' }).isDisabled()).toBe(true)
    await dialog.getByRole('textbox').fill('series.raw')
    await dialog.getByRole('button', { name: 'Delete' }).click()
    await tab.getByRole('heading', { name: 'series', level: 1 }).waitFor()
    const { schemas } = await owner.get<{ schemas: { name: string }[] }>('/api/2.1/unity-catalog/schemas', {
      catalog_name: 'series',
    })
    expect(schemas.map(({ name }) => name)).not.toContain('raw')
    expect([await someone.violations(), someone.problems()]).toEqual([[], []])
  })

  test('a reader of a volume may download its files, and sees no buttons for actions that need more rights', async () => {
    await owner.post(`${UNITY}/volumes`, {
      ...{ catalog_name: 'films', schema_name: 'raw', name: 'shared', volume_type: 'MANAGED' },
    })
    await owner.post('/api/2.0/preview/scim/v2/ServicePrincipals', { applicationId: 'reader' })
    for (const [type, name, privilege] of [
      ['catalog', 'films', 'USE CATALOG'],
      ['schema', 'films.raw', 'USE SCHEMA'],
      ['volume', 'films.raw.shared', 'READ VOLUME'],
    ])
      await owner.patch(`${UNITY}/permissions/${type}/${name}`, {
        changes: [{ principal: 'reader', add: [privilege] }],
      })
    const token = await tokenOf(server.url, 'reader')
    await using someone = await visit()
    const { tab } = someone
    await tab.request.post(`${server.url}/api/cairn/v1/sign-in`, { data: { token } })
    await someone.open('/#/catalog/volumes/films.raw.shared')
    await tab.getByRole('heading', { name: 'This folder is empty' }).waitFor()
    for (const name of ['Upload files', 'Create folder', 'Delete'])
      expect(await tab.getByRole('button', { name, exact: true }).count(), name).toBe(0)
    await waitUntilStable(tab)
    expect(await someone.violations()).toEqual([])
  })

  test('a CSV file becomes a table, after a preview with types to change', async () => {
    await using someone = await visit()
    const { tab } = someone
    await someone.open('/#/catalog/films.raw')
    await tab.getByRole('button', { name: 'Create table from CSV' }).click()
    const dialog = tab.getByRole('dialog', { name: 'Create table from CSV' })
    const choose = (text: string) =>
      dialog
        .getByLabel('CSV file')
        .setInputFiles({ name: 'Seen Films.csv', mimeType: 'text/csv', buffer: Buffer.from(text) })
    await choose('id,title\n')
    await dialog.getByText('The file has no rows below its first line.').waitFor()
    await choose('id,title,score\n7,"올드보이, 2003",8.5\n8,Stalker,x\n')
    await dialog.getByText('2 rows, 3 columns').waitFor()
    expect(await dialog.getByLabel('Type of id').inputValue()).toBe('LONG')
    expect(await dialog.getByLabel('Table name').inputValue()).toBe('seen_films')
    expect(await someone.violations()).toEqual([])
    await dialog.getByLabel('Type of score').selectOption('Decimal number')
    await dialog.getByRole('button', { name: 'Create' }).press('Enter')
    await dialog.getByText(/^csv: line 3: .*"x"/).waitFor()
    expect(someone.problems()).toHaveLength(1) // the response with status 400
    await dialog.getByLabel('Type of score').selectOption('Text')
    await dialog.getByLabel('Name of column 2').fill('제목')
    await dialog.getByRole('button', { name: 'Create' }).press('Enter')
    await tab.getByRole('heading', { name: 'seen_films', level: 1 }).waitFor()
    await tab.getByRole('tab', { name: 'Sample data' }).click()
    await tab.getByRole('row', { name: /7.*올드보이, 2003.*8\.5/ }).waitFor()
    await tab.getByRole('columnheader', { name: '제목' }).waitFor()
    expect(someone.problems()).toEqual([])
  })

  test('a model is created on the page of models by keyboard and on a phone, and a reader has no button for it', async () => {
    await using someone = await visit({ locale: 'ko-KR', viewport: { width: 390, height: 844 } })
    const { tab } = someone
    await someone.open('/#/models')
    await tab.getByRole('button', { name: '모델 만들기' }).press('Enter')
    const dialog = tab.getByRole('dialog', { name: '모델 만들기' })
    expect(await someone.violations()).toEqual([])
    await dialog.getByRole('textbox', { name: '이름' }).fill('영화 추천')
    await dialog.getByRole('textbox', { name: '설명' }).fill('**밤**마다 학습해요.')
    await dialog.getByRole('button', { name: '만들기' }).press('Enter')
    await tab.getByRole('heading', { name: '영화 추천', level: 1 }).waitFor()
    await tab.getByText('밤마다 학습해요.').waitFor()
    await someone.open('/#/models')
    await tab.getByRole('button', { name: '모델 만들기' }).click()
    await dialog.getByRole('textbox', { name: '이름' }).fill('영화 추천')
    await dialog.getByRole('textbox', { name: '이름' }).press('Enter')
    await dialog.getByRole('alert').waitFor()
    expect(await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0)
    await owner.post('/api/2.0/preview/scim/v2/ServicePrincipals', { applicationId: 'onlooker' })
    const token = await tokenOf(server.url, 'onlooker')
    await using other = await visit({ extraHTTPHeaders: { authorization: `Bearer ${token}` } })
    await other.open('/#/models')
    await other.tab.getByRole('heading', { name: 'No registered models yet' }).waitFor()
    expect(await other.tab.getByRole('button', { name: 'Create model' }).count()).toBe(0)
  })

  test('runs are moved to another experiment from the table and from their page', async () => {
    const create = async (name: string) =>
      (await owner.post<{ experiment_id: string }>(`${M2}/experiments/create`, { name })).experiment_id
    const [from, to] = [await create('sorted'), await create('unsorted')]
    const runs = await Promise.all(
      ['one', 'two'].map(async (run_name) => {
        const created = await owner.post<Run>(`${M2}/runs/create`, { experiment_id: from, run_name })
        return created.run.info.run_id
      }),
    )
    await using someone = await visit()
    const { tab } = someone
    const move = async () => {
      const dialog = tab.getByRole('dialog', { name: 'Move 1 run' })
      await dialog.getByRole('combobox', { name: 'Experiment' }).fill('unsorted')
      expect(await someone.violations()).toEqual([])
      await dialog.getByRole('button', { name: 'Move' }).click()
      await dialog.waitFor({ state: 'detached' })
    }
    await someone.open(`/#/experiments/${from}`)
    await tab.getByRole('checkbox', { name: 'Select one', exact: true }).check()
    await tab.getByRole('button', { name: 'Move' }).click()
    await move()
    await tab.getByRole('link', { name: 'one', exact: true }).waitFor({ state: 'detached' })
    await someone.open(`/#/experiments/${from}/runs/${runs[1]}`)
    await tab.getByRole('button', { name: 'More actions' }).click()
    await tab.getByRole('button', { name: 'Move' }).click()
    await move()
    await expect.poll(() => tab.url()).toContain(`/experiments/${to}/runs/${runs[1]}`)
    const { runs: moved } = await owner.post<{ runs: Run['run'][] }>(`${M2}/runs/search`, {
      experiment_ids: [to],
    })
    expect(moved.map(({ info }) => info.run_id).sort()).toEqual([...runs].sort())
  })

  test('a principal that may edit only one of two experiments cannot move a run between them', async () => {
    const create = async (name: string) =>
      (await owner.post<{ experiment_id: string }>(`${M2}/experiments/create`, { name })).experiment_id
    const [mine, yours] = [await create('mine'), await create('yours')]
    await owner.post('/api/2.0/preview/scim/v2/ServicePrincipals', { applicationId: 'mover' })
    await owner.patch(`/api/2.0/permissions/experiments/${mine}`, {
      access_control_list: [{ service_principal_name: 'mover', permission_level: 'CAN_MANAGE' }],
    })
    await owner.patch(`/api/2.0/permissions/experiments/${yours}`, {
      access_control_list: [{ service_principal_name: 'mover', permission_level: 'CAN_READ' }],
    })
    const token = await tokenOf(server.url, 'mover')
    const runOf = async (experiment_id: string) =>
      (await owner.post<Run>(`${M2}/runs/create`, { experiment_id })).run.info.run_id
    for (const [run_id, experiment_id] of [
      [await runOf(mine), yours],
      [await runOf(yours), mine],
    ])
      expect(
        await send(server.url, 'POST', '/api/cairn/v1/runs/move', {
          token,
          body: { run_ids: [run_id], experiment_id },
        }),
      ).toMatchObject({ status: 403 })
  })

  test('brushing an axis of parallel coordinates filters other charts and selects the runs in the table', async () => {
    const { experiment_id } = await owner.post<{ experiment_id: string }>(`${M2}/experiments/create`, {
      name: 'brushed',
    })
    for (const value of [1, 2, 3, 4]) {
      const { run } = await owner.post<Run>(`${M2}/runs/create`, { experiment_id, run_name: `run-${value}` })
      await owner.post(`${M2}/runs/log-batch`, {
        run_id: run.info.run_id,
        metrics: [{ key: 'score', value, timestamp: 1, step: 0 }],
        params: [{ key: 'size', value: String(value) }],
      })
    }
    await using someone = await visit()
    const { tab } = someone
    const card = 'card:c.1:parallel:::d:params.size:d:metrics.score'
    await someone.open(`/#/experiments/${experiment_id}?layout=both&cards=${card}`)
    const bars = tab.getByRole('figure', { name: 'score' })
    await bars.getByRole('button', { name: 'Show table' }).click()
    const drawn = () => bars.locator('td:first-child').allTextContents()
    await expect.poll(async () => (await drawn()).length).toBe(4)
    const canvas = tab.getByRole('figure', { name: 'Parallel coordinates' }).locator('canvas').first()
    await canvas.waitFor()
    const { x, y, height } = (await canvas.boundingBox())!
    const [top, bottom] = [y + 34, y + height - 18]
    await tab.mouse.move(x + 36, top - 2)
    await tab.mouse.down()
    await tab.mouse.move(x + 36, (3 * top + bottom) / 4, { steps: 5 })
    await tab.getByText('Charts show 1 of 4 runs').waitFor() // the gesture goes on
    await tab.mouse.move(x + 36, (top + bottom) / 2, { steps: 5 })
    await tab.mouse.up()
    await tab.getByRole('status').getByText('2 selected').waitFor()
    for (const [name, checked] of [
      ['run-4', true],
      ['run-1', false],
    ] as const)
      expect(await tab.getByRole('checkbox', { name: `Select ${name}` }).isChecked()).toBe(checked)
    await tab.getByText('Charts show 2 of 4 runs').waitFor()
    await expect.poll(async () => (await drawn()).sort()).toEqual(['run-3', 'run-4'])
    expect(await someone.violations()).toEqual([])
    await tab.getByRole('button', { name: 'Clear brush' }).click()
    await expect.poll(async () => (await drawn()).length).toBe(4)
    expect(await tab.getByRole('checkbox', { name: 'Select run-4' }).isChecked()).toBe(false)
    expect(someone.problems()).toEqual([])
  })

  describe('fits a zoom of 200 %, without animations if reduced motion is requested:', () => {
    let someone: Visitor
    beforeAll(async () => {
      someone = await visit({ viewport: { width: 640, height: 400 } })
    })
    afterAll(() => someone?.[Symbol.asyncDispose]())

    const PAGES = [
      '/',
      '/#/experiments/0',
      '/#/experiments/0?layout=charts',
      '/#/experiments/0/traces',
      '/#/models',
      '/#/endpoints',
      '/#/endpoints?create=true',
      '/#/catalog/films.raw',
      '/#/catalog/volumes/films.raw.shared',
      '/#/jobs',
      '/#/jobs/new',
      '/#/people',
      '/#/access',
      '/#/teams',
      '/#/audit',
      '/#/account',
      '/#/prompts',
    ]
    test.each(everySecond(PAGES))('%s', async (path) => {
      await someone.show(path)
      const { tab } = someone
      expect(await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(
        0,
      )
      const moving = await tab.evaluate(() =>
        document
          .getAnimations()
          .filter((animation) => Number(animation.effect?.getComputedTiming().duration) > 10)
          .map((animation) => (animation as CSSAnimation).animationName),
      )
      expect(moving).toEqual([])
      expect(await someone.violations()).toEqual([])
    })
  })
})
