import { expect, test } from 'vitest'
import { looksLikeMarkdown } from './looks-like-markdown.js'

test('recognizes the marks of Markdown', () => {
  const marked = [
    '# Answer',
    'You may like **Heat**.',
    '- one\n- two',
    '1. one\n\n2. two',
    '```\ncode\n```',
    'call `fit()`',
    'see [the page](https://example.org)',
    'a | b\n--- | ---\n1 | 2',
  ]
  expect(marked.map(looksLikeMarkdown)).toEqual(marked.map(() => true))
})

test('leaves plain text, whose line breaks matter', () => {
  const plain = ['Heat', 'one\ntwo', '2 * 3 * 4', '- 5 degrees', '#tag', 'a | b', 'x[0](y', '']
  expect(plain.map(looksLikeMarkdown)).toEqual(plain.map(() => false))
})

test('reads a long hostile text quickly', () => {
  const plain = ['|'.repeat(200_000), '[a'.repeat(100_000), '- \n'.repeat(70_000)]
  const marked = ['`'.repeat(200_000), '**'.repeat(100_000)]
  expect(plain.map(looksLikeMarkdown)).toEqual(plain.map(() => false))
  expect(marked.map(looksLikeMarkdown)).toEqual(marked.map(() => true))
  expect(looksLikeMarkdown(`${'x|'.repeat(1_900)}\n`)).toBe(false)
})
