import { expect, test } from 'vitest'
import { mentionedNames } from './mentioned-names.js'

test.each([
  ['@mina look', ['mina']],
  ['(@Mina), @mina@example.com: see @data-eng.', ['mina', 'mina@example.com', 'data-eng']],
  ['@민아 확인해 주세요', ['민아']],
  ['`@code` and\n```\n@block\n```\nand @after', ['after']],
  ['mail mina@example.com, /@path, @@twice, @', []],
  ['```\n@open', []],
])('%s', (text, names) => {
  expect(mentionedNames(text)).toEqual(names)
})

test('keeps a limited number of names, in linear time', () => {
  expect(mentionedNames(Array.from({ length: 60 }, (_, i) => `@p${i}`).join(' '))).toHaveLength(50)
  expect(mentionedNames(`@${'a.'.repeat(2000)}`)).toHaveLength(1)
})
