import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import { databases } from '@cairn/platform/testing/databases'
import { everyNth, isExhaustive } from '@cairn/platform/testing/effort'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import {
  catalogObjects,
  destinations,
  endpoints,
  experiments,
  jobs,
  type MatrixKind,
  models,
  secrets,
  workspaceObjects,
} from '../../testing/rights-kinds.js'
import { type Caller, personOf, RightsServer } from '../../testing/rights-server.js'
import { ENDS_WORLD, type MatrixRequest } from './requests.js'

/** Responses of the server about all objects. */
const OF_THE_SERVER: readonly MatrixRequest[] = [
  { url: '/api/cairn/v1/events?after=0' },
  { url: '/metrics' },
  { url: '/api/cairn/v1/audit' },
]

/** An answer without the ids of its request. */
function anonymized(
  { status, text }: { status: number; text: string },
  world: Readonly<Record<string, string>>,
) {
  let body = text
  for (const [name, id] of Object.entries(world).sort((a, b) => b[1].length - a[1].length))
    body = body.replaceAll(id, name)
  return { status, body }
}

describe.each(databases)('on %s', (_name, database) => {
  const rights = new RightsServer()
  beforeAll(() => rights.start(database))
  afterAll(() => rights.close())
  const sample =
    database.engine === 'postgres'
      ? { every: everyNth(16, 16), everyRefusal: everyNth(8, 4) }
      : { every: everyNth(4, 4), everyRefusal: 1 }

  describe('rights on experiments', () => matrixOf(rights, experiments(rights), { atLeast: 90, ...sample }))
  describe('rights on registered models', () => matrixOf(rights, models(rights), { atLeast: 20, ...sample }))
  describe('rights on jobs', () => matrixOf(rights, jobs(rights), { atLeast: 20, ...sample }))
  describe('rights on endpoints', () => matrixOf(rights, endpoints(rights), { atLeast: 25, ...sample }))
  describe('rights on secret scopes', () => matrixOf(rights, secrets(rights), { atLeast: 9, ...sample }))
  describe('rights on notification destinations', () =>
    matrixOf(rights, destinations(rights), { atLeast: 7, ...sample }))
  describe('rights on folders', () =>
    matrixOf(rights, workspaceObjects(rights, 'directory'), { atLeast: 10, ...sample }))
  describe('rights on notebooks', () =>
    matrixOf(rights, workspaceObjects(rights, 'notebook'), { atLeast: 3, ...sample }))
  describe('rights on files', () =>
    matrixOf(rights, workspaceObjects(rights, 'file'), { atLeast: 3, ...sample }))
  describe('rights on catalogs', () =>
    matrixOf(rights, catalogObjects(rights, 'catalog'), { atLeast: 4, ...sample }))
  describe('rights on schemas', () =>
    matrixOf(rights, catalogObjects(rights, 'schema'), { atLeast: 5, ...sample }))
  describe('rights on tables', () =>
    matrixOf(rights, catalogObjects(rights, 'table'), { atLeast: 8, ...sample }))
  describe('rights on volumes', () =>
    matrixOf(rights, catalogObjects(rights, 'volume'), { atLeast: 4, ...sample }))
})

interface Sample {
  /** The step between cells of routes and callers. */
  readonly every: number
  /** The step between routes that are refused to all callers of a test. */
  readonly everyRefusal: number
}

function matrixOf<World extends Readonly<Record<string, string>>>(
  rights: RightsServer,
  { type, grants, requests, absent, create, securable, containers, settle, lists }: MatrixKind<World>,
  { atLeast, every, everyRefusal }: Sample & { readonly atLeast: number },
) {
  const { ids } = rights
  const refusedRoutes = () => rights.routesOn(type).filter((_, row) => row % everyRefusal === 0)

  async function createWorld(): Promise<World> {
    const world = await create('owner', rights.nextName('owner'))
    const { id, name } = await securable(world)
    await rights.context.grants.change(
      { type, id, name, owner: ids.get('owner')! },
      Object.entries(grants).map(([caller, add]) => ({
        principal_id: ids.get(caller as Caller)!,
        add: add!,
        remove: [],
      })),
      LOCAL_OWNER,
    )
    const users = ['read', 'edit', 'manage'] as const
    for (const [container, add] of (await containers?.(world)) ?? [])
      await rights.context.grants.change(
        container,
        users.map((user) => ({ principal_id: ids.get(user)!, add, remove: [] })),
        LOCAL_OWNER,
      )
    return world
  }

  test('every route has a row in the matrix', () => {
    const known = new Set(rights.routesOn(type).map(([route]) => route))
    expect(known.size).toBeGreaterThan(atLeast)
    expect([...known].filter((route) => !requests[route])).toEqual([])
    expect(Object.keys(requests).filter((route) => !known.has(route))).toEqual([])
  })

  test('refuses anonymous callers, an expired token and a token for something else', async () => {
    const world = await createWorld()
    for (const [route] of refusedRoutes()) {
      const [method] = route.split(' ')
      const row = requests[route]!
      for (const caller of ['anonymous', 'expired', 'scoped'] as const) {
        const refused = anonymized(await rights.send(caller, method!, row(world)), world)
        expect(refused.status, `${caller} ${route}`).toBe(caller === 'scoped' ? 403 : 401)
        expect(refused).toEqual(anonymized(await rights.send(caller, method!, row(absent)), absent))
      }
    }
  })

  test('answers callers who may not read as if nothing existed', async () => {
    const world = await createWorld()
    await settle?.('other', await create('other', rights.nextName('other')))
    for (const caller of ['none', 'other'] as const)
      for (const [route] of refusedRoutes()) {
        const [method] = route.split(' ')
        const row = requests[route]!
        // A list may change between the two requests, as an object of an earlier test is deployed.
        await vi.waitFor(async () => {
          const hidden = anonymized(await rights.send(caller, method!, row(world)), world)
          expect(hidden, `${caller} ${route}`).toEqual(
            anonymized(await rights.send(caller, method!, row(absent)), absent),
          )
          expect(hidden.body, route).not.toContain('canary-owner')
        }, 60_000)
      }
  })

  test('shows a team no name, tag, description or value of another', async () => {
    await createWorld()
    const routesOfTeam = rights
      .routesOn(type)
      .sort(([a], [b]) => Number(b.startsWith('GET')) - Number(a.startsWith('GET')))
    const own = await create('other', rights.nextName('other'))
    await settle?.('other', own)
    for (const [route] of routesOfTeam) {
      const { text } = await rights.send('other', route.split(' ')[0]!, requests[route]!(own))
      expect(text, route).not.toContain('canary-owner')
    }
    for (const request of [...(lists?.(own) ?? []), ...OF_THE_SERVER])
      for (const caller of ['none', 'other'] as const)
        expect((await rights.send(caller, 'GET', request)).text, request.url).not.toContain('canary-owner')
  })

  test('lists and searches do not depend on what the caller may not read', async () => {
    const reads = rights
      .routesOn(type)
      .filter(([, { privilege }]) => /^(READ|VIEW|QUERY|BROWSE|SELECT|USE DESTINATION)\b/.test(privilege))
    const answers = async () => {
      const found: Record<string, unknown> = {}
      for (const caller of ['none', 'other'] as const)
        for (const [route] of reads)
          found[`${caller} ${route}`] = await rights.send(
            caller,
            route.split(' ')[0]!,
            requests[route]!(absent),
          )
      for (const caller of ['none', 'other'] as const)
        for (const list of lists?.(absent) ?? [])
          found[`${caller} ${list.url}`] = await rights.send(caller, 'GET', list)
      return found
    }
    const before = await answers()
    for (let i = 0; i < 3; i++) await createWorld()
    expect(await answers()).toEqual(before)
  })

  test('gives readers, editors, managers and owners what they may, and names the missing right', async () => {
    /** For requests that change nothing: reads, and those that are refused. */
    const unchanged = await createWorld()
    /** For requests that leave it to the next one. With `--exhaustive`, each has its own. */
    const changed = await createWorld()
    const worldAfter = (route: string) => (isExhaustive || ENDS_WORLD.test(route) ? createWorld() : changed)
    for (const [row, [route, right]] of rights.routesOn(type).entries())
      for (const [column, caller] of (['read', 'edit', 'manage', 'owner'] as const).entries()) {
        if ((row + column) % every !== 0) continue
        const [method] = route.split(' ')
        const isRefused =
          caller !== 'owner' &&
          !grants[caller]!.includes(right.privilege) &&
          !requests[route]!(unchanged).lists
        const world = isRefused || method === 'GET' ? unchanged : await worldAfter(route)
        const request = requests[route]!(world)
        const { status, text } = await rights.send(caller, method!, request)
        const what = `${caller} ${route}: ${text}`
        if (isRefused) {
          const { name } = await securable(world)
          expect(status, what).toBe(403)
          expect(text, what).toContain(
            `'${personOf(caller)}' lacks ${right.privilege} on ${type} '${name}'. Ask '${personOf('owner')}'`,
          )
        } else if (request.alsoNeeds && caller !== 'owner')
          expect(text, what).toContain(`lacks ${request.alsoNeeds}`)
        else if (request.status) expect([request.status].flat(), what).toContain(status)
        else expect(status, what).toBeLessThan(400)
      }
  }, 240_000)
}
