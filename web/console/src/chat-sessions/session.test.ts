import { expect, test } from 'vitest'
import type { TraceInfo } from '../api/traces.js'
import { sessionFilter, sessionsOf, sessionTotals } from './session.js'

const turn = (id: string, session: string | undefined, second: number, more: object = {}) =>
  ({
    trace_id: id,
    state: 'OK',
    request_time: new Date(second * 1000).toISOString(),
    ...more,
    trace_metadata: {
      ...(session && { 'mlflow.trace.session': session }),
      ...('usage' in more && more.usage!),
    },
  }) as unknown as TraceInfo

test('groups traces by session, the latest session first and its oldest turn first', () => {
  const sessions = sessionsOf([
    turn('c', 'one', 3),
    turn('b', 'two', 9),
    turn('a', 'one', 1),
    turn('x', undefined, 99),
  ])
  expect(sessions.map(({ id, turns }) => [id, turns.map(({ trace_id }) => trace_id)])).toEqual([
    ['two', ['b']],
    ['one', ['a', 'c']],
  ])
})

test('sums durations and tokens of turns that have them', () => {
  const usage = { usage: { 'mlflow.trace.tokenUsage': '{"input_tokens":2,"output_tokens":3}' } }
  const turns = [
    turn('a', 's', 1, { execution_duration: '0.5s', ...usage }),
    turn('b', 's', 2, { execution_duration: '1.5s', state: 'ERROR' }),
  ]
  expect(sessionTotals(turns)).toEqual({ duration: 2000, tokens: 5, errors: 1 })
  expect(sessionTotals([turn('a', 's', 1)])).toEqual({ duration: undefined, tokens: undefined, errors: 0 })
})

test('quotes the ID of a session', () => {
  expect(sessionFilter('s-1')).toBe("metadata.`mlflow.trace.session` = 's-1'")
  expect(sessionFilter("mina's")).toBe('metadata.`mlflow.trace.session` = "mina\'s"')
})
