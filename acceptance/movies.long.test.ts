import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server as HttpServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { visitor, waitUntilStable } from './browser/visitor.js'
import { api, send } from './harness/api.js'
import { chromium, launchBrowser } from './harness/browser.js'
import { type Server, startServer } from './harness/server.js'
import { SMALL_MOVIES, serveSmallMovies } from './harness/small-movies.js'
import { until } from './harness/until.js'

const TITLES = '/api/cairn/v1/movies/titles'
const RECOMMENDATIONS = '/api/cairn/v1/movies/recommendations'
const OWNER = 'owner-token-of-the-movie-tests-3b1f9a'
/** Matches tokens of Cairn. */
const TOKEN = /cairn_[\w-]{20}/
const HISTORY = [260, 1196, 2571]

interface Recommended {
  readonly recommendations: readonly { readonly item_id: number; readonly title: string }[]
  readonly served: { readonly name: string; readonly version: string; readonly model: string }
}

let folder: string
afterAll(() => rm(folder, { recursive: true, force: true }))
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cairn-movies-'))
  await using server = await startServer({ folder, env: { ...SMALL_MOVIES, CAIRN_OWNER_TOKEN: OWNER } })
  await serveSmallMovies(server.url)
})

/** Starts the server again, and waits until it has loaded the model. */
async function start(env: Record<string, string> = {}): Promise<Server> {
  const server = await startServer({ folder, env })
  await until('the model is loaded', async () => (await recommend(server.url, OWNER)).status === 200)
  return server
}
const required = (env: Record<string, string> = {}) => start({ CAIRN_AUTH: 'required', ...env })
const recommend = (url: string, token?: string, body: object = { history: HISTORY, k: 5 }) =>
  send(url, 'POST', RECOMMENDATIONS, { token, body })

describe('a server that requires sign-in', () => {
  let server: Server
  let stranger: string
  beforeAll(async () => {
    server = await required()
    const { post } = api(server.url, OWNER)
    await post('/api/2.0/preview/scim/v2/ServicePrincipals', { applicationId: 'stranger' })
    const path = '/api/2.0/token-management/on-behalf-of/tokens'
    const body = { application_id: 'stranger', comment: 'movies' }
    stranger = (await post<{ token_value: string }>(path, body)).token_value
  })
  afterAll(() => server?.[Symbol.asyncDispose]())

  test('gives anonymous callers the page, and neither titles, recommendations nor a token', async () => {
    for (const answer of [await send(server.url, 'GET', TITLES), await recommend(server.url)]) {
      expect(answer.status).toBe(401)
      expect(answer.json()).toEqual({
        error_code: 'UNAUTHENTICATED',
        message: expect.stringMatching(/^This server requires a token\. .+\.$/),
      })
    }
    const page = await send(server.url, 'GET', '/movies/')
    expect(page.status).toBe(200)
    const files = [...page.text.matchAll(/(?:src|href)="\.\/([^"]+)"/g)].map(([, path]) => path)
    expect(files.length).toBeGreaterThan(1)
    for (const path of ['', 'config.json', ...files]) {
      const { text, headers } = await send(server.url, 'GET', `/movies/${path}`)
      expect([path, TOKEN.test(text + JSON.stringify([...headers]))]).toEqual([path, false])
    }
    expect((await send(server.url, 'GET', '/movies/config.json')).status).toBe(404)
  })

  test('answers a caller without any grant as the service principal of the client', async () => {
    const titles = (await send(server.url, 'GET', TITLES, { token: stranger })).json<{
      titles: { id: number; title: string; imdb_id?: string }[]
      total: number
    }>()
    expect(titles.total).toBeGreaterThan(9_000)
    expect(titles.titles.find(({ id }) => id === 1)).toEqual({
      id: 1,
      title: 'Toy Story (1995)',
      genres: expect.anything(),
      year: 1995,
      title_ko: '토이 스토리',
      imdb_id: expect.stringContaining('114709'),
      tmdb_id: expect.anything(),
    })
    const answer = await recommend(server.url, stranger)
    const { recommendations, served } = answer.json<Recommended>()
    expect([answer.status, recommendations.length, served]).toEqual([
      200,
      5,
      { name: 'movies', version: '1', model: 'movies' },
    ])
    expect(recommendations.every(({ title, item_id }) => title && !HISTORY.includes(item_id))).toBe(true)
    const endpoint = '/serving-endpoints/movies/invocations'
    expect((await send(server.url, 'POST', endpoint, { token: stranger, body: {} })).status).toBe(404)
  })

  test('queries with a token that can do nothing else, and with another one after its revocation', async () => {
    expect((await recommend(server.url, stranger)).status).toBe(200)
    const tokens = '/api/2.0/token-management/tokens'
    const owner = api(server.url, OWNER)
    const { token_infos } = await owner.get<{
      token_infos: { token_id: string; owner: string; scopes?: string[] }[]
    }>(tokens)
    const scoped = token_infos.filter(({ scopes }) => scopes?.join() === 'serving:movies')
    expect(scoped.map(({ owner }) => owner)).toContain('movies-web')
    for (const { token_id } of token_infos.filter(({ owner }) => owner === 'movies-web'))
      await owner.delete(`${tokens}/${token_id}`)
    expect((await recommend(server.url, stranger)).status).toBe(200)
    expect((await send(server.url, 'GET', TITLES, { token: stranger })).status).toBe(200)
  })

  test.each([
    ['no recommendations', { k: 0 }, "'k'"],
    ['too many recommendations', { k: 100_000 }, "'k'"],
    ['a history that is a string', { history: 'x' }, "'history'"],
    ['an item that is an object', { history: [{}] }, "'history[0]'"],
    ['a long history', { history: Array(101).fill(1) }, "'history'"],
    ['a number for a boolean', { filter_seen: 7 }, "'filter_seen'"],
  ])('names the field of %s', async (_, body, field) => {
    const { status, text } = await recommend(server.url, stranger, body)
    expect([status, text]).toEqual([400, expect.stringContaining(field)])
  })

  test('bounds the requests of each caller', async () => {
    const path = '/api/2.0/token-management/on-behalf-of/tokens'
    const { post } = api(server.url, OWNER)
    await post('/api/2.0/preview/scim/v2/ServicePrincipals', { applicationId: 'eager' })
    const body = { application_id: 'eager', comment: 'movies' }
    const { token_value: eager } = await post<{ token_value: string }>(path, body)
    let allowed = 0
    const batch = () => Promise.all(Array.from({ length: 10 }, () => recommend(server.url, eager, { k: 1 })))
    let answers = await batch()
    for (; answers.every(({ status }) => status === 200); answers = await batch()) allowed += answers.length
    expect(allowed).toBeGreaterThanOrEqual(300) // more if they take longer than a minute
    const refused = answers.find(({ status }) => status !== 200)!
    expect([refused.status, Number(refused.headers.get('retry-after')) > 0]).toEqual([429, true])
    expect((await recommend(server.url, stranger)).status).toBe(200)
  })
})

test('CAIRN_MOVIES_PUBLIC lets anonymous callers use the client, and nothing else', async () => {
  await using server = await required({ CAIRN_MOVIES_PUBLIC: 'true' })
  expect((await send(server.url, 'GET', TITLES)).status).toBe(200)
  const answer = await recommend(server.url)
  expect([answer.status, TOKEN.test(answer.text)]).toEqual([200, false])
  const body = { dataframe_records: [{ history: HISTORY }] }
  for (const [method, path] of [
    ['POST', '/serving-endpoints/movies/invocations'],
    ['GET', '/api/cairn/v1/tables/main.movielens.movies/rows'],
    ['GET', '/api/2.0/serving-endpoints'],
    ['GET', '/metrics'],
  ] as const)
    expect([path, (await send(server.url, method, path, method === 'POST' ? { body } : {})).status]).toEqual([
      path,
      401,
    ])
})

test('without its grants the client names the principal that needs them', async () => {
  await using server = await required()
  const { patch } = api(server.url, OWNER)
  const grants = '/api/2.1/unity-catalog/permissions/table/main.movielens.movies'
  await patch(grants, { changes: [{ principal: 'web', remove: ['SELECT'] }] })
  const refused = await send(server.url, 'GET', TITLES, { token: OWNER })
  expect([refused.status, refused.text]).toEqual([403, expect.stringContaining("'movies-web'")])
  await patch(grants, { changes: [{ principal: 'web', add: ['SELECT'] }] })
  expect((await send(server.url, 'GET', TITLES, { token: OWNER })).status).toBe(200)
})

test('a server without the demo names the command that creates it', async () => {
  await using server = await startServer()
  const answer = await send(server.url, 'GET', TITLES)
  expect([answer.status, answer.text]).toEqual([404, expect.stringContaining('cairn demo')])
})

describe.skipIf(!chromium)('in Chromium, the movie client', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser?.close())

  test('says once that a server has no films, and retries both requests', async () => {
    await using server = await startServer()
    await using someone = await visitor(browser, server.url, { locale: 'ko-KR' })
    const { tab } = someone
    await someone.open('/movies/')
    await tab.getByRole('alert').filter({ hasText: '영화나 모델이 없어요' }).waitFor()
    expect(await tab.getByRole('alert').count()).toBe(1)
    const asked = new Set<string>()
    tab.on('request', (request) => asked.add(new URL(request.url()).pathname))
    await tab.getByRole('button', { name: '다시 시도' }).click()
    await expect.poll(() => asked.size).toBe(2)
  })

  const recommended = (tab: Page) => tab.getByRole('region', { name: 'Recommended for you' })
  /** Collects the responses that contain a token. */
  const tokensIn = (tab: Page) => {
    const found: string[] = []
    tab.on('response', async (response) => {
      const body = await response.body().catch(() => Buffer.of())
      if (TOKEN.test(body.toString() + JSON.stringify(response.headers()))) found.push(response.url())
    })
    return found
  }

  test('asks for a token, refuses a wrong one, and then recommends', async () => {
    await using server = await required()
    await using someone = await visitor(browser, server.url)
    const { tab } = someone
    const tokens = tokensIn(tab)
    await someone.open('/movies/?films=260,1196,2571')
    const form = tab.getByRole('form', { name: 'Sign in' })
    const field = form.getByLabel('Access token')
    await expect.poll(() => field.evaluate((one) => one === document.activeElement)).toBe(true)
    expect(await someone.violations()).toEqual([])
    await field.fill('guessed')
    await tab.keyboard.press('Enter')
    await form.getByRole('alert').waitFor()
    expect(await field.getAttribute('aria-invalid')).toBe('true')
    expect(someone.problems().every((problem) => problem.includes('401'))).toBe(true)
    await field.fill(OWNER)
    await form.getByRole('button', { name: 'Sign in' }).click()
    await expect.poll(() => recommended(tab).textContent()).toMatch(/Served by movies version 1/)
    await expect.poll(() => recommended(tab).getByRole('listitem').count()).toBe(10)
    await recommended(tab)
      .getByRole('link', { name: /on IMDb/ })
      .first()
      .waitFor()
    expect([await someone.violations(), someone.problems(), tokens]).toEqual([[], [], []])
  })

  test('works without sign-in on a laptop, below a path, and in Korean', async () => {
    await using server = await start()
    const proxy = await prefixProxy(server.url, '/tools')
    try {
      const origin = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
      await using someone = await visitor(browser, origin, { locale: 'ko-KR', colorScheme: 'dark' })
      const { tab } = someone
      const tokens = tokensIn(tab)
      await someone.open('/tools/movies?films=260,1196')
      expect(new URL(tab.url()).pathname).toBe('/tools/movies/')
      const results = tab.getByRole('region', { name: '추천 영화' })
      await expect.poll(() => results.getByRole('listitem').count()).toBe(10)
      await findInKorean(tab)
      await expect.poll(() => results.getByRole('listitem').count()).toBe(10)
      await waitUntilStable(tab)
      expect(await results.getByRole('heading', { level: 3 }).allTextContents()).toEqual(
        expect.arrayContaining([expect.stringMatching(/[가-힣]/)]),
      )
      await tab.emulateMedia({ forcedColors: 'active' })
      const background = (count: string) =>
        results
          .getByRole('button', { name: count, exact: true })
          .evaluate((one) => getComputedStyle(one).backgroundColor)
      expect(await background('10')).not.toBe(await background('20'))
      await tab.emulateMedia({ forcedColors: null })
      await tab.setViewportSize({ width: 390, height: 844 })
      expect(await tab.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
      expect([await someone.violations(), someone.problems(), tokens]).toEqual([[], [], []])
    } finally {
      proxy.close()
      proxy.closeAllConnections()
    }
  })
})

/** Finds films by initials, by a title with other spaces and by a whole title, which it picks with the keyboard alone. */
async function findInKorean(tab: Page): Promise<void> {
  const box = tab.getByRole('combobox')
  const first = tab.getByRole('option').first()
  for (const [typed, found] of [
    ['ㅌㅇㅅㅌㄹ', '토이 스토리 1995Toy Story'],
    ['쇼 생크탈출', '쇼생크 탈출 1994The Shawshank Redemption'],
    ['matrix', '매트릭스 1999The Matrix'],
  ] as const) {
    await box.fill(typed)
    await expect.poll(() => first.textContent()).toContain(found)
  }
  await box.fill('없는영화제목')
  await tab.getByText('영어 제목으로 검색하세요.').waitFor()
  await box.fill('매트릭스')
  await first.waitFor()
  await tab.keyboard.press('Enter')
  await tab.getByRole('button', { name: /^매트릭스 1999/ }).waitFor()
}

/** A proxy that removes a path from requests, as nginx does with `proxy_pass http://server/;`. */
async function prefixProxy(url: string, prefix: string): Promise<HttpServer> {
  const proxy = createServer((incoming, outgoing) => {
    if (!incoming.url!.startsWith(`${prefix}/`)) return void outgoing.writeHead(404).end()
    const path = incoming.url!.slice(prefix.length)
    const { method, headers } = incoming
    const forwarded = request(url + path, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode!, answer.headers)
      answer.pipe(outgoing)
    })
    incoming.pipe(forwarded)
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  return proxy
}
