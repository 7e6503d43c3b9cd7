import { sendJson } from '@cairn/platform/http/response/send-json'
import { countTurnsDuring } from '@cairn/platform/testing/event-loop-turns'
import Fastify from 'fastify'
import { expect, test } from 'vitest'
import { withDecimalPoints, writeDecimalPoints } from './protobuf-json.js'

test('adds a decimal point to the numbers in `value` only', () => {
  const response = {
    metrics: [
      { key: 'a', value: 1, step: 2 },
      { value: -3, key: '{"value":4}' },
      { key: 'b\\', value: 0.5 },
      { key: 'c', value: 1e21 },
      { key: 'd', value: 'NaN' },
    ],
    params: [{ key: 'value', value: '5' }],
  }
  const json = withDecimalPoints(JSON.stringify(response))
  expect(json.match(/\.0/g)).toHaveLength(2)
  expect(json).toContain('"value":1.0,"step":2')
  expect(json).toContain('"value":-3.0')
  expect(JSON.parse(json)).toEqual(response)
})

test('writes a large response with decimal points without blocking the event loop', async () => {
  const points = Array.from({ length: 100_000 }, (_, i) => ({ key: `"value":${i}`, value: i % 3, step: i }))
  const response = { metrics: points, value: 7, by: { key: points.slice(0, 9000) } }
  const app = Fastify()
  sendJson(app)
  writeDecimalPoints(app)
  app.get('/', async () => response)
  const responding = app.inject('/')
  expect(await countTurnsDuring(responding)).toBeGreaterThan(20)
  const { body } = await responding
  expect(body === withDecimalPoints(JSON.stringify(response))).toBe(true)
})
