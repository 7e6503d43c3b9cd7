import Type from 'typebox'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { operation } from '../protocol/operation.js'
import { type TestApp, testApp } from '../testing/app.js'
import { handle } from './handle.js'
import { sessionCookie } from './session-cookie.js'

const own = {
  right: 'authenticated',
  input: Type.Object({}),
  output: Type.Object({ name: Type.String() }),
} as const
const WhoAmI = operation({ id: 'whoAmI', method: 'GET', path: '/api/cairn/v1/who', summary: 'Who', ...own })
const Change = operation({
  id: 'change',
  method: 'POST',
  path: '/api/cairn/v1/change',
  summary: 'Change',
  ...own,
})
const AskOther = operation({ id: 'ask', method: 'GET', path: '/api/cairn/v1/ask', summary: 'Ask', ...own })

let served: TestApp
let secret: string
const clock = { now: Date.now() }
beforeAll(async () => {
  served = await testApp(
    async (app, context) => {
      handle(app, WhoAmI, async (_input, { principal }) => ({ name: principal.name }))
      handle(app, Change, async (_input, { principal }) => ({ name: principal.name }))
      handle(app, AskOther, (_input, request) => context.client(request.credential())(WhoAmI, {}))
    },
    { now: () => clock.now },
  )
  const ada = await served.context.identities.create('user', 'ada')
  await served.context.passwords.set(ada.id, 'three small stones')
  secret = (
    await served.context.sessions.create({
      ...{ principalId: ada.id, method: 'password', address: '', userAgent: '' },
    })
  ).secret
})
afterAll(() => served.close())

const cookie = () => `other=1; cairn_session=${secret}`
const change = (headers: Record<string, string>) =>
  served.app.inject({
    method: 'POST',
    url: '/api/cairn/v1/change',
    headers: { cookie: cookie(), 'content-type': 'application/json', ...headers },
    payload: '{}',
  })
const get = (path: string, headers: Record<string, string>) =>
  served.app.inject({ url: `/api/cairn/v1/${path}`, headers })
const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`

describe('a request', () => {
  test('is of the user of its session, name and password, or token', async () => {
    const { id } = await served.context.identities.get('ada')
    const { secret: token } = await served.context.tokens.issue(id, 'ci')
    const proofs = [
      { cookie: cookie() },
      { authorization: basic('ada:three small stones') },
      { authorization: basic(`anything:${token}`) },
      { authorization: `Bearer ${token}` },
    ]
    for (const headers of proofs) {
      expect((await get('who', headers)).json()).toEqual({ name: 'ada' })
      // calls to other services have the rights of the caller, not of the server
      expect((await get('ask', headers)).json()).toEqual({ name: 'ada' })
    }
    expect((await get('ask', {})).json()).toEqual({ name: 'owner' })
    const wrong = await get('who', { authorization: basic('ada:three small stone') })
    expect(wrong.statusCode).toBe(401)
    expect(wrong.json().message).toContain('The name or the password is wrong')
  })

  test('says when to try again after too many wrong passwords', async () => {
    const attempt = (n: number) => get('who', { authorization: basic(`bo:wrong ${n}`) })
    for (let n = 0; n < 5; n++) expect((await attempt(n)).statusCode).toBe(401)
    const refused = await attempt(5)
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([429, '1'])
  })

  test.each([
    [{ 'sec-fetch-site': 'same-origin' }, 200],
    [{ 'sec-fetch-site': 'same-site' }, 403],
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-site': 'none' }, 403],
    [{ origin: 'http://localhost:80' }, 403],
    [{ origin: 'http://localhost', host: 'localhost' }, 200],
    [{ origin: 'null' }, 403],
    [{ 'x-requested-with': 'fetch' }, 200],
    [{}, 403],
  ])('that changes something by cookie must come from a page of this server: %j', async (headers, status) => {
    expect((await change(headers)).statusCode).toBe(status)
  })

  test('with its own Authorization header needs no origin', async () => {
    const answer = await change({ authorization: basic('ada:three small stones') })
    expect(answer.statusCode).toBe(200)
  })

  test('gets a new secret once the old one is an hour old', async () => {
    clock.now += 3_600_000
    const [one, other] = await Promise.all([
      get('who', { cookie: cookie() }),
      get('who', { cookie: cookie() }),
    ])
    const headers = [one, other].map((answer) => answer.headers['set-cookie']).filter(Boolean)
    expect(headers).toHaveLength(1)
    expect(headers[0]).toMatch(
      /^cairn_session=cairns_[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/,
    )
    expect((await get('who', { cookie: String(headers[0]).split(';')[0]! })).json()).toEqual({ name: 'ada' })
  })

  test.each(['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'])(
    'that a proxy forwarded is not the owner’s: %s',
    async (header) => {
      const answer = await get('who', { [header]: '10.1.2.3' })
      expect(answer.statusCode).toBe(401)
      expect(answer.json().message).toContain('CAIRN_AUTH=required')
    },
  )
})

test.each([
  ['', 'cairn_session=s; Max-Age=60; Path=/; HttpOnly; SameSite=Lax'],
  ['https://cairn.example.org', '__Host-cairn_session=s; Max-Age=60; Path=/; HttpOnly; Secure; SameSite=Lax'],
  [
    'https://example.org/ml/',
    '__Secure-cairn_session=s; Max-Age=60; Path=/ml; HttpOnly; Secure; SameSite=Lax',
  ],
])('the cookie of %j', (publicUrl, header) => {
  const { write, read, remove } = sessionCookie(publicUrl)
  expect(write('s', 60)).toBe(header)
  expect(read(`a=b; ${header.split(';')[0]}`)).toBe('s')
  expect(remove()).toContain('Max-Age=0')
})
