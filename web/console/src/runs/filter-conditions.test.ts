import { expect, test } from 'vitest'
import { column } from './columns.js'
import { completions, fieldAtEnd } from './filter-completion.js'
import { conditionsText, parseConditions } from './filter-conditions.js'

test('builds the filter that it reads', () => {
  const filter =
    "metrics.`train loss` <= 0.5 AND params.model = \"it's\" AND tags.team IS NOT NULL AND attributes.status = 'FINISHED'"
  const conditions = parseConditions(filter)!
  expect(conditions[0]).toEqual({ field: 'metrics.train loss', comparator: '<=', value: '0.5' })
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

test('completes keys, comparators, values and joints', () => {
  const available = [column('metrics', 'train loss'), column('params', 'model'), column('tags', 'team')]
  expect(completions('lo', available, [])).toEqual(['metrics.`train loss` '])
  expect(completions("params.model = 'als' AND mod", available, [])).toEqual([
    "params.model = 'als' AND params.model ",
  ])
  expect(completions('metrics.a ', available, [])).toContain('metrics.a >= ')
  expect(fieldAtEnd("tags.team = 'se")).toBe('tags.team')
  expect(completions("tags.team = 'se", available, ['search', 'home'])).toEqual(["tags.team = 'search'"])
  expect(completions('tags.team =', available, ["it's"])).toEqual([`tags.team = "it's"`])
  expect(completions('metrics.a > 1 ', available, [])).toEqual(['metrics.a > 1 AND ', 'metrics.a > 1 OR '])
  expect(fieldAtEnd('metrics.a > ')).toBeUndefined()
})
