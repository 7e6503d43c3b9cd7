import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import { MarkdownText } from './markdown-text.js'
import { remarkMentions } from './mention-nodes.js'

test('makes names strong, and leaves code and addresses alone', () => {
  const text = (value: string) => ({ type: 'text', value })
  const code = { type: 'inlineCode', value: '@code' }
  const tree = {
    type: 'root',
    children: [{ type: 'paragraph', children: [text('see @mina, a@b; @jun에게'), code] }],
  }
  remarkMentions()(tree)
  expect(tree.children[0]!.children).toEqual([
    text('see '),
    { type: 'strong', children: [text('@mina')] },
    text(', a@b; '),
    { type: 'strong', children: [text('@jun')] },
    text('에게'),
    code,
  ])
})

test('makes the address of a user strong, though GFM links it, and leaves other addresses linked', () => {
  const html = renderToStaticMarkup(
    createElement(MarkdownText, { text: 'ask @mina@example.com, or bo@example.com', mentions: true }),
  )
  expect(html).toContain('ask <strong>@mina@example.com</strong>, or <a href="mailto:bo@example.com"')
})
