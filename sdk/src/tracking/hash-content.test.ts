import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Content } from '../transport.js'
import { hashContent } from './hash-content.js'

const text = 'grüße'.repeat(10_000)
const bytes = new TextEncoder().encode(text)
const expected = { size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }

const contents: [string, Content][] = [
  ['text', text],
  ['bytes', bytes],
  ['a Blob', new Blob([bytes])],
  ['a stream', { size: bytes.length, open: () => new Blob([bytes]).stream() }],
]

test.each(contents)('hashes %s while it is sent, and again for a retry', async (_, content) => {
  const { content: sent, digest } = await hashContent(content)
  for (let attempt = 0; attempt < 2; attempt++) {
    const body = typeof sent === 'object' && 'open' in sent ? sent.open() : (sent as BodyInit)
    expect(await new Response(body).text()).toBe(text)
  }
  expect(digest()).toEqual(expected)
  expect(digest()).toEqual(expected)
})
