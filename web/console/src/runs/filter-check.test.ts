import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { column } from './columns.js'
import { checkFilter, isUnfinished } from './filter-check.js'
import { filterExamples, filterPlaceholder } from './filter-examples.js'
import { tokenize } from './filter-tokens.js'

describe('a valid filter', () => {
  test.each([
    '',
    'metrics.precision_at_10 > 0.05',
    "metrics.`train loss` <= -1e-3 and params.factors = '64'",
    `tags."cairn.model_kind" ILIKE "%als%"`,
    'tags.cairn.model_kind IS NOT NULL',
    "params.a/b-c = 'x'",
    "attributes.run_id IN ('a', 'b') AND status != 'FAILED'",
    'start_time >= 1700000000000',
    "run_name = 'AND OR IN'",
    "dataset.digest NOT IN ('x')",
    "`run name` = 'x'",
    "status = 'A' OR status = 'B'",
    "metrics.p > 0.1 AND (status IN ('A', 'B') OR (params.f = '64' or tags.t IS NULL))",
    '((metrics.p > 1))',
    "run_name RLIKE '^run-(1|2)$' OR tags.t rlike '(?i)als'",
  ])('%s', (filter) => {
    expect(checkFilter(filter)).toBeUndefined()
  })

  test('stands in the empty field, with keys of the runs', () => {
    const available = [column('attributes', 'status'), column('metrics', 'val/loss'), column('params', 'lr')]
    expect(filterPlaceholder(available)).toBe('metrics.`val/loss` > 0.05 AND params.lr IS NOT NULL')
    for (const some of [available, available.slice(0, 2), []])
      expect(checkFilter(filterPlaceholder(some))).toBeUndefined()
    expect(filterPlaceholder([])).toBe("attributes.status = 'FINISHED'")
  })

  test('accepts the example filters', () => {
    for (const example of filterExamples([])) expect(checkFilter(example), example).toBeUndefined()
  })
})

describe('an invalid filter', () => {
  test.each([
    ["metrics.p > 'x'", 'numberExpected', "'x'"],
    ['params.factors = 64', 'textExpected', '64'],
    ['metrics.p LIKE 3', 'comparatorForMetric', 'LIKE'],
    ["params.x > '3'", 'comparatorForText', '>'],
    ['metrik.p > 1', 'unknownEntity', 'metrik'],
    ["colour = 'x'", 'unknownAttribute', 'colour'],
    ["(status = 'A'))", 'andExpected', ')'],
    ["status = 'A' OR ()", 'nameExpected', ')'],
    ["status = 'A' OR AND", 'nameExpected', 'AND'],
    ["status = 'A' status = 'B'", 'andExpected', 'status'],
    ["run_name = 'open", 'unterminated', "'open"],
    ['run_id IN (1)', 'listExpected', '1'],
    ['> 3', 'nameExpected', '>'],
    ['metrics.p 3', 'comparatorExpected', '3'],
  ])('%s', (filter, reason, fragment) => {
    const problem = checkFilter(filter)
    expect(problem?.reason).toBe(reason)
    expect(filter.slice(problem!.start, problem!.end)).toBe(fragment)
  })

  test.each(['metrics.p >', 'metrics.p', "status = 'A' AND", "run_id IN ('a'"])(
    'reports the end of an incomplete filter: %s',
    (filter) => {
      expect(checkFilter(filter)).toMatchObject({ start: filter.length, end: filter.length })
    },
  )
})

test('does not report a problem that more typing may fix', () => {
  const unfinished = (text: string) => isUnfinished(checkFilter(text)!, text)
  for (const text of ['metr', 'metrics.p', 'metrics.p >', "run_name = 'a", "status = 'A' AN"])
    expect(unfinished(text), text).toBe(true)
  for (const text of ["metrics.p > 'x'", 'params.x = 64', "colour = 'x'", 'metrics.p LIKE 3'])
    expect(unfinished(text), text).toBe(false)
})

test('tokenizes every character except spaces, in order, for any input', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      let at = 0
      for (const token of tokenize(text)) {
        expect(text.slice(at, token.start).trim()).toBe('')
        expect(token.end).toBeGreaterThan(token.start)
        at = token.end
      }
      expect(text.slice(at).trim()).toBe('')
      checkFilter(text)
    }),
  )
})

test('does not take names of Object.prototype for attributes', () => {
  for (const name of ['__proto__', 'constructor', 'toString'])
    expect(checkFilter(`${name} = 'x'`)?.reason).toBe('unknownAttribute')
})
