import { expect, test } from 'vitest'
import { readRequest, type SpanSlices } from './read-request.js'

test('reads the first spans up to the limit in slices, and counts the others', () => {
  const spans = Array.from({ length: 453 }, (_, i) => ({
    ...{ traceId: '3'.repeat(32), spanId: (i + 1).toString(16).padStart(16, '0') },
    ...{ name: 's', startTimeUnixNano: '1', endTimeUnixNano: '2' },
  }))
  const bytes = Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }))
  const { slices, rejected } = readRequest({ bytes, isJson: true, encoding: undefined }, 450) as SpanSlices
  expect(rejected).toBe(3)
  expect(slices.map((batches) => batches.flatMap((batch) => batch.spans).length)).toEqual([200, 200, 50])
})
