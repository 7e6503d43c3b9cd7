import { expect, test } from 'vitest'
import { sourceFiles } from './source-files.mjs'
import { vacuousPatterns } from './vacuous-patterns.mjs'

test('no test gives `toMatchObject` a pattern, which holds for every string', () => {
  const tests = sourceFiles().filter((file) => file.test || file.unit === 'acceptance')
  expect(tests.length).toBeGreaterThan(100)
  const found = tests.flatMap(({ path, text }) => vacuousPatterns(text).map((line) => `${path}:${line}`))
  expect(found, 'write expect.stringMatching(…)').toEqual([])
})

test('a pattern as an expected field tests nothing, which is the trap', () => {
  const message = /another/
  expect({ message: 'one' }).toMatchObject({ message })
})

test.each([
  ['a field', 'expect(a).toMatchObject({ b: /c/ })', [1]],
  ['an item', "expect(a).toMatchObject(['b', /c/i])", [1]],
  [
    'a field further down',
    "await expect(a).rejects.toMatchObject({\n  b: 'x) /',\n  c: { d: /'e'/ },\n})",
    [3],
  ],
  ['a pattern made from text', 'expect(a).toMatchObject({ b: new RegExp(c) })', [1]],
])('%s is caught where it is planted', (_, text, lines) => {
  expect(vacuousPatterns(text)).toEqual(lines)
})

test.each([
  ['the matcher that is meant', 'expect(a).toMatchObject({ b: expect.stringMatching(/c/) })'],
  ['a text that looks like one', "expect(a).toMatchObject({ b: '/c/', d: ` : /e/ ` })"],
  ['a division', 'expect(a).toMatchObject({ b: (c + 1) / 2, d: e / f / g })'],
  ['another assertion', 'expect(a).toMatchObject({ b: 1 })\nexpect(() => c).toThrow(/d/)\nconst e = [/f/]'],
])('%s is left alone', (_, text) => {
  expect(vacuousPatterns(text)).toEqual([])
})
