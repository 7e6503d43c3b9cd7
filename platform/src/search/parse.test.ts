import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { share } from '../testing/effort.js'
import { printFilter } from '../testing/print-filter.js'
import { type Clause, comparisonsOf, type Filter, mapFilter } from './filter.js'
import { parseOrderBy } from './order-by.js'
import { type Comparator, type Comparison, parseFilter } from './parse.js'

const messageOf = (text: string) => {
  try {
    parseFilter(text)
    return 'accepted'
  } catch (error) {
    return (error as Error).message
  }
}
const essence = (filter: Filter<Comparison>) =>
  mapFilter(filter, ({ entity, key, comparator, value }) => ({ entity, key, comparator, value: value.value }))
/** The keys with the structure of the filter. */
const shape = (text: string) => mapFilter(parseFilter(text), ({ key }) => key)

describe('parseFilter', () => {
  test.each([
    ['digits', '1'.repeat(500_000)],
    ['a string', `'${'x'.repeat(15_000_000)}'`],
    ['a string of quotes', `'${"''".repeat(1_000_000)}'`],
    ['a string that never ends', `'${"''".repeat(1_000_000)}`],
  ])('parses %s in linear time', (_what, text) => {
    for (const filter of [`params.a = ${text}`, `params.a = ${text}x`, text])
      expect(messageOf(filter)).not.toMatch(/call stack/)
  })

  test.each([
    ['metrics.acc > 0.7', 'metrics', 'acc', '>', 0.7],
    ['metrics.acc>-1', 'metrics', 'acc', '>', -1],
    ['metrics."a b" <= 1e3', 'metrics', 'a b', '<=', 1000],
    ['metrics.`a: b` != .5', 'metrics', 'a: b', '!=', 0.5],
    ["params.a.b-c = 'x'", 'params', 'a.b-c', '=', 'x'],
    ["span.attributes.`my key` = 'x'", 'span', 'attributes.my key', '=', 'x'],
    ['params.p = "it\'s"', 'params', 'p', '=', "it's"],
    ["tags.p = 'it''s'", 'tags', 'p', '=', "it's"],
    ["status like 'RUN%'", undefined, 'status', 'LIKE', 'RUN%'],
    ["`run name` ILIKE 'x'", undefined, 'run name', 'ILIKE', 'x'],
    ['run_id NOT IN (\'a\', "b")', undefined, 'run_id', 'NOT IN', ['a', 'b']],
    ["run_id in ('a')", undefined, 'run_id', 'IN', ['a']],
    ['tags.t IS NULL', 'tags', 't', 'IS NULL', null],
    ['tags.t is not null', 'tags', 't', 'IS NOT NULL', null],
    ["tags.`AND` = 'OR'", 'tags', 'AND', '=', 'OR'],
    ["tags.t = 'a AND b'", 'tags', 't', '=', 'a AND b'],
    ["tags.한글 = '값'", 'tags', '한글', '=', '값'],
  ])('reads %s', (text, entity, key, comparator, value) => {
    expect(essence(parseFilter(text))).toEqual([{ entity, key, comparator, value }])
  })

  test('joins comparisons by AND in any case, and accepts an empty filter', () => {
    expect(shape(" a = 'x' and b > 1\n AND c IS NULL ")).toEqual(['a', 'b', 'c'])
    expect(parseFilter('  ')).toEqual([])
    expect(parseFilter(undefined)).toEqual([])
  })

  test.each([
    ['a = 1 OR b = 1', [{ anyOf: [['a'], ['b']] }]],
    ['a = 1 AND b = 1 or c = 1', [{ anyOf: [['a', 'b'], ['c']] }]],
    ['a = 1 AND (b = 1 OR c = 1)', ['a', { anyOf: [['b'], ['c']] }]],
    ['(a = 1)', ['a']],
    ['((a = 1) AND (b = 1)) AND c = 1', ['a', 'b', 'c']],
    ["a IN ('x') OR b IS NULL", [{ anyOf: [['a'], ['b']] }]],
    ['((a = 1 OR b = 1) AND c = 1) OR d = 1', [{ anyOf: [[{ anyOf: [['a'], ['b']] }, 'c'], ['d']] }]],
  ])('extends MLflow with %s', (text, expected) => {
    expect(shape(text)).toEqual(expected)
  })

  test.each([
    ["OR params.p = '9'", "Invalid clause(s) in filter string: 'OR'"],
    ['a = 1 OR', "Invalid clause(s) in filter string: 'OR'"],
    ['a = 1 AND OR b = 1', "Invalid clause(s) in filter string: 'OR'"],
    ['()', "Invalid clause(s) in filter string: ')'"],
    ['(metrics.acc > 0', "Invalid clause(s) in filter string: '(metrics.acc > 0'"],
    ['metrics.acc > 0)', "Invalid clause(s) in filter string: ')'"],
    ['(a = 1 b = 1)', "Invalid clause(s) in filter string: 'b'"],
    [`${'('.repeat(51)}a = 1`, 'Parentheses are nested more than 50 deep in the filter (at character 51).'],
    [Array(101).fill('a = 1').join(' AND '), 'A filter has at most 100 comparisons (at character 1001).'],
    [
      `a IN (${Array(10_001).fill("'1'").join(',')})`,
      'A list in a filter has at most 10000 items (at character 6).',
    ],
    [`a = '${'x'.repeat(1_000_000)}'`, 'A filter has at most 1000000 characters. Got 1000006.'],
    ['metrics.acc', "Invalid clause(s) in filter string: 'metrics.acc'"],
    ["a = 'x' AND", "Invalid clause(s) in filter string: 'AND'"],
    ["a = 'x' b = 'y'", "Invalid clause(s) in filter string: 'b'"],
    ["a = 'unfinished", "Invalid clause(s) in filter string: ''unfinished'"],
    ['a = ', "Invalid clause(s) in filter string: 'a ='"],
    ['a IN (', "Invalid clause(s) in filter string: '('"],
    [
      'metrics.acc > 0; metrics.acc > 1',
      "Search filter contained multiple expression 'metrics.acc > 0; metrics.acc > 1'. Provide AND-ed expression list.",
    ],
    [
      'run_id IN ()',
      'While parsing a list in the query, expected a non-empty list of string values, but got empty list',
    ],
    [
      'run_id IN (1)',
      'While parsing a list in the query, expected string value, punctuation, or whitespace, but got different type in list: (1)',
    ],
    ['a <> 1', "Invalid comparator '<>'"],
  ])('rejects %s', (text, message) => {
    expect(messageOf(text)).toBe(message)
  })

  test('reports the position of errors', () => {
    expect(() => parseFilter("a = 'x' AND #")).toThrow(
      expect.objectContaining({ code: 'INVALID_PARAMETER_VALUE', details: { position: 12 } }),
    )
  })

  const text = fc.string({ unit: 'grapheme', maxLength: 12 })
  const key = text.filter((one) => one !== '')
  const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((one) => one + 0) // no -0
  const comparators = <T extends Comparator>(...all: T[]) => fc.constantFrom(...all)
  const comparison = fc.tuple(
    fc.constantFrom(undefined, 'metrics', 'params', 'tag', 'attributes'),
    key,
    fc.oneof(
      fc.tuple(
        comparators('=', '!=', '<', '<=', '>', '>='),
        fc.record({ kind: fc.constant('number'), value: number }),
      ),
      fc.tuple(
        comparators('=', '!=', 'LIKE', 'ILIKE'),
        fc.record({ kind: fc.constant('string'), value: text }),
      ),
      fc.tuple(
        comparators('IN', 'NOT IN'),
        fc.record({ kind: fc.constant('list'), value: fc.array(text, { minLength: 1, maxLength: 4 }) }),
      ),
      fc.tuple(
        comparators('IS NULL', 'IS NOT NULL'),
        fc.record({ kind: fc.constant('none'), value: fc.constant(null) }),
      ),
    ),
  )

  const clause = comparison.map(
    ([entity, name, [comparator, value]]) =>
      ({ entity, key: name, comparator, value: { ...value, text: '' }, position: 0 }) as Comparison,
  )
  const { filter } = fc.letrec<{ filter: Filter<Comparison>; anyOf: Clause<Comparison> }>((tie) => ({
    filter: fc.array(fc.oneof({ maxDepth: 2 }, clause, tie('anyOf')), { minLength: 1, maxLength: 4 }),
    anyOf: fc.array(tie('filter'), { minLength: 2, maxLength: 3 }).map((anyOf) => ({ anyOf })),
  }))

  test('parses a printed filter to the same filter', () => {
    fc.assert(
      fc.property(filter, (drawn) => {
        fc.pre(comparisonsOf(drawn).length <= 100)
        expect(essence(parseFilter(printFilter(drawn)))).toEqual(essence(drawn))
      }),
      { numRuns: share(500) },
    )
  })

  test('parses any text or rejects it with a client error', () => {
    const piece = fc.constantFrom(
      'metrics.',
      'a',
      ' ',
      '=',
      '>',
      "'",
      '"',
      '`',
      '(',
      ')',
      ',',
      ';',
      'AND',
      'IN',
      '1',
      '-',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((all) => all.join('')),
        ),
        (any) => {
          try {
            parseFilter(any)
          } catch (error) {
            expect(error).toMatchObject({ code: 'INVALID_PARAMETER_VALUE' })
          }
        },
      ),
      { numRuns: share(1000) },
    )
  })
})

describe('parseOrderBy', () => {
  test.each([
    ['metrics.acc DESC', { entity: 'metrics', key: 'acc', descending: true }],
    ['tags.`mlflow.runName` asc', { entity: 'tags', key: 'mlflow.runName', descending: false }],
    ['metrics."acc" desc', { entity: 'metrics', key: 'acc', descending: true }],
    ['start_time', { entity: undefined, key: 'start_time', descending: false }],
  ])('reads %s', (text, expected) => {
    expect(parseOrderBy(text)).toEqual(expected)
  })

  test.each([
    ['metrics.acc FOO', "Invalid ordering key in order_by clause 'metrics.acc FOO'."],
    ['metrics.my metric DESC', "Invalid order_by clause 'metrics.my metric DESC'. Could not be parsed."],
    ['', "Invalid order_by clause ''. Could not be parsed."],
    ["'x", "Invalid order_by clause ''x'. Could not be parsed."],
  ])('rejects %s', (text, message) => {
    expect(() => parseOrderBy(text)).toThrow(message)
  })
})
