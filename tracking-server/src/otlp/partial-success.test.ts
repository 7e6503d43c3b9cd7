import { expect, test } from 'vitest'
import { partialSuccess } from './partial-success.js'

test('encodes rejected spans as OTLP does', () => {
  const text = '300 spans were not stored: a request has too many. Send fewer in one request.'
  expect(JSON.parse(partialSuccess(300, true).toString())).toEqual({
    partialSuccess: { rejectedSpans: '300', errorMessage: text },
  })
  const body = partialSuccess(300, false)
  // Field 1, a message of field 1, the number 300 as varint, and field 2, the text
  expect([...body.subarray(0, 7)]).toEqual([0x0a, text.length + 5, 0x08, 0xac, 0x02, 0x12, text.length])
  expect(body.subarray(7).toString()).toBe(text)
})
