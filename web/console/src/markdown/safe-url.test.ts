import { expect, test } from 'vitest'
import { isRelative, safeImage, safeLink } from './safe-url.js'

test.each([
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'java\nscript:alert(1)',
  '\u0001javascript:alert(1)',
  'data:text/html,<script>',
  'vbscript:x',
  'file:///etc/passwd',
  '//evil.example/x',
  '#heading',
  '/get-artifact?run_id=x',
])('refuses the link %j', (url) => {
  expect(safeLink(url)).toBeUndefined()
})

test('keeps links to the web, to mail and to pages of the console', () => {
  for (const url of ['https://a.example/b', 'HTTP://a', 'mailto:a@b.example', '#/models/films'])
    expect(safeLink(url)).toBe(url)
})

test('shows images only from the text itself, and none that may hold a script', () => {
  expect(safeImage('data:image/png;base64,AAAA')).toBeDefined()
  for (const url of ['data:image/svg+xml;base64,AAAA', 'https://spy.example/a.png', 'blob:x'])
    expect(safeImage(url)).toBeUndefined()
})

test('tells a path beside the text from other URLs', () => {
  expect(['plot.png', 'a/b.md', '../x'].map(isRelative)).toEqual([true, true, true])
  expect(['', '/x', '#x', '?x', 'java\tscript:x', 'https://x'].map(isRelative)).toEqual(Array(6).fill(false))
})
