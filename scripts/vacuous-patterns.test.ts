import { expect, test } from 'vitest'
import { sourceFiles } from './source-files.mjs'
import { vacuousPatterns } from './vacuous-patterns.mjs'

test('no test passes a pattern to `toMatchObject`, which accepts every string for it', () => {
  const tests = sourceFiles().filter((file) => file.test || file.unit === 'acceptance')
  expect(tests.length).toBeGreaterThan(100)
  const found = tests.flatMap(({ path, text }) => vacuousPatterns(text).map((line) => `${path}:${line}`))
  expect(found, 'write expect.stringMatching(…)').toEqual([])
})

test('`toMatchObject` accepts every string for an expected pattern', () => {
  const message = /another/
  expect({ message: 'one' }).toMatchObject({ message })
})

test.each([
  ['a field', 'expect(a).toMatchObject({ b: /c/ })', [1]],
  ['an item', "expect(a).toMatchObject(['b', /c/i])", [1]],
  ['a nested field', "await expect(a).rejects.toMatchObject({\n  b: 'x) /',\n  c: { d: /'e'/ },\n})", [3]],
  ['a pattern created from a string', 'expect(a).toMatchObject({ b: new RegExp(c) })', [1]],
])('%s is reported with its line', (_, text, lines) => {
  expect(vacuousPatterns(text)).toEqual(lines)
})

test.each([
  ['the matcher for strings', 'expect(a).toMatchObject({ b: expect.stringMatching(/c/) })'],
  ['a string that looks like a pattern', "expect(a).toMatchObject({ b: '/c/', d: ` : /e/ ` })"],
  ['a division', 'expect(a).toMatchObject({ b: (c + 1) / 2, d: e / f / g })'],
  ['another assertion', 'expect(a).toMatchObject({ b: 1 })\nexpect(() => c).toThrow(/d/)\nconst e = [/f/]'],
])('%s is not reported', (_, text) => {
  expect(vacuousPatterns(text)).toEqual([])
})
