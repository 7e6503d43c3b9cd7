import { expect, test } from 'vitest'
import { column } from './columns.js'
import { completeFilter, fieldAtEnd } from './filter-completion.js'
import { conditionsText, parseConditions, startedSince } from './filter-conditions.js'

test('builds the filter that it reads', () => {
  const filter =
    "attributes.run_name RLIKE '^run-[12]$' AND metrics.`train loss` <= 0.5 AND params.model = \"it's\" AND tags.team IS NOT NULL AND attributes.status = 'FINISHED'"
  const conditions = parseConditions(filter)!
  expect(conditions[1]).toEqual({ field: 'metrics.train loss', comparator: '<=', value: '0.5' })
  expect(conditionsText(conditions)).toBe(filter)
  expect(parseConditions('')).toEqual([])
  expect(parseConditions('metric.loss > 1 and run_name LIKE "a%"')).toEqual([
    { field: 'metrics.loss', comparator: '>', value: '1' },
    { field: 'attributes.run_name', comparator: 'LIKE', value: 'a%' },
  ])
})

test('leaves filters alone that are more than conditions joined by AND', () => {
  for (const filter of [
    "params.a = '1' OR params.b = '2'",
    "(params.a = '1')",
    "run_id IN ('a')",
    'metrics.a >',
  ])
    expect(parseConditions(filter), filter).toBeUndefined()
})

test('leaves out conditions that cannot be written', () => {
  const both = { field: 'params.a', comparator: '=', value: `it's "x"` }
  const text = { field: 'metrics.a', comparator: '>', value: 'high' }
  expect(conditionsText([both, text, { field: 'params.', comparator: '=', value: '' }])).toBe('')
})

test('adds the start of runs to a filter, and replaces an earlier one', () => {
  const since = 'attributes.start_time >= 5'
  expect(startedSince('', 5)).toBe(since)
  expect(startedSince('metrics.loss < 1', 5)).toBe(`metrics.loss < 1 AND ${since}`)
  expect(startedSince('start_time > 1 AND attributes.start_time < 9', 5)).toBe(
    `attributes.start_time < 9 AND ${since}`,
  )
  expect(startedSince("tags.a = 'x' OR tags.b = 'y'", 5)).toBe(`(tags.a = 'x' OR tags.b = 'y') AND ${since}`)
})

test('completes keys, comparators, values and joints', () => {
  const available = [column('metrics', 'train loss'), column('params', 'model'), column('tags', 'team')]
  expect(completeFilter('lo', available, [])).toEqual({ from: 0, suggestions: ['metrics.`train loss`'] })
  expect(completeFilter("params.model = 'als' AND mod", available, [])).toEqual({
    from: 25,
    suggestions: ['params.model'],
  })
  expect(completeFilter('params.model', available, []).suggestions).toEqual([])
  expect(completeFilter('metrics.a ', available, []).suggestions).toContain('>=')
  expect(fieldAtEnd("tags.team = 'se")).toBe('tags.team')
  expect(completeFilter("tags.team = 'se", available, ['search', 'home'])).toEqual({
    from: 12,
    suggestions: ["'search'"],
  })
  expect(completeFilter("tags.team = 'search'", available, ['search']).suggestions).toEqual([])
  expect(completeFilter('tags.team =', available, ["it's"])).toEqual({ from: 11, suggestions: [`"it's"`] })
  expect(completeFilter('metrics.a > 1 ', available, [])).toEqual({ from: 14, suggestions: ['AND', 'OR'] })
  expect(fieldAtEnd('metrics.a > ')).toBeUndefined()
})
