import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { holdRequests } from './browser/hold-requests.js'
import { everySecond } from './browser/page-variants.js'
import { type Visitor, visitor } from './browser/visitor.js'
import { type Api, api, send } from './harness/api.js'
import { chromium, launchBrowser } from './harness/browser.js'
import { runCli } from './harness/cli.js'
import { type Server, startServer } from './harness/server.js'

const TOKEN = 'a-token-that-a-secret-store-generated'
const PASSWORD = 'three small stones'
const UNITY = '/api/2.1/unity-catalog'

let server: Server
let owner: Api
beforeAll(async () => {
  server = await startServer({ env: { CAIRN_AUTH: 'required', CAIRN_OWNER_TOKEN: TOKEN } })
  owner = api(server.url, TOKEN)
})
afterAll(() => server?.[Symbol.asyncDispose]())

/** A person with a password, and a token of it. */
async function person(name: string): Promise<string> {
  const { url } = await owner.post<{ url: string }>('/api/cairn/v1/invites', { name })
  const code = new URL(url).hash.split('code=')[1]!
  const body = { code, password: PASSWORD, display_name: name[0]!.toUpperCase() + name.slice(1) }
  expect((await send(server.url, 'POST', '/api/cairn/v1/invites/accept', { body })).status).toBe(200)
  const path = '/api/2.0/token-management/on-behalf-of/tokens'
  return (await owner.post<{ token_value: string }>(path, { application_id: name })).token_value
}

const grant = (principal: string, type: string, name: string, ...add: string[]) =>
  owner.patch(`${UNITY}/permissions/${type}/${name}`, { changes: [{ principal, add }] })

describe('access on the command line', () => {
  test('is requested, approved, reviewed and exported, and teams are set up twice', async () => {
    const cairn = async (line: string, token = TOKEN) => {
      const args = line.match(/'[^']*'|\S+/g)!.map((word) => word.replaceAll("'", ''))
      return runCli(server.url, ['--token', token, ...args])
    }
    const planned = await cairn('teams init --dry-run --schema lake.shared')
    expect(planned.stdout).toMatch(/new\s+data-engineering owns schema lake\.shared/)
    const made = await cairn('teams init --yes --schema lake.shared')
    expect(made.stdout).toBe(planned.stdout)
    expect((await cairn('teams init --yes --schema lake.shared')).stdout).not.toMatch(/^new/m)

    const eve = await person('eve')
    const refused = await cairn('catalog preview lake.shared.sales', eve)
    expect([refused.code, refused.stderr]).toEqual([
      4,
      expect.stringMatching(/SELECT on table.*Ask 'owner'/s),
    ])
    const asked = await cairn(
      "access request catalog lake --privilege USE_CATALOG --reason 'a report' -o json",
      eve,
    )
    const { id } = JSON.parse(asked.stdout)[0]
    expect((await cairn('access list')).stdout).toMatch(/open\s+eve\s+catalog lake\s+USE CATALOG\s+a report/)
    expect((await cairn(`access approve ${id}`, eve)).code).toBe(4)
    expect((await cairn(`access approve ${id}`)).stdout).toContain('approved')
    expect((await cairn('access list --mine', eve)).stdout).toMatch(/approved\s+eve/)
    expect((await cairn('access review catalog lake')).stdout).toMatch(
      /eve\s+USE CATALOG\s+USE CATALOG on catalog lake/,
    )
    expect((await cairn('access review --principal eve -o csv')).stdout).toContain(
      'catalog lake,USE CATALOG,USE CATALOG on catalog lake',
    )
    const csv = await send(server.url, 'GET', '/api/cairn/v1/access-review/principal.csv', { token: eve })
    expect(csv.text).toContain('"catalog",')
    const declined = await cairn('access decline nosuch --reason no')
    expect(declined.code).toBe(3)
  })
})

describe.skipIf(!chromium)('access in a browser', () => {
  let browser: Browser
  let ada: string
  let experiment: string
  beforeAll(async () => {
    browser = await launchBrowser()
    ada = await person('ada')
    await person('bob')
    await grant('ada', 'metastore', 'metastore', 'CREATE EXPERIMENT', 'CREATE CATALOG')
    const asAda = api(server.url, ada)
    const made = await asAda.post<{ experiment_id: string }>('/api/2.0/mlflow/experiments/create', {
      name: '/churn',
    })
    experiment = made.experiment_id
    await asAda.post(`${UNITY}/catalogs`, { name: 'main' })
    await asAda.post(`${UNITY}/schemas`, { catalog_name: 'main', name: 's' })
  })
  afterAll(() => browser?.close())

  const open = async (path: string, name: string, locale = 'en-US'): Promise<Visitor> => {
    const someone = await visitor(browser, server.url, { locale })
    await someone.open(path)
    const labels = locale === 'ko-KR' ? ['이름 또는 이메일', '비밀번호'] : ['Name or e-mail', 'Password']
    await someone.tab.getByLabel(labels[0]!).fill(name)
    await someone.tab.getByLabel(labels[1]!, { exact: true }).fill(PASSWORD)
    await someone.tab.keyboard.press('Enter')
    return someone
  }
  const dialog = (tab: Page) => tab.getByRole('dialog')

  test('a denied page offers a request, and access works after the owner approves it with one click', async () => {
    await using bob = await open(`/#/experiments/${experiment}`, 'bob')
    const refusal = bob.tab.getByRole('alert').first()
    await refusal.getByText('Not found, or you do not have access').waitFor()
    await refusal.getByRole('button', { name: 'Request access' }).click()
    await dialog(bob.tab).getByRole('button', { name: 'Cancel' }).click()
    await refusal.getByRole('button', { name: 'Request access' }).click()
    await dialog(bob.tab).getByLabel('Experiment').selectOption({ label: 'Can edit' })
    await dialog(bob.tab).getByLabel('Reason').fill('to compare baselines')
    expect(await bob.violations()).toEqual([])
    await bob.tab.keyboard.press('Tab')
    await dialog(bob.tab).getByRole('button', { name: 'Send request' }).press('Enter')
    await dialog(bob.tab).getByText('Request sent.').waitFor()

    await using adas = await open('/#/experiments', 'ada')
    await adas.tab.getByRole('link', { name: 'Access requests 1 open request' }).click()
    await adas.tab.getByRole('row', { name: /bob.*\/churn.*Can edit.*to compare baselines/ }).waitFor()
    expect(await adas.violations()).toEqual([])
    const approve = adas.tab.getByRole('button', { name: 'Approve: bob, /churn' })
    const release = await holdRequests(adas.tab, '**/access-requests/*/approve')
    await approve.click()
    await expect.poll(() => approve.isDisabled()).toBe(true) // a second approval would be refused
    release()
    await adas.tab.getByText('No requests').waitFor()
    await adas.tab.getByRole('link', { name: /open request/ }).waitFor({ state: 'detached' })
    await adas.tab.getByRole('button', { name: 'All' }).click()
    await adas.tab.getByRole('row', { name: /bob.*Approved.*ada/ }).waitFor()

    await bob.open(`/#/experiments/${experiment}`)
    await bob.tab.getByRole('heading', { name: '/churn' }).waitFor()
    await bob.open(`/#/experiments/${experiment}/runs/${'0'.repeat(32)}`)
    await bob.tab.getByRole('link', { name: '/churn' }).waitFor()
    await refusal.getByText('Not found', { exact: true }).waitFor()
    expect(await refusal.getByRole('button').allTextContents()).toEqual(['Try again'])
    await bob.open('/#/access?tab=mine')
    await bob.tab.getByRole('row', { name: new RegExp(`${experiment}.*Approved.*ada`) }).waitFor()
    expect(await bob.violations()).toEqual([])
    expect(adas.problems().filter((problem) => !/status of 40[134]/.test(problem))).toEqual([])
  })

  test('a request is approved with an end, which the review shows', async () => {
    const mia = await person('mia')
    const wanted = { securable_type: 'experiment', full_name: experiment, level: 'CAN_READ' }
    await api(server.url, mia).post('/api/cairn/v1/access-requests', wanted)
    await using adas = await open('/#/access?tab=toDecide', 'ada')
    const { tab } = adas
    await tab.getByRole('button', { name: 'Approve for a limited time: mia, /churn' }).press('Enter')
    expect(await adas.violations()).toEqual([])
    await dialog(tab).getByLabel('Duration').selectOption({ label: '30 days' })
    await dialog(tab).getByRole('button', { name: 'Approve', exact: true }).press('Enter')
    await dialog(tab).waitFor({ state: 'detached' })
    await tab.getByText('No requests').waitFor()
    await tab.getByRole('button', { name: 'All' }).click()
    await tab.getByRole('row', { name: /mia.*Approved.*until/ }).waitFor()
    const read = () =>
      send(server.url, 'GET', `/api/2.0/mlflow/experiments/get?experiment_id=${experiment}`, { token: mia })
    expect((await read()).status).toBe(200)
    await tab.getByRole('tab', { name: 'Access review' }).click()
    await tab.getByLabel('Review', { exact: true }).selectOption({ label: 'Experiment' })
    await tab.getByLabel('Name', { exact: true }).fill('/churn')
    await tab.getByRole('button', { name: 'Show access' }).click()
    await tab
      .getByRole('row', { name: /mia.*until/ })
      .first()
      .waitFor()
  })

  test('a denial of catalog data offers a request for each missing privilege, also in Korean', async () => {
    await using bob = await open('/#/catalog/main.s', 'bob', 'ko-KR')
    const refusal = bob.tab.getByRole('alert').first()
    await expect
      .poll(() => refusal.textContent())
      .toMatch(/필요한 권한이 없어요\..*카탈로그 'main'.*권한을 줄 수 있는 사람: owner/)
    await refusal.getByRole('button', { name: '접근 요청' }).click()
    await dialog(bob.tab).getByLabel('스키마 main.s').selectOption('USE SCHEMA')
    await dialog(bob.tab).getByLabel('카탈로그 main').waitFor()
    expect(await bob.violations()).toEqual([])
    await dialog(bob.tab).getByRole('button', { name: '요청 보내기' }).click()
    await dialog(bob.tab).getByText('요청을 보냈어요.').waitFor()
    await using adas = await open('/#/access', 'ada', 'ko-KR')
    await adas.tab.getByRole('button', { name: '승인: bob, main.s', exact: true }).click()
    await adas.tab.getByRole('button', { name: '거절: bob, main', exact: true }).click()
    await dialog(adas.tab).getByLabel('거절 사유').fill('use lake.shared')
    expect(await adas.violations()).toEqual([])
    await dialog(adas.tab).getByRole('button', { name: '거절' }).click()
    await adas.tab.getByText('요청이 없어요').waitFor()
    await bob.open('/#/access?tab=mine')
    await bob.tab.getByRole('row', { name: /main .*거절됨.*use lake\.shared/ }).waitFor()
  })

  test('the owner grants, changes and revokes levels, sees errors at their field, and transfers ownership', async () => {
    await owner.post('/api/2.0/preview/scim/v2/Groups', { displayName: 'analysts' })
    await grant('web', 'metastore', 'metastore', 'READ EXPERIMENTS')
    await using adas = await open(`/#/experiments/${experiment}`, 'ada')
    const { tab } = adas
    await tab.getByRole('button', { name: 'Permissions' }).click()
    const box = dialog(tab)
    await box.getByRole('row', { name: /Ada.*Owner/ }).waitFor()
    await box.getByRole('row', { name: /web.*Can read · inherited from Workspace/ }).waitFor()
    await box.getByLabel('User, group or service principal').fill('nobody')
    await box.getByRole('button', { name: 'Grant' }).click()
    await box.getByText('No principal has this name.').waitFor()
    expect(await adas.violations()).toEqual([])
    const field = box.getByLabel('User, group or service principal')
    await field.fill('analy')
    await box.locator('option[value=analysts]').waitFor({ state: 'attached' })
    await field.fill('analysts')
    await box.getByRole('button', { name: 'Grant' }).press('Enter')
    await box.getByLabel('Level of analysts').selectOption({ label: 'Can manage' })
    const levelOf = async () => {
      const { access_control_list } = await owner.get<{
        access_control_list: { group_name?: string; all_permissions: { permission_level: string }[] }[]
      }>(`/api/2.0/permissions/experiments/${experiment}`)
      return access_control_list.find((one) => one.group_name === 'analysts')?.all_permissions[0]
        ?.permission_level
    }
    await expect.poll(levelOf).toBe('CAN_MANAGE')
    await box.getByRole('button', { name: 'Remove access of analysts' }).click()
    await expect.poll(levelOf).toBeUndefined()
    await field.fill('analysts')
    await box.getByLabel('Level', { exact: true }).selectOption({ label: 'Denied' })
    await box.getByRole('button', { name: 'Grant' }).click()
    await box.getByRole('row', { name: /analysts.*Denied.*no effect/ }).waitFor()
    expect(await adas.violations()).toEqual([])
    await box.getByRole('button', { name: 'Remove the denial of analysts' }).click()
    await box.getByRole('row', { name: /analysts/ }).waitFor({ state: 'detached' })
    await box.getByRole('tab', { name: 'Permissions' }).press('ArrowRight')
    await box
      .getByRole('row', { name: /ada.*Update permissions.*churn/ })
      .first()
      .waitFor()
    expect(await adas.violations()).toEqual([])
    await box.getByRole('tab', { name: 'Audit log' }).press('ArrowLeft')
    await box.getByText('Change owner').first().click()
    await box.getByLabel('New owner').fill('nobody')
    await box.getByRole('button', { name: 'Change owner' }).click()
    await box.getByText("Principal 'nobody' does not exist.").waitFor()
    await box.getByLabel('New owner').fill('bob')
    await box.getByRole('button', { name: 'Change owner' }).click()
    await expect
      .poll(
        async () =>
          (await owner.get<{ owner: string }>(`/api/2.0/permissions/experiments/${experiment}`)).owner,
      )
      .toBe('bob')
    await tab.keyboard.press('Escape')
    await box.waitFor({ state: 'detached' })
    expect(adas.problems().filter((problem) => !/status of 40[134]/.test(problem))).toEqual([])
  })

  test('a review shows who has access and why', async () => {
    await using adas = await open('/#/access?tab=review', 'ada')
    const { tab } = adas
    await tab
      .getByRole('row', { name: /main.*MANAGE.*Owner/ })
      .first()
      .waitFor()
    await tab.getByLabel('Review', { exact: true }).selectOption({ label: 'Schema' })
    await tab.getByLabel('Name', { exact: true }).fill('main.s')
    await tab.getByRole('button', { name: 'Show access' }).click()
    await tab.getByRole('row', { name: /ada User MANAGE/ }).waitFor()
    expect(await adas.violations()).toEqual([])
    const [download] = await Promise.all([
      tab.waitForEvent('download'),
      tab.getByRole('link', { name: 'Download access review (CSV)' }).click(),
    ])
    expect(download.suggestedFilename()).toBe('access-to-schema.csv')
  })

  const LANGUAGES = [
    ['ko-KR', '계정 만들기', '부여할 권한 미리 보기', '설정하기', '팀을 설정했어요.'],
    ['en-US', 'Create account', 'Preview grants', 'Set up', 'The teams are set up.'],
  ] as const
  test.each(everySecond(LANGUAGES))(
    'the first administrator is guided to the set-up of teams, in %s',
    async (locale, join, show, setUp, done) => {
      await using fresh = await startServer({ env: { CAIRN_AUTH: 'required', CAIRN_OWNER_TOKEN: TOKEN } })
      const link = /creates an account here, shown only once: (\S+)/.exec(fresh.stderr())![1]!
      await using someone = await visitor(browser, fresh.url, { locale })
      const { tab } = someone
      await someone.open(link.slice(fresh.url.length))
      await tab.locator('input[name=name]').fill('root')
      await tab.locator('input[name=password]').fill(PASSWORD)
      await tab.getByRole('button', { name: join }).click()
      await tab.getByRole('button', { name: show }).waitFor()
      expect(await someone.violations()).toEqual([])
      await tab.locator('input[name=modelling]').fill('science, ads')
      await tab.locator('input[name=web]').fill('')
      await tab.getByRole('button', { name: show }).click()
      await tab.getByRole('row', { name: /science.*SELECT.*main\.data/ }).waitFor()
      await tab.locator('.actions button').first().click() // back to the answers
      const given = ['modelling', 'web'].map((role) => tab.locator(`input[name=${role}]`).inputValue())
      expect(await Promise.all(given)).toEqual(['science, ads', ''])
      await tab.getByRole('button', { name: show }).click()
      expect(await someone.violations()).toEqual([])
      await tab.getByRole('button', { name: setUp }).click()
      await tab.getByText(done).waitFor()
      const { Resources } = await api(fresh.url, TOKEN).get<{ Resources: { displayName: string }[] }>(
        '/api/2.0/preview/scim/v2/Groups',
      )
      const groups = Resources.map(({ displayName }) => displayName)
      expect(groups).toEqual(expect.arrayContaining(['data-engineering', 'science', 'ads']))
      expect(groups).not.toContain('web')
    },
  )
})
