import { expect, test } from 'vitest'
import { returnPath } from './return-path.js'

test.each(['/', '/ml/#/experiments/1?filter=a', '/docs?x=//evil.org', '/#/join?code=a'])('keeps %j', (path) =>
  expect(returnPath(path, '/')).toBe(path),
)

test.each([
  '//evil.org',
  '/\\evil.org',
  '\\\\evil.org',
  '/.//evil.org',
  '/x/..//evil.org',
  '/\t/evil.org',
  'https://evil.org',
  'javascript:alert(1)',
  'evil.org',
  '',
  undefined,
])('does not leave the server: %j', (path) => expect(returnPath(path, '/home')).toBe('/home'))
