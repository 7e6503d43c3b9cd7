import fc from 'fast-check'
import { expect, test } from 'vitest'
import { packRequests, unpackRequests } from './request-batch.js'

const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined })
const request = fc.record({
  id: fc.nat(),
  deadline: fc.integer({ min: 0, max: 2 ** 45 }),
  protocol: fc.constantFrom('mlflow', 'oip'),
  name: fc.constantFrom('a', 'b'),
  version: fc.constantFrom('1', '2'),
  body: fc.record(
    {
      bytes: fc.uint8Array({ maxLength: 20 }),
      contentType: optional(fc.constantFrom('application/json', 'text/csv')),
      contentEncoding: optional(fc.constant('gzip')),
      jsonLength: optional(fc.nat(9)),
    },
    { requiredKeys: ['bytes'] },
  ),
})

test('a batch has the requests that were packed, also after it was cloned to another thread', () => {
  fc.assert(
    fc.property(fc.array(request, { maxLength: 9 }), (requests) => {
      const batch = packRequests(requests as Parameters<typeof packRequests>[0])
      expect(batch.contexts.length).toBeLessThanOrEqual(requests.length)
      const sent = structuredClone(batch, { transfer: [batch.bodies.buffer] })
      expect(unpackRequests(sent)).toEqual(requests)
    }),
  )
})
