import { CairnError } from '@cairn/sdk/cairn-error'
import { describe, expect, test } from 'vitest'
import { failureOf, retryInSeconds } from './failure.js'

describe('failureOf', () => {
  const error = (status: number, code = 'X') => new CairnError(code, 'server message', status)
  test.each([
    [error(503), 'notReady', 2],
    [error(429), 'busy', 2],
    [error(504), 'timeout', 2],
    [error(0, 'DEADLINE_EXCEEDED'), 'timeout', 2],
    [error(0, 'NETWORK_ERROR'), 'unreachable', 2],
    [error(404), 'missing', undefined],
    [error(403), 'refused', undefined],
    [error(401), 'signIn', undefined],
    [error(500), 'broken', undefined],
    [error(400), 'broken', undefined],
    [new TypeError('x'), 'broken', undefined],
  ])('%s', (cause, kind, seconds) => {
    const failure = failureOf(cause, true)
    expect(failure.kind).toBe(kind)
    expect(retryInSeconds(failure, 0)).toBe(seconds)
  })

  test('reports offline if the browser is offline', () => {
    expect(failureOf(error(0), false).kind).toBe('offline')
    expect(failureOf(error(503), false)).toEqual({ kind: 'notReady', detail: 'server message' })
  })

  test('backs off between retries', () => {
    const waits = [0, 1, 2, 50].map((attempt) => retryInSeconds({ kind: 'notReady', detail: '' }, attempt))
    expect(waits).toEqual([2, 4, 6, 20])
  })
})
