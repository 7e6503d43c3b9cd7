import { expect, test } from 'vitest'
import { releaseBuffer } from './release-buffer.js'

test('detaches bytes that own their buffer, and may be called again', () => {
  const bytes = Buffer.allocUnsafeSlow(64)
  releaseBuffer(bytes)
  expect(bytes.length).toBe(0)
  releaseBuffer(bytes)
})

test('does nothing to bytes of a shared buffer', () => {
  const shared = new Uint8Array(8).fill(7)
  const pooled = Buffer.from('pooled')
  releaseBuffer(shared.subarray(0, 4))
  releaseBuffer(pooled)
  releaseBuffer(new Uint8Array(new SharedArrayBuffer(4)))
  expect([...shared]).toEqual([7, 7, 7, 7, 7, 7, 7, 7])
  expect(pooled.toString()).toBe('pooled')
})

test('releases memory at once', () => {
  const before = process.memoryUsage().arrayBuffers
  for (let i = 0; i < 100; i++) releaseBuffer(Buffer.allocUnsafeSlow(1024 * 1024))
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024)
})
