import { expect, test } from 'vitest'
import { en } from './en.js'
import { formatAgo, formatBytes, formatDuration, formatMetric } from './format.js'
import { ko } from './ko.js'
import { preferredLanguage } from './language.js'

type Tree = { readonly [key: string]: string | Tree }

const flatten = (tree: Tree, path = ''): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[path + key, value] as [string, string]] : flatten(value, `${path}${key}.`),
  )

const english = flatten(en)
const korean = new Map(flatten(ko))

test('English and Korean have the same keys; Korean has one plural form', () => {
  const wanted = english.map(([key]) => key).filter((key) => !key.endsWith('_one'))
  expect([...korean.keys()].sort()).toEqual(wanted.sort())
})

test('each Korean text fills in what its English text fills in', () => {
  const slots = (text: string) => [...new Set(text.match(/\{\{\s*\w+/g))].sort()
  for (const [key, text] of english.filter(([key]) => !key.endsWith('_one')))
    expect(slots(korean.get(key)!), key).toEqual(slots(text))
})

test('no Korean particle that depends on a filled-in word', () => {
  for (const [key, text] of korean)
    expect(text, key).not.toMatch(/\}\}(은|는|이|가|을|를|과|와|으로|로)(\s|$)/)
})

test('the chosen language wins over the browser, an unknown one is English', () => {
  expect(preferredLanguage('ko', ['en-US'])).toBe('ko')
  expect(preferredLanguage(null, ['fr', 'ko-KR', 'en'])).toBe('ko')
  expect(preferredLanguage(null, ['fr'])).toBe('en')
})

test('figures keep four decimals, and extremes stay readable', () => {
  expect(
    ['NaN', 0.0861, 12, 1234.5678, 1e-7, 1.7976931348623157e308, undefined].map((n) => formatMetric(n)),
  ).toEqual(['NaN', '0.0861', '12', '1,234.6', '1.000e-7', '∞', ''])
})

test('durations, sizes and ages', () => {
  expect([842, 3_200, 250_000, 7_500_000].map(formatDuration)).toEqual([
    '842 ms',
    '3.2 s',
    '4 m 10 s',
    '2 h 5 m',
  ])
  expect([999, 1_500, 2_000_000].map(formatBytes)).toEqual(['999 B', '1.50 kB', '2.00 MB'])
  expect(formatAgo(0, 3_600_000, 'ko')).toBe('1시간 전')
})
