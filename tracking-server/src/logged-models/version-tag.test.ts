import { expect, test } from 'vitest'
import { withVersion } from './version-tag.js'

test.each([
  undefined,
  '',
  'no JSON',
  '{}',
  '[null, 1, {"name": "b"}, {"name": "b", "version": {}}, {"name": "b", "version": "x"}]',
])('after %s, which notes nothing, there is one version', (value) => {
  expect(withVersion(value, { name: 'a"', version: 1 })).toBe('[{"name": "a\\"", "version": 1}]')
})

test('a version is noted once, also where its number is a text', () => {
  const noted = '[{"name": "a", "version": "01"}]'
  expect(withVersion(noted, { name: 'a', version: 1 })).toBe('[{"name": "a", "version": 1}]')
  expect(withVersion(noted, { name: 'a', version: 2 })).toBe(
    '[{"name": "a", "version": 1}, {"name": "a", "version": 2}]',
  )
})
