import { expect, test } from 'vitest'
import { experimentFilter, tagFilter } from './experiment-filter.js'

test('searches parts of names, and tags in MLflow’s language', () => {
  expect(experimentFilter('churn')).toBe("name ILIKE '%churn%'")
  expect(experimentFilter("tags.team = 'a' AND name LIKE 'b%'")).toBe("tags.team = 'a' AND name LIKE 'b%'")
  for (const unfinished of ['tags.team', 'tags.team = ', "tags.team = 'a", "tags.team = 'a' AND"])
    expect(experimentFilter(unfinished)).toMatch(/^name ILIKE /)
})

test('filters by a tag with any key and value', () => {
  expect(tagFilter('team', 'churn')).toBe("tags.team = 'churn'")
  expect(tagFilter('cost center', "mina's")).toBe('tags.`cost center` = "mina\'s"')
  expect(experimentFilter(tagFilter('cost center', 'x y'))).toBe("tags.`cost center` = 'x y'")
})
