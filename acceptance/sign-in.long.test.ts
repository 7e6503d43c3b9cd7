import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Visitor, visitor } from './browser/visitor.js'
import { type Api, api, send } from './harness/api.js'
import { chromium, launchBrowser } from './harness/browser.js'
import { freePort } from './harness/free-port.js'
import { type OpenIdIssuer, startIssuer } from './harness/openid-issuer.js'
import { type Server, startServer } from './harness/server.js'

const PASSWORD = 'three small stones'
const SCIM = '/api/2.0/preview/scim/v2'

describe.skipIf(!chromium)('people in a browser', () => {
  let issuer: OpenIdIssuer
  let server: Server
  let browser: Browser
  let owner: Api
  let firstAdmin: string
  beforeAll(async () => {
    const port = await freePort()
    const url = `http://127.0.0.1:${port}`
    issuer = await startIssuer(url)
    server = await startServer({
      args: ['--port', String(port)],
      env: {
        CAIRN_AUTH: 'required',
        CAIRN_OIDC_ISSUER: issuer.url,
        CAIRN_OIDC_CLIENT_ID: 'cairn',
        CAIRN_OIDC_CLIENT_SECRET: 'a-client-secret',
        CAIRN_OIDC_NAME: 'Example',
        CAIRN_OIDC_GROUPS_CLAIM: 'groups',
      },
    })
    owner = api(server.url, /owner's token, shown only once: (\S+)/.exec(server.stderr())![1]!)
    firstAdmin = /creates an account here, shown only once: (\S+)/.exec(server.stderr())![1]!
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.[Symbol.asyncDispose]()
    await issuer?.[Symbol.asyncDispose]()
  })

  const visit = (locale = 'en-US') => visitor(browser, server.url, { locale })
  const pathOf = (url: string) => url.slice(server.url.length)
  const signIn = async (tab: Page, name: string, password: string) => {
    await tab.getByLabel('Name or e-mail').fill(name)
    await tab.getByLabel('Password', { exact: true }).fill(password)
    await tab.keyboard.press('Enter')
  }
  const account = (tab: Page, name: string) => tab.getByRole('button', { name: `Signed in as ${name}` })
  /** Opens a page as Ada and waits for its account: before that, the end of a session leads to the sign-in page. */
  const openAsAda = async ({ tab, open }: Visitor, path: string) => {
    await open(path)
    await signIn(tab, 'ada@example.com', PASSWORD)
    await account(tab, 'Ada').waitFor()
  }
  /** The dialog that asks to sign in may be above the button already. */
  const create = (tab: Page) =>
    tab
      .getByRole('button', { name: 'Create', exact: true })
      .evaluate((button) => (button as HTMLElement).click())
  const endSessionsOfAda = async () => {
    const filter = 'userName eq "ada@example.com"'
    const { Resources } = await owner.get<{ Resources: { id: string }[] }>(`${SCIM}/Users`, { filter })
    await owner.delete(`/api/cairn/v1/users/${Resources[0]!.id}/sessions`)
  }
  /** A page before sign-in and a wrong password are answered 401. */
  const expected = (problem: string) => problem.includes('status of 401')

  test('the first administrator creates an account, signs out, and returns to a shared link', async () => {
    await using someone = await visit()
    const { tab } = someone
    await someone.open(pathOf(firstAdmin))
    expect(await someone.violations()).toEqual([])
    await tab.getByLabel('Name or e-mail').fill('ada@example.com')
    await tab.getByLabel('Display name').fill('Ada')
    await tab.getByLabel('New password').fill(PASSWORD)
    await tab.getByRole('button', { name: 'Create account' }).click()
    await account(tab, 'Ada').click()
    await tab.getByText('workspace admins').waitFor()
    const other = await tab.context().newPage()
    await other.goto(`${server.url}/#/people`)
    await other.getByRole('row', { name: /ada@example\.com/ }).waitFor()
    await tab.getByRole('button', { name: 'Sign out' }).click()
    for (const page of [tab, other]) await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await other.close()

    await someone.open('/#/experiments?q=shared')
    await tab.getByRole('heading', { name: 'Sign in' }).waitFor()
    expect(await someone.violations()).toEqual([])
    await signIn(tab, 'ada@example.com', 'wrong')
    await tab.getByRole('alert').getByText('The name or the password is wrong.').waitFor()
    await signIn(tab, 'ada@example.com', PASSWORD)
    await account(tab, 'Ada').waitFor()
    await expect.poll(() => tab.url()).toBe(`${server.url}/#/experiments?q=shared`)
    expect(await tab.evaluate(() => document.cookie + JSON.stringify(sessionStorage))).not.toContain('cairn')
    expect(someone.problems().filter((problem) => !expected(problem))).toEqual([])
    await someone.open(pathOf(firstAdmin))
    await tab.getByRole('alert').getByText(/used/).waitFor()
  })

  test('an administrator invites a person, and tokens are created and revoked', async () => {
    await using someone = await visit()
    const { tab } = someone
    await someone.open('/#/people')
    await signIn(tab, 'ada@example.com', PASSWORD)
    await tab.getByRole('row', { name: /ada@example\.com/ }).waitFor()
    expect(await someone.violations()).toEqual([])
    await tab.getByRole('button', { name: 'Invite' }).click()
    await tab.getByLabel('Name or e-mail').fill('bo@example.com')
    await tab.getByRole('dialog').getByRole('button', { name: 'Invite' }).click()
    const link = await tab.getByRole('dialog').locator('pre').textContent()
    // As on a server without TLS.
    await tab.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }))
    await tab.getByRole('dialog').getByRole('button', { name: 'Copy' }).click()
    await tab.getByRole('dialog').getByText('Copied').waitFor()
    await tab.keyboard.press('Escape')
    await tab.getByLabel('Search users').focus()
    await tab.keyboard.press('Control+v')
    expect(await tab.getByLabel('Search users').inputValue()).toBe(link)
    await using invited = await visit()
    await invited.open(pathOf(link!))
    await invited.tab.getByText('Account: bo@example.com').waitFor()
    await invited.tab.getByLabel('New password').fill(PASSWORD)
    await invited.tab.getByRole('button', { name: 'Create account' }).click()
    await account(invited.tab, 'bo@example.com').waitFor()
    expect(invited.problems().filter((problem) => !expected(problem))).toEqual([])

    await invited.open('/#/account')
    await invited.tab.getByRole('button', { name: 'Create token' }).click()
    const dialog = invited.tab.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await invited.tab.getByRole('button', { name: 'Create token' }).click()
    await dialog.getByLabel('Description').fill('laptop')
    await dialog.getByLabel('Scopes').fill('read')
    await dialog.getByRole('button', { name: 'Create token' }).click()
    const token = (await dialog.locator('pre').textContent())!
    await dialog.getByRole('button', { name: 'Done' }).click()
    await invited.tab.getByRole('row', { name: /laptop.*read/ }).waitFor()
    expect(await invited.violations()).toEqual([])
    const me = () => send(server.url, 'GET', `${SCIM}/Me`, { token })
    expect((await me()).status).toBe(200)
    await invited.tab.getByRole('button', { name: 'Revoke laptop' }).click()
    await invited.tab.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
    await invited.tab.getByText('No tokens').waitFor()
    expect((await me()).status).toBe(401)
    await invited.tab.getByRole('tab', { name: 'Sessions' }).click()
    await invited.tab.getByText('This browser').waitFor()
    expect(await invited.violations()).toEqual([])
    // The new account has no rights on experiments yet.
    expect(invited.problems().filter((problem) => !problem.includes('status of 403'))).toEqual([])
  })

  test('an administrator finds a user among many, by page or by name, and adds the user to a group', async () => {
    const names = Array.from({ length: 101 }, (_, i) => `member-${i}@example.net`)
    await Promise.all(names.map((userName) => owner.post(`${SCIM}/Users`, { userName })))
    await owner.post(`${SCIM}/Groups`, { displayName: 'all readers' })
    await using someone = await visit()
    const { tab } = someone
    await someone.open('/#/people')
    await signIn(tab, 'ada@example.com', PASSWORD)
    const rows = tab.locator('tbody tr')
    await expect.poll(() => rows.count()).toBe(100)
    await tab.getByRole('button', { name: 'More' }).click()
    await expect.poll(() => rows.count()).toBeGreaterThan(101)
    await tab.getByLabel('Search users').fill('MEMBER-77')
    await tab.getByText('1 user', { exact: true }).waitFor()
    expect(await rows.allTextContents()).toEqual([expect.stringContaining('member-77@example.net')])
    expect(await someone.violations()).toEqual([])
    await tab.getByLabel('Search users').fill('nobody "else"')
    await tab.getByText('Nothing matches “nobody "else"”').waitFor()
    await tab.getByRole('tab', { name: 'Groups' }).click()
    await tab.getByRole('button', { name: 'Actions for all readers' }).click()
    await tab.getByRole('button', { name: 'Members: all readers' }).click()
    const dialog = tab.getByRole('dialog')
    await dialog.getByLabel('Name of a user').fill('member-10')
    await expect.poll(() => dialog.locator('option').count()).toBe(2)
    await dialog.getByLabel('Name of a user').fill('member-100@example.net')
    await dialog.getByRole('button', { name: 'Add member' }).click()
    const remove = dialog.getByRole('button', { name: /^Remove member-10/ })
    await remove.waitFor()
    await dialog.getByLabel('Name of a user').fill('member-10@example.net')
    await tab.keyboard.press('Enter')
    await expect.poll(() => remove.count()).toBe(2)
    await remove.first().press('Enter')
    await expect.poll(() => remove.count()).toBe(1)
    // The focus moves from the removed row to the next one.
    await expect
      .poll(() => tab.evaluate(() => document.activeElement?.closest('tr, dialog')?.textContent))
      .toMatch(/^member-10.*Remove/)
    expect(someone.problems().filter((problem) => !expected(problem))).toEqual([])
  })

  test('a form keeps what was typed while its user signs in again, and is reset for another user', async () => {
    await using someone = await visit()
    const { tab } = someone
    await openAsAda(someone, '/#/jobs/new')
    const name = tab.getByRole('textbox', { name: 'Name', exact: true })
    await name.fill('half written')
    await endSessionsOfAda()
    await create(tab)
    const dialog = tab.getByRole('dialog', { name: 'Sign in again' })
    await dialog.getByText('This page keeps what you entered.').waitFor()
    expect(await dialog.getByLabel('Name or e-mail').inputValue()).toBe('ada@example.com')
    expect(await someone.violations()).toEqual([])
    await dialog.getByLabel('Password', { exact: true }).fill('wrong')
    await tab.keyboard.press('Enter')
    await dialog.getByRole('alert').getByText('The name or the password is wrong.').waitFor()
    await dialog.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await tab.keyboard.press('Enter')
    await dialog.waitFor({ state: 'hidden' })
    await tab.getByRole('heading', { name: 'half written', level: 1 }).waitFor()

    await using other = await visit()
    await openAsAda(other, '/#/experiments')
    await other.tab.getByRole('searchbox').fill('second')
    const again = other.tab.getByRole('dialog', { name: 'Sign in again' })
    const signInAgain = async (as: string) => {
      await again.getByLabel('Name or e-mail').fill(as)
      await again.getByLabel('Password', { exact: true }).fill(PASSWORD)
      await other.tab.keyboard.press('Enter')
    }
    await endSessionsOfAda()
    await signInAgain('ada@example.com')
    await again.waitFor({ state: 'hidden' })
    await owner.post('/api/2.0/mlflow/experiments/create', { name: 'after the second sign-in' })
    await other.tab.getByRole('link', { name: 'after the second sign-in' }).waitFor()
    await endSessionsOfAda()
    await signInAgain('bo@example.com')
    await account(other.tab, 'bo@example.com').waitFor()
    expect(await again.count()).toBe(0)
  })

  test('a sign-in in one tab continues the other tabs of its user, and resets those of another one', async () => {
    await using someone = await visit()
    const { tab } = someone
    await openAsAda(someone, '/#/jobs/new')
    const name = tab.getByRole('textbox', { name: 'Name', exact: true })
    await name.fill('of Ada')
    const dialog = tab.getByRole('dialog', { name: 'Sign in again' })
    const other = await tab.context().newPage()
    await other.goto(`${server.url}/#/sign-in`)
    await endSessionsOfAda()
    await dialog.waitFor()
    await signIn(other, 'ada@example.com', PASSWORD)
    await dialog.waitFor({ state: 'hidden' })
    expect(await name.inputValue()).toBe('of Ada')
    await endSessionsOfAda()
    await create(tab)
    await dialog.waitFor()
    await other.goto(`${server.url}/#/sign-in`)
    await signIn(other, 'bo@example.com', PASSWORD)
    await account(tab, 'bo@example.com').waitFor()
    expect(await name.count()).toBe(0) // that user may not create jobs
    await account(other, 'bo@example.com').waitFor()
    await other.close()
    const { jobs = [] } = await owner.get<{ jobs?: { settings: { name: string } }[] }>('/api/2.2/jobs/list')
    expect(jobs.map(({ settings }) => settings.name)).not.toContain('of Ada')
  })

  test('an administrator finds a token and an invitation among many, by page or by a part of a name', async () => {
    const path = '/api/2.0/token-management/on-behalf-of/tokens'
    for (let i = 0; i < 101; i++) {
      await owner.post(path, { application_id: 'ada@example.com', comment: `script ${i}` })
      await owner.post('/api/cairn/v1/invites', { name: `guest-${i}@example.net` })
    }
    await using someone = await visit()
    const { tab } = someone
    await someone.open('/#/people?tab=tokens')
    await signIn(tab, 'ada@example.com', PASSWORD)
    for (const [name, search, found] of [
      ['Tokens', 'Search tokens by description or owner', 'SCRIPT 77'],
      ['Invitations', 'Search invitations', 'GUEST-77@'],
    ] as const) {
      await tab.getByRole('tab', { name }).click()
      const rows = tab.locator('tbody tr')
      await expect.poll(() => rows.count()).toBe(100)
      await tab.getByRole('button', { name: 'Show more' }).click()
      await expect.poll(() => rows.count()).toBeGreaterThan(100)
      await tab.getByLabel(search).fill(found)
      await expect.poll(() => rows.allTextContents()).toEqual([expect.stringContaining(found.toLowerCase())])
      expect(await someone.violations()).toEqual([])
      await tab.getByLabel(search).fill('nobody else')
      await tab.getByText('Nothing matches “nobody else”').waitFor()
    }
  })

  test('a person signs in at the issuer and returns to the page, in Korean too', async () => {
    await owner.post(`${SCIM}/Users`, { userName: 'carl@example.org' })
    await owner.post(`${SCIM}/Groups`, { displayName: 'modelling' })
    await using someone = await visit('ko-KR')
    const { tab } = someone
    await someone.open('/#/models?q=movies')
    await tab.getByRole('link', { name: 'Example 계정으로 로그인' }).click()
    await atIssuer(tab, 'carl')
    await tab.getByRole('button', { name: 'carl@example.org 계정으로 로그인됨' }).click()
    expect(tab.url()).toBe(`${server.url}/#/models?q=movies`)
    await tab.getByText('modelling').waitFor()
    await tab.getByRole('button', { name: '로그아웃' }).click()
    await tab.getByRole('button', { name: 'Yes, sign me out' }).click() // the issuer asks
    await tab.getByRole('heading', { name: '로그인' }).waitFor()
  })

  test('an account with a password is linked to the issuer from its own session only', async () => {
    const { url } = await owner.post<{ url: string }>('/api/cairn/v1/invites', { name: 'dora@example.org' })
    const code = new URL(url).hash.split('code=')[1]!
    const body = { code, password: PASSWORD }
    await send(server.url, 'POST', '/api/cairn/v1/invites/accept', { body })
    await using someone = await visit()
    const { tab } = someone
    await someone.open('/#/models')
    await tab.getByRole('link', { name: 'Sign in with Example' }).click()
    await atIssuer(tab, 'dora')
    await tab.getByRole('alert').getByText('Your account is not linked to single sign-on.').waitFor()
    await tab.getByLabel('Name or e-mail').fill('dora@example.org')
    await tab.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await tab.keyboard.press('Enter')
    await account(tab, 'dora@example.org').waitFor()
    await someone.open('/#/sign-in?return_to=/%23/models')
    await tab.getByRole('link', { name: 'Sign in with Example' }).click()
    await account(tab, 'dora@example.org').waitFor()
    await using later = await visit()
    await later.open('/#/models')
    await later.tab.getByRole('link', { name: 'Sign in with Example' }).click()
    await atIssuer(later.tab, 'dora')
    await account(later.tab, 'dora@example.org').waitFor()
  })

  test.each([
    ['stranger', 'You have no account on this server. Ask an administrator to invite you.'],
    ['unverified', 'Your account has no verified name. Ask an administrator.'],
  ])('the sign-in page explains why %s may not sign in', async (login, reason) => {
    await using someone = await visit()
    const { tab } = someone
    await someone.open('/#/models')
    await tab.getByRole('link', { name: 'Sign in with Example' }).click()
    await atIssuer(tab, login)
    await tab.getByRole('alert').getByText(reason).waitFor()
    expect(await someone.violations()).toEqual([])
  })

  test('a token signs in, and a wrong token is reported', async () => {
    await owner.post(`${SCIM}/ServicePrincipals`, { applicationId: 'robot' })
    const path = '/api/2.0/token-management/on-behalf-of/tokens'
    const { token_value } = await owner.post<{ token_value: string }>(path, { application_id: 'robot' })
    await using someone = await visit()
    const { tab } = someone
    await someone.open('/#/sign-in')
    await tab.getByText('Use a token instead').click()
    const field = tab.getByLabel('Token', { exact: true })
    await field.fill('wrong')
    await tab.keyboard.press('Enter')
    await tab.getByRole('alert').getByText('The token is unknown, expired or revoked.').waitFor()
    await field.fill(token_value)
    await tab.keyboard.press('Enter')
    await account(tab, 'robot').waitFor()
  })

  test('a forged or repeated return from the issuer opens no session', async () => {
    const callback = '/api/cairn/v1/sso/callback?code=x&state=y'
    for (const headers of [{}, { cookie: 'cairn_sso=e30.AAAA' }]) {
      const answer = await send(server.url, 'GET', callback, { headers })
      expect(answer.headers.get('location')).toBe('/#/sign-in?error=failed&return_to=%2F')
      expect(answer.headers.getSetCookie().filter((line) => line.startsWith('cairn_session'))).toEqual([])
    }
    const start = await send(server.url, 'GET', '/api/cairn/v1/sso/start?return_to=//evil.org')
    const cookie = start.headers.getSetCookie()[0]!.split(';')[0]!
    const flow = Buffer.from(cookie.slice('cairn_sso='.length).split('.')[0]!, 'base64url').toString()
    expect(JSON.parse(flow).returnTo).toBe('/')
    const other = await send(server.url, 'GET', callback, { headers: { cookie } })
    expect(other.headers.get('location')).toContain('error=failed')
  })
})

/** Signs in on the pages of `oidc-provider`. */
async function atIssuer(tab: Page, login: string) {
  await tab.getByPlaceholder('Enter any login').fill(login)
  await tab.getByPlaceholder('and password').fill('any')
  await tab.getByRole('button', { name: 'Sign-in' }).click()
  await tab.getByRole('button', { name: 'Continue' }).click()
}
