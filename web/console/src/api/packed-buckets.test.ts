import { expect, test } from 'vitest'
import { unpackBuckets } from './packed-buckets.js'

/** Bytes of columns of doubles. */
const doubles = (...values: number[]) => [...new Uint8Array(Float64Array.from(values).buffer)]
const base64 = (bytes: number[]) => btoa(String.fromCharCode(...bytes))

test('lists packed buckets, cut by the range, without a range of values where all are NaN', () => {
  const { POSITIVE_INFINITY, NEGATIVE_INFINITY, NaN: nan } = Number
  const bytes = [
    2, // buckets
    ...[0, 0xa0, 0x1f, 0x03], // times 2000 and 1998 as zigzag varints of differences
    ...[1, ...doubles(-1, 9)], // steps
    ...doubles(nan, 3),
    ...doubles(POSITIVE_INFINITY, 2),
    ...doubles(NEGATIVE_INFINITY, 4),
  ]
  const runs = [{ run_id: 'r', first_timestamp: 5, buckets: base64(bytes) }]
  expect(unpackBuckets({ start: -6, end: 10, origin: -8, width: 8, runs })).toEqual({
    ...{ start: -6, end: 10, origin: -8, width: 8, lastPoint: 9 },
    runs: [
      {
        run_id: 'r',
        first_timestamp: 5,
        buckets: [
          { first_step: -6, last_step: -1, last: 'NaN', last_timestamp: 2000 },
          { first_step: 8, last_step: 10, min: 2, max: 4, last: 3, last_timestamp: 1998 },
        ],
      },
    ],
  })
})
