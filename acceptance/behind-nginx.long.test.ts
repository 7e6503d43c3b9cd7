import { createHash, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { Agent, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { visitor, waitUntilStable } from './browser/visitor.js'
import { api } from './harness/api.js'
import { chromium, launchBrowser } from './harness/browser.js'
import { freePort } from './harness/free-port.js'
import { type Nginx, nginx, startNginx } from './harness/nginx.js'
import { python, runPython } from './harness/python.js'
import { root } from './harness/root.js'
import { type Server, startServer } from './harness/server.js'
import { serveSmallMovies } from './harness/small-movies.js'

const OWNER = 'owner-token-of-the-proxy-tests-77a1'
const PASSWORD = 'three small stones'
/** Pages of the console that load a part of the code each. */
const PAGES = [
  ...['experiments/0?layout=both', 'experiments/0/traces', 'models/movies', 'models/movies/versions/1'],
  ...['prompts', 'endpoints/movies', 'endpoints?create=true', 'catalog/main.movielens.ratings', 'query'],
  ...['jobs', 'jobs/new', 'reports', 'account', 'people', 'teams', 'access', 'audit', 'alerts'],
]

/** The hash of a public key in the form of Chromium's `--ignore-certificate-errors-spki-list`. */
const keyHash = (certificate: string) =>
  createHash('sha256')
    .update(new X509Certificate(readFileSync(certificate)).publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64')

interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly text: string
}

describe.skipIf(!nginx)('a server behind nginx with TLS, below a path', () => {
  let server: Server
  let proxy: Nginx
  let origin: string
  /** The address at which the server listens. */
  let local: string
  let agent: Agent
  let firstAdmin: string
  beforeAll(async () => {
    const [port, ownPort] = [await freePort(), await freePort()]
    local = `http://127.0.0.1:${ownPort}`
    origin = `https://localhost:${port}`
    server = await startServer({
      args: ['--port', String(ownPort)],
      env: {
        CAIRN_AUTH: 'required',
        CAIRN_OWNER_TOKEN: OWNER,
        CAIRN_PUBLIC_URL: `${origin}/cairn`,
        CAIRN_TRUSTED_PROXIES: '127.0.0.1',
        CAIRN_IMPORT_PATHS: tmpdir(),
      },
    })
    proxy = await startNginx(port, local)
    agent = new Agent({ ca: readFileSync(proxy.certificate), keepAlive: true })
    firstAdmin = /creates an account here, shown only once: (\S+)/.exec(server.stderr())![1]!
  })
  afterAll(async () => {
    agent?.destroy()
    await proxy?.[Symbol.asyncDispose]()
    await server?.[Symbol.asyncDispose]()
  })

  const ask = (path: string, headers: Record<string, string> = {}, method = 'GET', body?: string) =>
    new Promise<Answer>((resolve, reject) => {
      const sent = request(origin + path, { agent, method, headers }, (answer) => {
        let text = ''
        answer.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk
        })
        answer.on('end', () => resolve({ status: answer.statusCode!, headers: answer.headers, text }))
      })
      sent.on('error', reject).end(body)
    })
  const asOwner = { authorization: `Bearer ${OWNER}` }

  test('rejects anonymous callers with any forwarded header', async () => {
    const search = '/cairn/api/2.0/mlflow/experiments/search?max_results=5'
    const claims = [
      {},
      { 'x-forwarded-for': '127.0.0.1' },
      { 'x-real-ip': '127.0.0.1', 'x-forwarded-host': 'localhost' },
      { forwarded: 'for=127.0.0.1;host=localhost' },
      { authorization: 'Bearer wrong' },
    ]
    for (const headers of claims)
      expect((await ask(search, headers)).status, JSON.stringify(headers)).toBe(401)
    const open = await ask(search, asOwner)
    expect([open.status, JSON.parse(open.text).experiments[0].name]).toEqual([200, 'Default'])
    expect((await ask('/cairn')).headers.location).toBe('/cairn/')
    expect((await ask('/', asOwner)).status).not.toBe(200)
    expect((await ask('/cairn/../api/2.0/mlflow/experiments/search?max_results=5', asOwner)).status).not.toBe(
      200,
    )
  })

  test('signs people in with a cookie for TLS and the path only', async () => {
    const json = { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' }
    const body = JSON.stringify({ token: OWNER })
    const answer = await ask('/cairn/api/cairn/v1/sign-in', json, 'POST', body)
    expect([answer.status, answer.headers['cache-control']]).toEqual([200, 'no-store'])
    const [cookie = ''] = answer.headers['set-cookie'] ?? []
    expect(cookie).toMatch(/^__Secure-cairn_session=[^;]+; .*Path=\/cairn(;|$)/)
    for (const word of ['Secure', 'HttpOnly', 'SameSite=Lax']) expect(cookie).toContain(word)
    const account = await ask('/cairn/api/cairn/v1/account', { cookie: cookie.split(';')[0]! })
    expect([account.status, JSON.parse(account.text).name]).toEqual([200, 'owner'])
  })

  test('streams events as they happen', async () => {
    const headers = { ...asOwner, accept: 'text/event-stream' }
    const seen = new Promise<string>((resolve, reject) => {
      const sent = request(`${origin}/cairn/api/cairn/v1/events`, { agent, headers }, (answer) => {
        let text = ''
        answer.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk
          if (!text.includes('experiment')) return
          answer.destroy()
          resolve(`${answer.headers['content-type']} ${text}`)
        })
        const json = { ...asOwner, 'content-type': 'application/json' }
        void ask('/cairn/api/2.0/mlflow/experiments/create', json, 'POST', '{"name":"through nginx"}').catch(
          reject,
        )
      })
      sent.on('error', reject).end()
    })
    expect(await seen).toMatch(/^text\/event-stream[\s\S]*data: .*experiment/)
  })

  test('takes and returns large artifacts', async () => {
    const body = 'x'.repeat(3_000_000)
    const path = '/cairn/api/2.0/mlflow-artifacts/artifacts/0/large.txt'
    expect((await ask(path, asOwner, 'PUT', body)).status).toBe(200)
    expect((await ask(path, asOwner)).text).toBe(body)
  })

  test.skipIf(!python)('gives boto3 the S3 gateway', async () => {
    const env = { CAIRN_URL: `${origin}/cairn`, CAIRN_CERTIFICATE: proxy.certificate, CAIRN_TOKEN: OWNER }
    const printed = await runPython(join(root, 'acceptance/clients/boto3_gateway.py'), { env })
    expect(printed.match(/^ok /gm)).toHaveLength(5)
  })

  describe.skipIf(!chromium)('in a browser', () => {
    let browser: Browser
    beforeAll(async () => {
      await serveSmallMovies(local, OWNER)
      const trusted = `--ignore-certificate-errors-spki-list=${keyHash(proxy.certificate)}`
      browser = await launchBrowser({ args: [trusted] })
    })
    afterAll(() => browser?.close())

    test('shows sign-in, the console, live changes and the movie client', async () => {
      await using someone = await visitor(browser, origin)
      const { tab } = someone
      expect(firstAdmin.startsWith(`${origin}/cairn/#/join?code=`)).toBe(true)
      await someone.open(firstAdmin.slice(origin.length))
      await tab.getByLabel('Name or e-mail').fill('ada@example.com')
      await tab.getByLabel('Display name').fill('Ada')
      await tab.getByLabel('New password').fill(PASSWORD)
      await tab.getByRole('button', { name: 'Create account' }).click()
      await tab.getByRole('button', { name: 'Signed in as Ada' }).waitFor()
      await someone.open('/cairn/#/experiments')
      await tab.getByText('through nginx').first().waitFor()
      await api(local, OWNER).post('/api/2.0/mlflow/experiments/create', { name: 'appears by itself' })
      await tab.getByText('appears by itself').first().waitFor()
      const code: string[] = []
      for (const page of PAGES) {
        await someone.open(`/cairn/#/${page}`)
        const hrefs = await tab
          .locator('a[href]')
          .evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).href))
        expect(hrefs.filter((href) => !href.startsWith(`${origin}/cairn/`))).toEqual([])
        code.push(...(await tab.locator('pre').allTextContents()))
      }
      const addresses = code.flatMap((text) => /set_tracking_uri\("(.*)"\)/.exec(text)?.[1] ?? [])
      expect([...new Set(addresses)]).toEqual([`${origin}/cairn`])
      await someone.open('/cairn/movies?films=260,1196')
      expect(new URL(tab.url()).pathname).toBe('/cairn/movies/')
      await expect.poll(() => tab.getByRole('listitem').count()).toBeGreaterThan(5)
      await waitUntilStable(tab)
      expect(someone.problems().filter((problem) => !problem.includes('status of 401'))).toEqual([])
    })
  })
})
