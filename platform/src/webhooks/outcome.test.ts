import { expect, test } from 'vitest'
import { invalid } from '../errors.js'
import { outcomeOf } from './outcome.js'

const response = (status: number, retryAfterMs?: number) => ({ status, body: 'words', retryAfterMs })
const after = (made: number) => ({ made, maxRetries: 3, now: 1_000_000 })

test('2xx is delivered; other responses are final unless a retry may succeed', () => {
  expect(outcomeOf(response(204), after(1))).toMatchObject({ state: 'delivered', status: 204 })
  for (const status of [301, 302, 400, 401, 404, 410])
    expect(outcomeOf(response(status), after(1))).toMatchObject({ state: 'failed', status })
  for (const status of [408, 429, 500, 502, 503, 504, 599])
    expect(outcomeOf(response(status), after(1))).toMatchObject({ state: 'pending', status })
  expect(outcomeOf({ error: new Error('ECONNREFUSED') }, after(1))).toMatchObject({
    state: 'pending',
    error: 'ECONNREFUSED',
  })
  expect(outcomeOf({ error: invalid('a private address') }, after(1))).toMatchObject({ state: 'failed' })
})

test('the back-off doubles up to a minute, respects Retry-After, and ends', () => {
  const backoff = (made: number, retryAfterMs?: number, maxRetries = 20) =>
    outcomeOf(response(503, retryAfterMs), { made, maxRetries, now: 0 }).retryAt
  const expected: [number, number][] = [
    [1, 1000],
    [2, 2000],
    [3, 4000],
    [7, 60_000],
    [20, 60_000],
  ]
  for (const [made, ms] of expected) {
    expect(backoff(made)).toBeGreaterThanOrEqual(ms)
    expect(backoff(made)).toBeLessThan(ms + 1000)
  }
  expect(backoff(1, 90_000)).toBe(90_000)
  expect(backoff(1, 1e12)).toBe(60 * 60 * 1000)
  expect(backoff(21)).toBeUndefined()
  expect(outcomeOf(response(503), { made: 1, maxRetries: 0, now: 0 }).state).toBe('failed')
})

test('an error is truncated to 1,000 characters', () => {
  const { error } = outcomeOf({ status: 500, body: 'x'.repeat(5000), retryAfterMs: undefined }, after(1))
  expect(error).toHaveLength(1000)
})
