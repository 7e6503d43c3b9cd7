import { describe, expect, test } from 'vitest'
import { en } from './en.js'
import { ko } from './ko.js'
import { preferredLanguage } from './language.js'

type Entry = string | ((...values: never[]) => string)

const entries = (messages: Record<string, Record<string, Entry>>) =>
  Object.entries(messages).flatMap(([group, texts]) =>
    Object.entries(texts).map(([key, text]) => [`${group}.${key}`, text] as const),
  )

// Texts that are in the other language on purpose.
const INVERTED = ['page.otherLanguage', 'genre.Sci-Fi']

test('has the same keys and parameters in both languages', () => {
  const shape = (messages: typeof en) =>
    entries(messages).map(([key, text]) => [key, typeof text, text.length > 0])
  expect(shape(ko)).toEqual(shape(en))
})

describe('texts are complete and in their language', () => {
  const texts = [...entries(en), ...entries(ko)]
  const filled = (text: Entry) => (typeof text === 'string' ? text : text(...([7, 8, 9] as never[])))
  test.each(texts)('%s', (_, text) => expect(filled(text).trim()).not.toBe(''))
  test.each(entries(ko).filter(([key]) => !INVERTED.includes(key)))('%s is Korean', (_, text) =>
    expect(filled(text)).toMatch(/[가-힣]/),
  )
  test.each(entries(en).filter(([key]) => !INVERTED.includes(key)))('%s is English', (_, text) =>
    expect(filled(text)).not.toMatch(/[가-힣]/),
  )
})

describe('the language', () => {
  test.each([
    [null, ['ko-KR', 'en'], 'ko'],
    [null, ['fr', 'ko'], 'ko'],
    [null, ['de'], 'en'],
    [null, [], 'en'],
    ['en', ['ko'], 'en'],
    ['xx', ['ko'], 'ko'],
  ])('with %j stored in a browser of %j is %s', (stored, browser, language) => {
    expect(preferredLanguage(stored, browser)).toBe(language)
  })
})
