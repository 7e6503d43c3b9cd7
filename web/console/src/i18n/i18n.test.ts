import { expect, test } from 'vitest'
import { columnDecimals } from '../metrics/column-decimals.js'
import { en } from './en.js'
import { formatAgo, formatBytes, formatDuration, formatMetric, formatRange, formatTick } from './format.js'
import { ko } from './ko.js'
import { preferredLanguage } from './language.js'

type Tree = { readonly [key: string]: string | Tree }

const flatten = (tree: Tree, path = ''): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[path + key, value] as [string, string]] : flatten(value, `${path}${key}.`),
  )

const english = flatten(en)
const korean = new Map(flatten(ko))

test('has the same keys in English and Korean, with one plural form in Korean', () => {
  const wanted = english.map(([key]) => key).filter((key) => !key.endsWith('_one'))
  expect([...korean.keys()].sort()).toEqual(wanted.sort())
})

test('uses the same placeholders in both languages', () => {
  const slots = (text: string) => [...new Set(text.match(/\{\{\s*\w+/g))].sort()
  for (const [key, text] of english.filter(([key]) => !key.endsWith('_one')))
    expect(slots(korean.get(key)!), key).toEqual(slots(text))
})

test('puts no Korean particle right after a placeholder', () => {
  for (const [key, text] of korean)
    expect(text, key).not.toMatch(/\}\}(은|는|이|가|을|를|과|와|으로|로)(\s|$)/)
})

/** Names of languages in themselves, and examples of the filter language. */
const SAME = new Set(['language.en', 'language.ko', 'traceFilter.placeholder', 'models.useWith.python'])

test('has no text of one language in the other', () => {
  for (const [key, text] of english.filter(([key]) => !SAME.has(key)))
    expect(text, key).not.toMatch(/[가-힣]/)
  for (const [key, text] of [...korean].filter(([key]) => !SAME.has(key))) {
    // Placeholders, commands and names of fields are the same in both.
    const own = text.replace(/\{\{[^}]*\}\}|cairn( [a-z]+)+|'[^']*'|"[^"]*"|[a-z]+[._][a-z_.]+/g, '')
    expect(own, `${key}: English prose`).not.toMatch(/[a-z]{3,} [a-z]{2,}/)
    if (/[a-z]{4,}/.test(own)) expect(own, `${key}: no Korean`).toMatch(/[가-힣]/)
  }
})

test('prefers the stored language to the one of the browser and falls back to English', () => {
  expect(preferredLanguage('ko', ['en-US'])).toBe('ko')
  expect(preferredLanguage(null, ['fr', 'ko-KR', 'en'])).toBe('ko')
  expect(preferredLanguage(null, ['fr'])).toBe('en')
})

test('formats metrics with four decimals and extremes as exponents', () => {
  expect(
    ['NaN', 0.0861, 12, 1234.5678, 1e-7, 1.7976931348623157e308, undefined].map((n) => formatMetric(n)),
  ).toEqual(['NaN', '0.0861', '12', '1,234.6', '1.000e-7', '∞', ''])
  expect([7_241_732_096, -1_000_000_001, 1e12, 1e9 + 0.5].map((n) => formatMetric(n))).toEqual([
    ...['7,241,732,096', '-1,000,000,001', '1.000e12', '1.000e9'],
  ])
})

test('formats all metrics of a column with the decimals of the one that needs the most', () => {
  const shown = (values: number[]) => values.map((value) => formatMetric(value, 'en', columnDecimals(values)))
  expect(shown([0.999, 1.5, 2, 1234.5, 0])).toEqual(['0.9990', '1.5000', '2.0000', '1,234.5000', '0.0000'])
  expect(shown([1.5, 20.25, -3])).toEqual(['1.50', '20.25', '-3.00'])
  expect(shown([3, 1200])).toEqual(['3', '1,200'])
  expect(shown([1e-7, Number.NaN, 1e12])).toEqual(['1.000e-7', 'NaN', '1.000e12'])
})

test('formats both ends of a range with the decimals of the one that needs more', () => {
  expect(
    [
      [0, 0.006],
      [1, 2.5],
      [3, 4],
      [0.25, Number.POSITIVE_INFINITY],
    ].map(([low, high]) => formatRange(low!, high!)),
  ).toEqual(['0.0000 – 0.0060', '1.0 – 2.5', '3 – 4', '0.2500 – ∞'])
})

test('formats ticks of axes with as many digits as they need', () => {
  for (const language of ['en', 'ko'])
    expect(
      [0, 0.5, -0.002, 0.1 + 0.2, 10_000, 12_345.25, 1e6, 1_250_000, -2e-5].map((tick) =>
        formatTick(tick, language),
      ),
    ).toEqual(['0', '0.5', '-0.002', '0.3', '10,000', '12,345.25', '1e6', '1.25e6', '-2e-5'])
})

test('formats durations, sizes and ages', () => {
  const durations = [842, 3_200, 250_000, 7_500_000, 273_600_000]
  expect(durations.map((ms) => formatDuration(ms, 'en'))).toEqual([
    ...['842 ms', '3.2 s', '4 m 10 s', '2 h 5 m', '3 d 4 h'],
  ])
  expect(durations.map((ms) => formatDuration(ms, 'ko'))).toEqual([
    ...['842밀리초', '3.2초', '4분 10초', '2시간 5분', '3일 4시간'],
  ])
  expect([999, 1_500, 2_000_000].map(formatBytes)).toEqual(['999 B', '1.50 kB', '2.00 MB'])
  expect(formatAgo(0, 3_600_000, 'ko')).toBe('1시간 전')
})
