import { expect, test } from 'vitest'
import { mentionAt } from './mention-at.js'

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
