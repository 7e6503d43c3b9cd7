import { expect, test } from 'vitest'
import { mentionedNames } from './mentioned-names.js'

test.each([
  ['@mina look', ['mina']],
  ['(@Mina), @mina@example.com: see @data-eng.', ['mina', 'mina@example.com', 'data-eng']],
  ['@mina님과 @jun.park에게 물어봐 주세요', ['mina', 'jun.park']],
  ['@민아 확인해 주세요', []],
  ['`@code` and\n```\n@block\n```\nand @after', ['after']],
  ['mail mina@example.com, /@path, @@twice, @', []],
  ['```\n@open', []],
])('%s', (text, names) => {
  expect(mentionedNames(text)).toEqual(names)
})

test('keeps a limited number of names that a principal may have, in linear time', () => {
  expect(mentionedNames(Array.from({ length: 60 }, (_, i) => `@p${i}`).join(' '))).toHaveLength(50)
  expect(mentionedNames(`@${'a'.repeat(255)}`)).toHaveLength(1)
  expect(mentionedNames(`@${'a.'.repeat(2000)}`)).toEqual([])
})
