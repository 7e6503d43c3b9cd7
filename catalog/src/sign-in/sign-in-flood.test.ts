import { GetAccount } from '@cairn/platform/protocol/cairn/sign-in'
import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestCatalog, testCatalog } from '../testing/catalog.js'

/** A hash of the password with few iterations, so that floods are cheap. */
const FEW_ITERATIONS =
  'pbkdf2:sha256:1000$9pX2Qm7K$6c622d1c71c7fafe1f91381da23ddbe1273d6702cbf380da774dcb76a273730d'
const ITS_PASSWORD = 'of another system'
const ATTACKER = '203.0.113.9'

let server: TestCatalog
let ownToken: string
beforeAll(async () => {
  server = await testCatalog(databases[0]![1], {
    settings: { auth: 'required' },
    now: () => 1_800_000_000_000, // delays do not pass
  })
  const { identities, passwords, tokens } = server.context
  for (const name of ['ada', 'bo']) {
    const { id } = await identities.create('user', name)
    await passwords.setHash(id, FEW_ITERATIONS)
    if (name === 'ada') ownToken = (await tokens.issue(id, 'own')).secret
  }
})
afterAll(() => server.close())

interface Attempt {
  readonly name?: string
  readonly password: string
  readonly from?: string
  readonly headers?: Record<string, string>
}

const signIn = async ({ name = 'ada', password, from = ATTACKER, headers = {} }: Attempt) =>
  (
    await server.app.inject({
      ...{ method: 'POST', url: '/api/cairn/v1/sign-in', remoteAddress: from, headers },
      payload: { name, password },
    })
  ).statusCode
const get = async (authorization: string, from = ATTACKER) =>
  (
    await server.app.inject({
      ...{ method: 'GET', url: GetAccount.path, remoteAddress: from, headers: { authorization } },
    })
  ).statusCode
const basic = ({ name = 'ada', password, from }: Attempt) =>
  get(`Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`, from)

test('a flood of guesses is refused however a request is written, and locks out nobody', async () => {
  const ways: ((password: string) => Promise<number>)[] = [
    (password) => signIn({ password }),
    (password) => basic({ password }),
    (password) => signIn({ name: ' ada\t', password }),
    (password) => signIn({ password, headers: { 'x-forwarded-for': `198.51.100.${password.length}` } }),
    (password) =>
      signIn({ password, headers: { forwarded: 'for=198.51.100.1', 'x-real-ip': '198.51.100.1' } }),
  ]
  for (const [n, way] of ways.entries()) expect(await way(`guess ${n}`)).toBe(401)
  for (const way of ways) expect(await way(ITS_PASSWORD)).toBe(429) // even the right one
  for (const name of ['ADA', 'Ada', 'ada\u0000', 'àda'])
    expect(await signIn({ name, password: ITS_PASSWORD })).not.toBe(200) // names of nobody
  expect(await get(`Bearer ${ownToken}`)).toBe(200)
  expect(await signIn({ password: ITS_PASSWORD, from: '192.0.2.7' })).toBe(200)
  expect(await basic({ password: ITS_PASSWORD, from: '192.0.2.8' })).toBe(200)
})

test('guesses for many names from one address are refused after fifty', async () => {
  const from = '203.0.113.10'
  const { identities, passwords } = server.context
  const names = Array.from({ length: 60 }, (_, n) => `person-${n}`)
  for (const name of names)
    await passwords.setHash((await identities.create('user', name)).id, FEW_ITERATIONS)
  const statuses = await Promise.all(names.map((name) => basic({ name, password: 'wrong', from })))
  expect(statuses.filter((status) => status === 401)).toHaveLength(50)
  expect(statuses.filter((status) => status === 429)).toHaveLength(10)
  expect(await signIn({ name: 'bo', password: ITS_PASSWORD, from })).toBe(429)
  expect(await signIn({ name: 'bo', password: ITS_PASSWORD, from: '203.0.113.11' })).toBe(200)
})
