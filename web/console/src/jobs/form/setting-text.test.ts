import { expect, test } from 'vitest'
import type { Editor } from './kind-fields.js'
import { fromText, settingOf, toText } from './setting-text.js'

test.each<[Editor, unknown, string]>([
  ['text', 'a b', 'a b'],
  ['lines', ['--k', '10'], '--k\n10'],
  ['map', { a: '1', b: 'x=y' }, 'a=1\nb=x=y'],
  ['number', 3, '3'],
  ['json', { a: [1] }, '{\n  "a": [\n    1\n  ]\n}'],
  ['job', 12, '12'],
])('a value in the editor %s is read as it was shown', (editor, value, text) => {
  expect(toText(value, editor)).toBe(text)
  expect(fromText(text, editor)).toEqual({ value })
})

test('a text that is not a value yet has none', () => {
  expect([fromText('{"a":', 'json'), fromText('1x', 'number')]).toEqual([undefined, undefined])
})

test('a text that was cleared leaves no setting, unless the setting is needed', () => {
  expect(settingOf('', [], false)).toBeUndefined()
  expect(settingOf(' ', {}, false)).toBeUndefined()
  expect(settingOf('', 0, false)).toBeUndefined()
  expect(settingOf('', '', true)).toBe('')
  expect(settingOf('', {}, true)).toEqual({})
  expect(settingOf('a=1', { a: '1' }, false)).toEqual({ a: '1' })
})
