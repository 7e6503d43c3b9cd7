import { expect, test } from 'vitest'
import { globMatcher, ignoreMatcher } from './patterns.js'

test.each<[string, string[], string[]]>([
  ['*.md', ['a.md', 'docs/a.md'], ['a.mdx', 'a.md.txt']],
  ['data', ['data', 'data/x.csv', 'src/data/x'], ['database', 'src/data.csv']],
  ['data/', ['data/x.csv', 'src/data/y/x'], ['data']],
  ['/data', ['data/x'], ['src/data/x']],
  ['./src/*.py', ['src/a.py'], ['src/a/b.py', 'a/src/a.py']],
  ['src/**/test_*.py', ['src/test_a.py', 'src/a/b/test_c.py'], ['test_a.py']],
  ['dist/**', ['dist/a', 'dist/a/b'], ['dist']],
  ['a?.[x]', ['ab.[x]'], ['ab.x', 'a.[x]']],
])('the pattern %s of sync', (pattern, matching, others) => {
  const matches = ignoreMatcher(pattern)
  expect(matching.filter((path) => !matches(path))).toEqual([])
  expect(others.filter(matches)).toEqual([])
})

test('patterns of include name whole paths', () => {
  expect(globMatcher('resources/*.yml')('resources/a.yml')).toBe(true)
  expect(globMatcher('resources/*.yml')('x/resources/a.yml')).toBe(false)
})

test('negated patterns are refused', () => {
  expect(() => ignoreMatcher('!keep')).toThrow("'!keep' is not supported")
})
