import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Sha256 } from './sha256.js'

test('matches the digest of Node for any chunks', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 }), (parts) => {
      const ours = new Sha256()
      const node = createHash('sha256')
      for (const part of parts) {
        ours.update(part)
        node.update(part)
      }
      expect(ours.digest()).toBe(node.digest('hex'))
    }),
  )
})

test('pads inputs of every length around a block', () => {
  for (let length = 50; length < 140; length++) {
    const bytes = new Uint8Array(length).fill(length)
    expect(new Sha256().update(bytes).digest()).toBe(createHash('sha256').update(bytes).digest('hex'))
  }
})
