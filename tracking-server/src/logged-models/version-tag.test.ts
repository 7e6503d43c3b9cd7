import { expect, test } from 'vitest'
import { addVersion } from './version-tag.js'

test.each([
  undefined,
  '',
  'not JSON',
  '{}',
  '[null, 1, {"name": "b"}, {"name": "b", "version": {}}, {"name": "b", "version": "x"}]',
])('replaces a malformed tag, %s, by one version', (value) => {
  expect(addVersion(value, { name: 'a"', version: 1 })).toBe('[{"name": "a\\"", "version": 1}]')
})

test('lists a version once, also if its number is a string', () => {
  const noted = '[{"name": "a", "version": "01"}]'
  expect(addVersion(noted, { name: 'a', version: 1 })).toBe('[{"name": "a", "version": 1}]')
  expect(addVersion(noted, { name: 'a', version: 2 })).toBe(
    '[{"name": "a", "version": 1}, {"name": "a", "version": 2}]',
  )
})
