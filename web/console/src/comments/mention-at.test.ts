import { expect, test } from 'vitest'
import { mentionAt, putMention } from './mention-at.js'

test.each([
  ['see @mi', { from: 4, name: 'mi' }],
  ['(@민아', { from: 1, name: '민아' }],
  ['@mina@exam', { from: 0, name: 'mina@exam' }],
  ['mina@exam', undefined],
  ['@', undefined],
  ['@mina ', undefined],
])('%s', (text, mention) => {
  expect(mentionAt(text, text.length)).toEqual(mention)
})

test('puts the whole name, and keeps the lines behind it', () => {
  expect(putMention('see @mi\n\nand more', { from: 4, caret: 7 }, 'mina')).toEqual({
    text: 'see @mina \n\nand more',
    caret: 10,
  })
  expect(putMention('@mi now', { from: 0, caret: 3 }, 'mina')).toEqual({ text: '@mina now', caret: 6 })
})
