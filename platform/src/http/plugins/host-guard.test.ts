import Fastify, { type FastifyInstance } from 'fastify'
import { afterEach, describe, expect, test } from 'vitest'
import { renderErrors } from './errors.js'
import { type GuardOptions, guardHostAndOrigin } from './host-guard.js'

let app: FastifyInstance
afterEach(() => app.close())

async function guarded(options: GuardOptions) {
  app = Fastify()
  renderErrors(app)
  guardHostAndOrigin(app, options)
  app.route({ method: ['GET', 'POST'], url: '/notes', handler: async () => 'OK' })
  await app.ready()
}

const ask = async (method: 'GET' | 'POST' | 'OPTIONS', headers: Record<string, string>) => {
  const answer = await app.inject({ method, url: '/notes', headers: { host: 'localhost', ...headers } })
  return { status: answer.statusCode, headers: answer.headers }
}
const preflight = (origin: string) =>
  ask('OPTIONS', { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'A' })

describe('configured hosts and origins', () => {
  test('are patterns that do not match others', async () => {
    await guarded({
      allowedHosts: ['*.example.com', 'cairn:*'],
      allowedOrigins: ['https://app.example.org', 'http://*.trusted.com'],
    })
    for (const [host, status] of [
      ['sub.app.example.com', 200],
      ['app.example.com:8080', 200],
      ['cairn:5000', 200],
      ['evil.com', 403],
      ['example.com.evil.com', 403],
      ['appxexample.com', 403],
    ] as const)
      expect([host, (await ask('GET', { host })).status]).toEqual([host, status])
    for (const [origin, status] of [
      ['https://app.example.org', 200],
      ['http://a.b.trusted.com', 200],
      ['https://a.trusted.com', 403],
      ['https://page.example.com', 200],
      ['http://evil.com', 403],
    ] as const) {
      const { status: written, headers } = await ask('POST', { origin })
      expect([origin, written]).toEqual([origin, status])
      expect(headers['access-control-allow-origin']).toBe(status === 200 ? origin : undefined)
      expect((await preflight(origin)).status).toBe(status === 200 ? 200 : 400)
      expect((await ask('GET', { origin })).status).toBe(200)
    }
  })

  test('need not contain this machine and private addresses', async () => {
    await guarded({ allowedHosts: [] })
    for (const [host, status] of [
      ['127.0.0.1:5000', 200],
      ['[::1]:5000', 200],
      ['0.0.0.0:5000', 200],
      ['192.168.1.2', 200],
      ['0.0.0.0.evil.com', 403],
      ['8.8.8.8', 403],
    ] as const)
      expect([host, (await ask('GET', { host })).status]).toEqual([host, status])
  })

  test('allowing any host does not allow any origin', async () => {
    await guarded({ allowedHosts: ['*'] })
    expect((await ask('POST', { host: 'any.com' })).status).toBe(200)
    expect((await ask('POST', { host: 'any.com', origin: 'http://evil.com' })).status).toBe(403)
  })

  test('any origin can be allowed, without credentials', async () => {
    await guarded({ allowedHosts: [], allowedOrigins: ['*'] })
    for (const answer of [await ask('POST', { origin: 'http://a.com' }), await preflight('http://a.com')]) {
      expect(answer.status).toBe(200)
      expect(answer.headers['access-control-allow-origin']).toBe('http://a.com')
      expect(answer.headers['access-control-allow-credentials']).toBeUndefined()
    }
  })
})

test.each([
  [{}, 'SAMEORIGIN'],
  [{ frameOptions: 'DENY' }, 'DENY'],
  [{ frameOptions: '' }, undefined],
])('with %j the frame options are %s', async (options, said) => {
  await guarded({ allowedHosts: [], ...options })
  const { headers } = await ask('GET', {})
  expect([headers['x-frame-options'], headers['x-content-type-options']]).toEqual([said, 'nosniff'])
})

test('accepts any host and origin without security headers when unguarded', async () => {
  await guarded({ allowedHosts: [], unguarded: true })
  const { status, headers } = await ask('POST', { host: 'evil.com', origin: 'http://evil.com' })
  expect(status).toBe(200)
  expect(headers['x-request-id']).toBeDefined()
  expect([headers['x-frame-options'], headers['x-content-type-options']]).toEqual([undefined, undefined])
})
