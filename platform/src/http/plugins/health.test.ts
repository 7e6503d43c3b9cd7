import Fastify from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import { ApiError } from '../../errors.js'
import { renderErrors } from './errors.js'
import { health, type ReadinessCheck } from './health.js'

async function ready(checks: readonly ReadinessCheck[]) {
  const app = Fastify()
  onTestFinished(() => app.close())
  renderErrors(app)
  health(app, checks)
  const response = await app.inject('/ready')
  return { status: response.statusCode, body: response.json() }
}

const fine = { name: 'database', check: async () => 1 }
const absent = { name: 'Redis', check: () => Promise.reject(new Error('connect ECONNREFUSED 10.1.2.3:6379')) }
const full = {
  name: 'data folder',
  check: () => Promise.reject(new ApiError('TEMPORARILY_UNAVAILABLE', 'The disk is full.')),
}
const stuck = { name: 'artifact store', check: () => new Promise(() => undefined) }

test('a server is ready when all of its dependencies are', async () => {
  expect(await ready([fine])).toEqual({ status: 200, body: { status: 'ready', checks: ['database'] } })
})

test('names every dependency that is away, with the reason but without its address', async () => {
  const { status, body } = await ready([fine, absent, full, stuck])
  expect(status).toBe(503)
  expect(body.message).toBe('Redis does not respond. The disk is full. artifact store does not respond.')
  expect(body.details).toEqual([
    expect.objectContaining({
      checks: [
        { name: 'Redis', reason: 'Redis does not respond.' },
        { name: 'data folder', reason: 'The disk is full.' },
        { name: 'artifact store', reason: 'artifact store does not respond.' },
      ],
    }),
  ])
})
