import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { savedTable } from './browser/saved-table.js'
import { visitor } from './browser/visitor.js'
import { type Api, api, send } from './harness/api.js'
import { chromium, launchBrowser } from './harness/browser.js'
import { registerLinear } from './harness/linear-model.js'
import { Random } from './harness/random.js'
import { type Server, startServer } from './harness/server.js'
import { SMALL_MOVIES, serveSmallMovies } from './harness/small-movies.js'
import { tokenOf } from './harness/tokens.js'
import { until } from './harness/until.js'

const ENDPOINTS = '/api/2.0/serving-endpoints'
const LIMITS = { needed: 200, needed_for_baseline: 500 }
const UNITY = '/api/2.1/unity-catalog'

interface Compared {
  readonly baseline: number
  readonly now: number
}
interface VersionDrift {
  readonly version: string
  readonly answers: number
  readonly baseline: string
  readonly baseline_answers: number
  readonly scores?: {
    readonly psi: number
    readonly psi_noise: number
    readonly ks: number
    readonly bins: Compared[]
  }
  readonly items?: Readonly<Record<'popular_share' | 'coverage' | 'gini', Compared>> & {
    readonly divergence: number
    readonly divergence_noise: number
  }
  readonly windows: readonly { readonly psi: number }[]
}
interface Drift {
  readonly state: string
  readonly message?: string
  readonly versions: readonly VersionDrift[]
}

let server: Server
let owner: Api
beforeAll(async () => {
  server = await startServer({ env: SMALL_MOVIES })
  owner = api(server.url)
  await owner.post(`${UNITY}/catalogs`, { name: 'main' }).catch(() => undefined)
  await owner.post(`${UNITY}/schemas`, { catalog_name: 'main', name: 'logs' })
  await owner.post('/api/2.0/mlflow/registered-models/create', { name: 'linear' })
  await registerLinear(server.url, { name: 'linear', path: '0/linear' })
  await serveShifted()
  await serveRecommender()
})
afterAll(() => server?.[Symbol.asyncDispose]())

/** Serves a model under a name, and records its answers. */
async function deploy(name: string, model: string, isRecorded = true): Promise<void> {
  const config = { served_entities: [{ name: 'main', entity_name: model, entity_version: '1' }] }
  const table = { enabled: true, catalog_name: 'main', schema_name: 'logs' }
  const ai_gateway = { inference_table_config: table }
  await owner.post(ENDPOINTS, { name, config, ...(isRecorded && { ai_gateway }) })
  const state = () => owner.get<{ state: { ready: string } }>(`${ENDPOINTS}/${name}`)
  await until(`${name} is ready`, async () => (await state()).state.ready === 'READY')
}

async function query(name: string, dataframe_records: readonly object[]): Promise<void> {
  const body = { dataframe_records }
  const answer = await send(server.url, 'POST', `/serving-endpoints/${name}/invocations`, { body })
  expect([answer.status, answer.status === 200 || answer.text]).toEqual([200, true])
}

/** Waits until the queries are in the table. */
const recorded = (name: string, rows: number) =>
  until(`${rows} rows of ${name}`, async () => {
    const path = `/api/cairn/v1/tables/main.logs.${name}_payload/rows`
    return (await owner.get<{ total_rows: number }>(path, { limit: 1 })).total_rows >= rows
  })

const driftOf = (name: string, token?: string) =>
  api(server.url, token).get<Drift>(`/api/cairn/v1/serving-endpoints/${name}/drift`)

/** Rows of the linear model, whose answers are about normal with a mean that `shift` moves. */
const rowsOf = (random: Random, shift: number) =>
  Array.from({ length: 100 }, () => {
    const value = () => random.next() + random.next() + random.next() - 1.5 + shift
    return { a: value(), b: value(), c: value(), d: value() }
  })

/** Sends 500 queries, whose answers become the baseline, and then 500 with shifted rows. */
async function serveShifted(): Promise<void> {
  const random = new Random(7)
  const shifts = { steady: 0, shifted: 0.6 }
  for (const name of Object.keys(shifts)) {
    await deploy(name, 'linear')
    for (let n = 0; n < 5; n++) await query(name, rowsOf(random, 0))
    await recorded(name, 5)
  }
  for (const [name, shift] of Object.entries(shifts)) {
    for (let n = 0; n < 5; n++) await query(name, rowsOf(random, shift))
    await recorded(name, 10)
  }
}

/** Queries `usual` with histories of users, and `odd` always with the same history. */
async function serveRecommender(): Promise<void> {
  await serveSmallMovies(server.url)
  const { rows } = await owner.get<{ rows: [number, number][] }>(
    '/api/cairn/v1/tables/main.movielens.ratings/rows',
    { limit: 10_000 },
  )
  const byUser = new Map<number, number[]>()
  for (const [user, item] of rows) byUser.set(user, [...(byUser.get(user) ?? []), Number(item)])
  const histories = [...byUser.values()].filter((items) => items.length >= 10)
  const ask = (history: readonly number[]) => ({ history, k: 20 })
  await deploy('usual', 'movies')
  await deploy('odd', 'movies')
  for (let n = 0; n < 6; n++) {
    const some = Array.from({ length: 40 }, (_, at) => histories[(40 * n + at) % histories.length]!)
    await query(
      'usual',
      some.map((history) => ask(history.slice(0, 40 - n))),
    )
    await query(
      'odd',
      some.map(() => ask([1, 2])),
    )
  }
  await query('odd', [{ k: 5 }])
  await recorded('usual', 6)
  await recorded('odd', 7)
}

describe('a model that was trained elsewhere', () => {
  test('is compared with its first recorded answers', async () => {
    const { state, versions } = await driftOf('steady')
    expect([state, versions.length]).toEqual(['ready', 1])
    const [{ scores, items, ...facts }] = versions as [VersionDrift]
    expect(facts).toMatchObject({
      version: '1',
      answers: 500,
      baseline: 'first_answers',
      baseline_answers: 500,
    })
    expect(items).toBeUndefined()
    expect(scores!.psi).toBeLessThan(0.1)
    expect(scores!.bins).toHaveLength(10)
    expect(scores!.bins.reduce((sum, { now }) => sum + now, 0)).toBeCloseTo(1, 9)
    for (const { baseline } of scores!.bins) expect(baseline).toBeCloseTo(0.1, 9)
  })

  test('a shift of its inputs shows in its scores', async () => {
    const [{ scores, windows }] = (await driftOf('shifted')).versions as [VersionDrift]
    expect(scores!.psi).toBeGreaterThan(0.25)
    expect(scores!.ks).toBeGreaterThan(0.2)
    expect(windows.map(({ psi }) => psi > 0.25)).toEqual([true, true])
  })

  test('figures require the right to read the table', async () => {
    await owner.post('/api/2.0/preview/scim/v2/ServicePrincipals', { applicationId: 'watcher' })
    const token = await tokenOf(server.url, 'watcher')
    const path = '/api/cairn/v1/serving-endpoints/shifted/drift'
    expect((await send(server.url, 'GET', path, { token })).status).toBe(404)
    const { id } = await owner.get<{ id: string }>(`${ENDPOINTS}/shifted`)
    await owner.patch(`/api/2.0/permissions/serving-endpoints/${id}`, {
      access_control_list: [{ service_principal_name: 'watcher', permission_level: 'CAN_VIEW' }],
    })
    expect(await driftOf('shifted', token)).toEqual({
      state: 'no_access',
      message: expect.stringMatching(/^'watcher' may not use .*SELECT on table/),
      ...LIMITS,
      versions: [],
    })
    const grant = (type: string, name: string, privilege: string) =>
      owner.patch(`${UNITY}/permissions/${type}/${name}`, {
        changes: [{ principal: 'watcher', add: [privilege] }],
      })
    await grant('catalog', 'main', 'USE CATALOG')
    await grant('schema', 'main.logs', 'USE SCHEMA')
    await grant('table', 'main.logs.shifted_payload', 'SELECT')
    expect((await driftOf('shifted', token)).versions).toHaveLength(1)
  })

  test('an unknown endpoint is answered 404, and an endpoint without recorded answers says that it has none', async () => {
    const path = '/api/cairn/v1/serving-endpoints/nobody/drift'
    expect((await send(server.url, 'GET', path)).status).toBe(404)
    await deploy('silent', 'linear', false)
    expect(await driftOf('silent')).toEqual({ state: 'no_table', ...LIMITS, versions: [] })
  })
})

describe('a recommender that was trained here', () => {
  test('is compared with its answers to held-out users at training', async () => {
    const [usual] = (await driftOf('usual')).versions
    const [odd] = (await driftOf('odd')).versions
    expect(usual).toMatchObject({ baseline: 'training', answers: 240 })
    expect(usual!.baseline_answers).toBeGreaterThan(100)
    expect(odd!.answers).toBe(240) // popular items for unknown users are excluded
    expect(odd!.scores!.psi).toBeGreaterThan(1)
    expect(usual!.scores!.psi).toBeLessThan(odd!.scores!.psi / 2)
    expect(usual!.items!.divergence).toBeLessThan(odd!.items!.divergence)
    expect(odd!.items!.divergence).toBeGreaterThan(odd!.items!.divergence_noise)
    expect(odd!.items!.coverage.now).toBeLessThan(usual!.items!.coverage.now)
    expect(odd!.items!.gini.now).toBeGreaterThan(0.99)
  })
})

describe.skipIf(!chromium)('in Chromium', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser?.close())
  const panel = (tab: Page, name = 'Drift') => tab.getByRole('region', { name })

  test('the panel shows chart, figures and what they mean', async () => {
    await using someone = await visitor(browser, server.url)
    const { tab } = someone
    await someone.open('/#/endpoints/odd')
    await expect.poll(() => panel(tab).getByText('Large shift', { exact: true }).count()).toBe(2)
    await expect
      .poll(() => panel(tab).textContent())
      .toMatch(/Baseline: \d+ answers to held-out users at training/)
    await panel(tab).getByText('Consider training again.').waitFor()
    for (const name of [/50 most popular/, 'Coverage', 'Gini coefficient'])
      await panel(tab).getByText(name).first().waitFor()
    const chart = panel(tab).getByRole('figure', { name: 'Scores, by deciles of the baseline' })
    await chart.getByText('Show values').focus()
    await tab.keyboard.press('Enter')
    expect(await chart.getByRole('row').count()).toBeGreaterThan(2)
    await chart.getByRole('button', { name: 'Download Scores, by deciles of the baseline' }).click()
    const drawing = await savedTable(tab, chart.getByRole('button', { name: 'Download SVG' }))
    expect(drawing.lines.join('')).toMatch(/>Scores, by deciles of the baseline<.*<rect [^>]*fill="rgb\(/)
    expect([await someone.violations(), someone.problems()]).toEqual([[], []])
  })

  test('first answers are named as the baseline, with figures over time, in Korean and dark', async () => {
    await using someone = await visitor(browser, server.url, {
      locale: 'ko-KR',
      colorScheme: 'dark',
      viewport: { width: 360, height: 800 },
    })
    const { tab } = someone
    await someone.open('/#/endpoints/shifted')
    await panel(tab, '드리프트').getByText('큰 변화', { exact: true }).waitFor()
    await expect.poll(() => panel(tab, '드리프트').textContent()).toMatch(/처음 기록된 응답 500개/)
    await panel(tab, '드리프트').getByRole('figure', { name: '집단 안정성 지수 추이' }).waitFor()
    expect(await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0)
    expect([await someone.violations(), someone.problems()]).toEqual([[], []])
  })

  test('empty states explain what to do', async () => {
    await deploy('quiet', 'linear')
    await query('quiet', [{ a: 1, b: 2, c: 3, d: 4 }])
    await recorded('quiet', 1)
    await owner.post('/api/2.0/preview/scim/v2/ServicePrincipals', { applicationId: 'viewer' })
    const { id } = await owner.get<{ id: string }>(`${ENDPOINTS}/quiet`)
    await owner.patch(`/api/2.0/permissions/serving-endpoints/${id}`, {
      access_control_list: [{ service_principal_name: 'viewer', permission_level: 'CAN_VIEW' }],
    })
    await using someone = await visitor(browser, server.url)
    const { tab } = someone
    await someone.open('/#/endpoints/silent')
    await panel(tab).getByText('Enable an inference table').waitFor()
    expect(await panel(tab).locator('pre').textContent()).toContain('/serving-endpoints/silent/ai-gateway')
    expect([await someone.violations(), someone.problems()]).toEqual([[], []])
    await someone.open('/#/endpoints/quiet')
    await panel(tab).getByText('become its baseline: 1 so far.').waitFor()
    const token = await tokenOf(server.url, 'viewer')
    await tab.setExtraHTTPHeaders({ authorization: `Bearer ${token}` })
    await someone.open('/#/endpoints/quiet')
    await panel(tab).getByText('requires SELECT on the inference table').waitFor()
    await panel(tab)
      .getByText(/'viewer' may not use table/)
      .waitFor()
    expect([await someone.violations(), someone.problems()]).toEqual([[], []])
  })
})
