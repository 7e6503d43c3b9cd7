import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pagesOfVariant } from './browser/page-variants.js'
import { visitor } from './browser/visitor.js'
import { type Api, api } from './harness/api.js'
import { chromium, launchBrowser } from './harness/browser.js'
import { registerLinear } from './harness/linear-model.js'
import { type Server, startServer } from './harness/server.js'
import { tokenOf } from './harness/tokens.js'

const ENDPOINTS = '/api/2.0/serving-endpoints'
const ROW = JSON.stringify({ dataframe_records: [{ a: 1, b: 2, c: 3, d: 4 }] })

interface Endpoint {
  readonly id: string
  readonly state: { readonly config_update: string }
  readonly config?: { readonly traffic_config: { readonly routes: readonly Route[] } }
}
interface Route {
  readonly served_entity_name: string
  readonly traffic_percentage: number
}

describe.skipIf(!chromium)('the endpoint pages', () => {
  let server: Server
  let browser: Browser
  let owner: Api
  beforeAll(async () => {
    server = await startServer()
    browser = await launchBrowser()
    owner = api(server.url)
    await owner.post('/api/2.0/mlflow/registered-models/create', { name: 'linear' })
    await registerLinear(server.url, { name: 'linear', path: '0/positive' })
    await registerLinear(server.url, { name: 'linear', path: '0/negative', sign: -1 })
    await owner.post('/api/2.0/mlflow/registered-models/alias', {
      name: 'linear',
      alias: 'stable',
      version: '1',
    })
  })
  afterAll(async () => {
    await browser?.close()
    await server?.[Symbol.asyncDispose]()
  })

  const visit = (options?: Parameters<typeof visitor>[2]) => visitor(browser, server.url, options)
  const deployed = async (name: string, entity_version: string, entity_name = 'linear') => {
    const config = { served_entities: [{ name: 'main', entity_name, entity_version }] }
    await owner.post(ENDPOINTS, { name, config })
    await expect.poll(() => stateOf(name)).not.toBe('IN_PROGRESS')
  }
  const get = (name: string) => owner.get<Endpoint>(`${ENDPOINTS}/${name}`)
  const stateOf = async (name: string) => (await get(name)).state.config_update
  const splitOf = async (name: string) =>
    (await get(name)).config?.traffic_config.routes.map(
      ({ served_entity_name, traffic_percentage }) => `${served_entity_name} ${traffic_percentage}`,
    )
  const served = (tab: Page, number: number) => tab.getByRole('group', { name: `Served entity ${number}` })
  const history = (tab: Page) => tab.getByRole('region', { name: 'Deployment history' })
  const overflow = (tab: Page) => tab.evaluate(() => document.documentElement.scrollWidth - innerWidth)

  test('an endpoint is created with two served entities, its split changed, and rolled back', async () => {
    await using someone = await visit()
    const { tab } = someone
    await someone.open('/#/endpoints')
    await tab.getByRole('link', { name: 'Create endpoint' }).first().click()
    const create = tab.getByRole('button', { name: 'Create', exact: true })
    await create.click()
    const name = tab.getByRole('textbox', { name: 'Endpoint name' })
    await expect.poll(() => name.evaluate((field) => field === document.activeElement)).toBe(true)
    expect(await name.getAttribute('aria-invalid')).toBe('true')
    await name.fill('scores')
    await served(tab, 1).getByLabel('Registered model').fill('linear')
    await served(tab, 1).getByLabel('Version or alias').selectOption('@stable')
    await served(tab, 1).getByLabel('Name').fill('main')
    await tab.getByRole('button', { name: 'Add served entity' }).click()
    await served(tab, 2).getByLabel('Version or alias').selectOption('2')
    await served(tab, 2).getByLabel('Name').fill('canary')
    await served(tab, 1).getByLabel('Traffic').fill('90')
    await tab.getByText('Total: 90% · The percentages must add up to 100.').waitFor()
    expect(await someone.violations()).toEqual([])
    await served(tab, 2).getByLabel('Traffic').fill('9')
    await served(tab, 2).getByLabel('Traffic').press('ArrowUp')
    await tab.getByText('Total: 100%').waitFor()
    await create.click()

    await tab.getByRole('heading', { name: 'scores', level: 1 }).waitFor()
    await expect.poll(() => splitOf('scores')).toEqual(['main 90', 'canary 10'])
    await history(tab).getByText('Created').waitFor()
    await tab.getByRole('link', { name: 'Edit' }).click()
    await tab.getByRole('button', { name: 'Split evenly' }).click()
    await expect
      .poll(() => tab.getByRole('region', { name: 'Changes' }).getByRole('row').allTextContents())
      .toEqual([expect.any(String), 'main Traffic (%)9050', 'canary Traffic (%)1050'])
    await tab.getByRole('button', { name: 'Deploy' }).click()
    await expect.poll(() => splitOf('scores')).toEqual(['main 50', 'canary 50'])

    await history(tab).getByRole('button', { name: 'Roll back to deployment 1' }).click()
    const dialog = tab.getByRole('dialog', { name: 'Roll back to deployment 1' })
    await expect.poll(() => dialog.textContent()).toMatch(/no longer follows.*main Traffic \(%\)5090/)
    expect(await someone.violations()).toEqual([])
    await dialog.getByRole('button', { name: 'Roll back' }).click()
    await history(tab).getByText('Rolled back to deployment 1').waitFor()
    await expect.poll(() => splitOf('scores')).toEqual(['main 90', 'canary 10'])
    await expect
      .poll(() => history(tab).getByRole('listitem').first().textContent())
      .toMatch(/#3Rolled back to deployment 1.*SucceededActiveowner/)
    expect(someone.problems()).toEqual([])
  })

  test('live traffic, versions, history and logs are shown', async () => {
    await deployed('live', '@stable')
    await using someone = await visit()
    const { tab } = someone
    await someone.open('/#/endpoints/live')
    await tab.getByText('No requests since the server started.').waitFor()
    const attempt = tab.getByRole('region', { name: 'Try a request' })
    await attempt.getByRole('textbox').fill(ROW)
    await attempt.getByRole('button', { name: 'Send' }).click()
    await attempt.getByText('served by linear v1').waitFor()
    const rate = tab.getByRole('figure', { name: 'Requests per second' })
    await expect.poll(() => rate.getByRole('listitem').textContent()).toMatch(/^main[\d.]+$/)
    await owner.post('/api/cairn/v1/registered-models/linear/promotions', {
      version: '2',
      alias: 'stable',
      force: true,
      reason: 'a test',
    })
    await history(tab).getByText('@stable moved from v1 to v2').waitFor()
    await expect.poll(() => history(tab).getByRole('listitem').first().textContent()).toContain('Forced')
    await expect
      .poll(() => tab.getByRole('region', { name: 'Versions over time' }).getByRole('listitem').count())
      .toBe(2)
    await history(tab).getByRole('button', { name: 'Details of deployment 2' }).click()
    await history(tab).getByRole('row', { name: 'main Served version 1 2' }).waitFor()
    await history(tab).getByText('“a test”').waitFor()
    await tab.getByText('Logs', { exact: true }).click()
    await tab.getByText('Version 2 is ready.').waitFor()
    expect([await someone.violations(), someone.problems()]).toEqual([[], []])
  })

  test('a failed deployment shows its reason, and errors of the server are beside their fields', async () => {
    await owner.post('/api/2.0/mlflow/registered-models/create', { name: 'empty' })
    await owner.post('/api/2.0/mlflow/model-versions/create', {
      name: 'empty',
      source: 'mlflow-artifacts:/0/nothing',
    })
    await deployed('taken', '1', 'empty')
    await using someone = await visit()
    const { tab } = someone
    await someone.open('/#/endpoints/taken')
    await history(tab)
      .getByText(/Version 1 of 'empty' cannot be served/)
      .waitFor()
    expect([await someone.violations(), someone.problems()]).toEqual([[], []])
    await tab.getByRole('link', { name: 'Edit' }).click()
    const urls = tab.getByRole('textbox', { name: 'Call these URLs when a deployment fails' })
    await urls.fill('ann@example.com')
    await tab.getByRole('button', { name: 'Deploy' }).click()
    await tab.getByText(/'email_notifications.on_update_failure\[0\]' is not the URL of a webhook/).waitFor()
    expect(await urls.getAttribute('aria-invalid')).toBe('true')
    await someone.open('/#/endpoints?create=true')
    const name = tab.getByRole('textbox', { name: 'Endpoint name' })
    await name.fill('taken')
    await served(tab, 1).getByLabel('Registered model').fill('linear')
    await served(tab, 1).getByLabel('Version or alias').selectOption('1')
    await tab.getByRole('button', { name: 'Create', exact: true }).click()
    await tab.getByText("Endpoint with name 'taken' already exists.").waitFor()
    expect(await name.getAttribute('aria-invalid')).toBe('true')
  })

  test('a principal that may only view sees which right other actions need', async () => {
    await deployed('seen', '1')
    await owner.post('/api/2.0/preview/scim/v2/ServicePrincipals', { applicationId: 'viewer' })
    const { id } = await get('seen')
    await owner.patch(`/api/2.0/permissions/serving-endpoints/${id}`, {
      access_control_list: [{ service_principal_name: 'viewer', permission_level: 'CAN_VIEW' }],
    })
    const token = await tokenOf(server.url, 'viewer')
    await using someone = await visit()
    const { tab } = someone
    await tab.request.post(`${server.url}/api/cairn/v1/sign-in`, { data: { token } })
    await someone.open('/#/endpoints/seen')
    await history(tab).getByText('Editing and rolling back require MANAGE').waitFor()
    expect(await tab.getByRole('link', { name: 'Edit' }).count()).toBe(0)
    expect(await tab.getByRole('button', { name: /^Roll back/ }).count()).toBe(0)
    const attempt = tab.getByRole('region', { name: 'Try a request' })
    expect(await attempt.getByRole('button', { name: 'Send' }).isDisabled()).toBe(true)
    await someone.open('/#/endpoints')
    await tab.getByRole('link', { name: 'seen' }).waitFor()
    await expect.poll(() => tab.getByRole('link', { name: 'Create endpoint' }).count()).toBe(0)
    await someone.open('/#/endpoints?create=true')
    await tab.getByText('You cannot create endpoints.').waitFor()
    expect(await tab.getByRole('textbox').count()).toBe(0)
    expect([await someone.violations(), someone.problems()]).toEqual([[], []])
  })

  test.each([
    [0, 'light', 'en-US'],
    [1, 'dark', 'ko-KR'],
  ] as const)('they fit a phone, variant %i: %s, %s', async (variant, colorScheme, locale) => {
    const name = `phone-${colorScheme}`
    await deployed(name, '1')
    await using someone = await visit({ viewport: { width: 360, height: 800 }, colorScheme, locale })
    for (const path of pagesOfVariant(['', `/${name}`, `/${name}?edit=true`, '?create=true'], variant, 2)) {
      await someone.show(`/#/endpoints${path}`)
      expect([path, await overflow(someone.tab)]).toEqual([path, 0])
      expect([path, ...(await someone.violations())]).toEqual([path])
    }
    expect(someone.problems()).toEqual([])
  })
})
