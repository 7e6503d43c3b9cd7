import { expect, test } from 'vitest'
import { toPreview } from './preview.js'

const inputs = (content: string) => ({ messages: [{ role: 'user', content }] })

test.each([0, 1])('truncates at a whole character, after %i others', (before) => {
  const text = 'a'.repeat(before) + '\u{1f600}'.repeat(1001)
  const preview = toPreview(inputs(text), 'user')!
  expect(preview).toBe(`${[...text].slice(0, 997).join('')}...`)
  expect(toPreview(inputs('\u{1f600}'.repeat(1000)), 'user')).not.toContain('...')
})
