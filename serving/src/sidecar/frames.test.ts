import { expect, test } from 'vitest'
import { FrameReader, writeFrame } from './frames.js'

const bytesOf = (header: object, body?: Uint8Array) => Buffer.concat(writeFrame(header, body))

test('reads frames wherever the stream is cut', () => {
  const frames = [
    { header: { id: 1 }, body: Buffer.from('first') },
    { header: { id: 2, text: 'ü' }, body: Buffer.alloc(0) },
  ]
  const stream = Buffer.concat(frames.map(({ header, body }) => bytesOf(header, body)))
  for (let cut = 0; cut <= stream.length; cut++) {
    const reader = new FrameReader()
    expect([...reader.read(stream.subarray(0, cut)), ...reader.read(stream.subarray(cut))]).toEqual(frames)
  }
})

test.each([
  ['text', Buffer.from('Traceback (most recent call last)')],
  ['a header that is no object', Buffer.concat([Buffer.from([0, 0, 0, 1, 0, 0, 0, 0]), Buffer.from('7')])],
  ['a header that is no JSON', Buffer.concat([Buffer.from([0, 0, 0, 1, 0, 0, 0, 0]), Buffer.from('x')])],
])('rejects %s', (_, bytes) => {
  expect(() => new FrameReader().read(bytes)).toThrow()
})
