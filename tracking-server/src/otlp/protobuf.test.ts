import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readTraceRequest } from './protobuf.js'

/** Written by opentelemetry-proto's Python package, with every kind of value and with fields that are ignored. */
const RECORDED =
  'Co8DChoKGAoMc2VydmljZS5uYW1lEggKBm1vdmllcxLtAgoGCgFzEgExEt8CChAK92UZFs1D3YRI6yEcgDGcEgi3rWtxaSAzMRoDYT1iIggA8GeqC6kCtyoN7JiB7ZmUIOy2lOyynDADOXsAKjb+nJcXQcgwko/+nJcXSg0KBHRleHQSBQoDYSJiSgkKA3llcxICEAFKCAoCbm8SAhAAShIKA2ludBILGP/////////v/wFKEwoGZG91YmxlEgkhAAAAAAAAAEBKEAoDbmFuEgkhAAAAAAAA+H9KFQoEbGlzdBINKgsKAhgBCgMKAXgKAEoiCgNtYXASGzIZCg4KAWESCSFIr7ya8td6PgoHCgFiEgIqAEoNCgVieXRlcxIEOgIA/0oICgRub25lEgBQAloZCecDKjb+nJcXEgVyZXRyeRoHCgFuEgIYAmouChAAAQIDBAUGBwgJCgsMDQ4PEggAAQIDBAUGByIQCgN3aHkSCQoHZm9sbG93c3oJEgVicm9rZRgChQEBAQAAGgF1GgF2'
const bytes = Buffer.from(RECORDED, 'base64')

describe('OTLP in protobuf', () => {
  test('decodes to the same request as JSON', () => {
    const attribute = (key: string, value: object) => ({ key, value })
    expect(readTraceRequest(bytes)).toEqual({
      resourceSpans: [
        {
          resource: { attributes: [attribute('service.name', { stringValue: 'movies' })] },
          scopeSpans: [
            {
              spans: [
                {
                  traceId: '0af7651916cd43dd8448eb211c80319c',
                  spanId: 'b7ad6b7169203331',
                  parentSpanId: '00f067aa0ba902b7',
                  name: '영화 추천',
                  startTimeUnixNano: 1700000000000000123n,
                  endTimeUnixNano: 1700000001500000456n,
                  attributes: [
                    attribute('text', { stringValue: 'a"b' }),
                    attribute('yes', { boolValue: true }),
                    attribute('no', { boolValue: false }),
                    attribute('int', { intValue: -9007199254740993n }),
                    attribute('double', { doubleValue: 2 }),
                    attribute('nan', { doubleValue: Number.NaN }),
                    attribute('list', {
                      arrayValue: { values: [{ intValue: 1n }, { stringValue: 'x' }, {}] },
                    }),
                    attribute('map', {
                      kvlistValue: {
                        values: [attribute('a', { doubleValue: 1e-7 }), attribute('b', { arrayValue: {} })],
                      },
                    }),
                    attribute('bytes', { bytesValue: 'AP8=' }),
                    attribute('none', {}),
                  ],
                  events: [
                    {
                      timeUnixNano: 1700000000000000999n,
                      name: 'retry',
                      attributes: [attribute('n', { intValue: 2n })],
                    },
                  ],
                  links: [
                    {
                      traceId: '000102030405060708090a0b0c0d0e0f',
                      spanId: '0001020304050607',
                      attributes: [attribute('why', { stringValue: 'follows' })],
                    },
                  ],
                  status: { message: 'broke', code: 2n },
                },
              ],
            },
          ],
        },
      ],
    })
  })

  test('decodes an empty body, and skips unknown fields', () => {
    expect(readTraceRequest(new Uint8Array())).toEqual({})
    expect(readTraceRequest(Buffer.from('a806017a03616263850101000000', 'hex'))).toEqual({})
  })

  test('decodes or rejects truncated and corrupted requests, and never hangs', () => {
    const read = (changed: Uint8Array) => {
      try {
        return typeof readTraceRequest(changed)
      } catch (error) {
        return error instanceof Error ? 'refused' : 'odd'
      }
    }
    for (let length = 0; length < bytes.length; length++)
      expect(['object', 'refused']).toContain(read(bytes.subarray(0, length)))
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, byte) => {
        const changed = Uint8Array.from(bytes)
        changed[at] = byte
        expect(['object', 'refused']).toContain(read(changed))
      }),
    )
  })

  test.each([
    ['text', Buffer.from('this is not protobuf at all')],
    ['a truncated field', Buffer.from('0aff01', 'hex')],
    ['an unterminated varint', Buffer.from('0a80808080808080808080ff', 'hex')],
    ['text that is not UTF-8', Buffer.from('0a07120512032a01ff', 'hex')],
    ['values nested too deeply', nested(200)],
  ])('rejects %s', (_what, malformed) => {
    expect(() => readTraceRequest(malformed)).toThrow()
  })
})

/** An attribute with lists nested to the given depth. */
function nested(times: number): Uint8Array {
  const field = (number: number, content: Buffer) => {
    const length: number[] = []
    for (let rest = content.length; ; rest >>= 7) {
      length.push(rest > 127 ? (rest & 127) | 128 : rest)
      if (rest <= 127) break
    }
    return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), content])
  }
  let value = Buffer.alloc(0)
  for (let i = 0; i < times; i++) value = field(5, field(1, value))
  return field(1, field(2, field(2, field(9, field(2, value)))))
}
