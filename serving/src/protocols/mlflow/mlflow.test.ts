import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import type { Signature } from '@cairn/flavors/mlmodel/signature'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RequestBody } from '../protocol.js'
import { mlflow } from './mlflow.js'

const read = (body: string | Uint8Array, more: Partial<RequestBody> = {}, signature?: Signature) =>
  mlflow.read(
    { bytes: Buffer.from(body), contentType: 'application/json', ...more },
    { name: 'm', version: '1', flavor: 'xgboost', ...(signature && { signature }) },
  )

const RECORDS = { dataframe_records: [{ a: 1 }, { a: 2 }] }
const text = JSON.stringify(RECORDS)

/** A value that no message may repeat. */
const SECRET = 'correct-horse'

const refused = (read: () => unknown, code: string, message: RegExp) => {
  expect(read).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }))
  expect(read).not.toThrow(SECRET)
}

describe('the content type', () => {
  test.each([
    'application/json',
    'Application/JSON',
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
    ' application/json ; ',
  ])('%s is accepted', (contentType) => {
    expect(read(text, { contentType }).input).toEqual(RECORDS)
  })

  test.each([
    undefined,
    '',
    'text/plain',
    'application/jsonl',
    'application/json; charset=latin-1',
    'application/json; format=pandas-split',
    `application/${SECRET}`,
    `application/json; charset=${SECRET}`,
  ])('%s is rejected with 415', (contentType) => {
    refused(
      () =>
        mlflow.read({ bytes: Buffer.from(text), ...(contentType !== undefined && { contentType }) }, MODEL),
      'UNSUPPORTED_MEDIA_TYPE',
      /Content-Type|charset/,
    )
  })
})

const MODEL = { name: 'm', version: '1', flavor: 'xgboost' }

describe('the content encoding', () => {
  test.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['GZIP', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['identity', (body: Buffer) => body],
  ])('%s is decoded', (contentEncoding, compress) => {
    expect(read(compress(Buffer.from(text)), { contentEncoding }).input).toEqual(RECORDS)
  })

  test('others are rejected with 415', () => {
    for (const contentEncoding of ['br', 'gzip, gzip', SECRET])
      refused(() => read(text, { contentEncoding }), 'UNSUPPORTED_MEDIA_TYPE', /Content-Encoding/)
  })

  test('a body that expands beyond the limit is rejected with 413', () => {
    const bomb = gzipSync(Buffer.alloc(17 * 1024 * 1024, ' '))
    refused(() => read(bomb, { contentEncoding: 'gzip' }), 'PAYLOAD_TOO_LARGE', /larger than/)
  })

  test('corrupt and truncated data are rejected', () => {
    for (const bytes of [Buffer.from(SECRET), gzipSync(Buffer.from(text)).subarray(0, 20), Buffer.alloc(0)])
      refused(() => read(bytes, { contentEncoding: 'gzip' }), 'INVALID_PARAMETER_VALUE', /Content-Encoding/)
  })
})

describe('JSON', () => {
  test('may begin with a byte order mark and contain NUL', () => {
    expect(read(`\ufeff${text}`).input).toEqual(RECORDS)
    expect(read('{"instances": ["a\\u0000b"]}').input).toEqual({ instances: ['a\0b'] })
  })

  test('NaN outside of text is a missing value, as Python writes it', () => {
    expect(read('{"dataframe_records": [{"a": NaN, "b": "NaN \\" NaN"}, {"a":NaN}]}').input).toEqual({
      dataframe_records: [{ a: null, b: 'NaN " NaN' }, { a: null }],
    })
  })

  test.each([
    ['', /not valid JSON/],
    [`{"inputs": ${SECRET}}`, /not valid JSON/],
    [`{"inputs": "${SECRET}`, /not valid JSON/],
    ['{"inputs": [Infinity]}', /Infinity is not a number of JSON/],
    ['{"inputs": [-Infinity, NaN]}', /Infinity is not a number of JSON/],
    [`{"inputs": ["Infinity", ${SECRET}]}`, /not valid JSON( at character \d+)?\.$/],
    [`"${SECRET}"`, /JSON dictionary with exactly one of the input fields.*Received a string/],
    ['[1]', /JSON dictionary with exactly one of the input fields.*Received a list/],
    ['null', /Received null/],
    ['{}', /exactly one of the input fields.*\[\]/],
    [`{"messages": ["${SECRET}"]}`, /exactly one of the input fields/],
    ['{"inputs": 1, "instances": []}', /exactly one of the input fields.*'instances', 'inputs'/],
    [`{"dataframe_split": ["${SECRET}"]}`, /'dataframe_split' must be an object/],
    ['{"dataframe_split": null}', /'dataframe_split' must be an object/],
    [`{"dataframe_records": {"a": "${SECRET}"}}`, /'dataframe_records' must be a list/],
    [`{"dataframe_records": [{}, "${SECRET}"]}`, /'dataframe_records\[1\]' must be an object/],
    [`{"instances": "${SECRET}"}`, /'instances' must be a list/],
    ['['.repeat(101), /nested more than 100 levels/],
    [`{"inputs": ${'['.repeat(100_000)}`, /nested more than 100 levels/],
    [JSON.stringify({ instances: Array(10_001).fill(1) }), /at most 10000 rows, got 10001/],
    [JSON.stringify({ inputs: { a: [1], b: Array(10_001).fill(1) } }), /at most 10000 rows/],
  ])('%.40s is rejected', (body, message) => {
    refused(() => read(body), 'INVALID_PARAMETER_VALUE', message)
  })

  test('brackets in text do not count as depth', () => {
    expect(read(JSON.stringify({ inputs: ['['.repeat(1000), '\\"['.repeat(200)] })).rows).toBe(2)
  })

  test('with endless strings, quotes or literals is rejected', () => {
    for (const body of [
      '"\\"'.repeat(1_000_000),
      `{"NaN": "${'\\"'.repeat(1_000_000)}`,
      `${'"Infinity",'.repeat(100_000)}Infinity`,
      `{"inputs":[${'NaN,'.repeat(100_000)}NaN]}`,
    ])
      refused(() => read(body), 'INVALID_PARAMETER_VALUE', /not valid JSON|at most 10000 rows/)
  })

  test('that is not valid UTF-8 is rejected', () => {
    for (const hex of ['7b22ff223a317d', 'c0af', 'eda080', 'f8888080'])
      refused(() => read(Buffer.from(hex, 'hex')), 'INVALID_PARAMETER_VALUE', /not valid UTF-8/)
    expect(read(text).rows).toBe(2)
  })

  test('is read like by JSON.parse', () => {
    fc.assert(
      fc.property(fc.array(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 }))), (rows) => {
        const body = JSON.stringify({ dataframe_records: rows })
        expect(read(body).input).toEqual(JSON.parse(body))
      }),
    )
  })
})

test('unknown keys are ignored and a client_request_id is returned', () => {
  const body = { ...RECORDS, client_request_id: 'c-1', usage_context: { team: 'a' }, signature_name: 'x' }
  expect(read(JSON.stringify(body))).toMatchObject({ input: RECORDS, clientRequestId: 'c-1', rows: 2 })
  expect(read(JSON.stringify({ ...body, client_request_id: 7 })).clientRequestId).toBeUndefined()
})

test('keys of the prototype are data', () => {
  const body = '{"dataframe_records": [{"__proto__": 1, "constructor": 2}]}'
  const [row] = read(body).input.dataframe_records!
  expect(Object.entries(row!)).toEqual([
    ['__proto__', 1],
    ['constructor', 2],
  ])
})

describe('params', () => {
  const params = [
    { name: 'k', type: 'long', default: 10 },
    { name: 'mode', type: 'string', default: 'fast' },
  ]

  test('have the defaults of the signature; unknown ones are ignored', () => {
    expect(read(text, {}, { params }).params).toEqual({ k: 10, mode: 'fast' })
    const body = JSON.stringify({ ...RECORDS, params: { k: 3, other: SECRET } })
    expect(read(body, {}, { params }).params).toEqual({ k: 3, mode: 'fast' })
  })

  test('of any type are ignored by a model without params', () => {
    for (const given of [{ q: 1 }, 3, null])
      expect(read(JSON.stringify({ ...RECORDS, params: given })).params).toBeUndefined()
  })

  test('of a wrong type are rejected', () => {
    for (const [given, message] of [
      [{ k: SECRET }, /'params.k' must be an integer/],
      [{ mode: 7 }, /'params.mode' must be text/],
      [SECRET, /'params' must be an object/],
    ] as const)
      refused(
        () => read(JSON.stringify({ ...RECORDS, params: given }), {}, { params }),
        'INVALID_PARAMETER_VALUE',
        message,
      )
  })
})

test.each<[object, number]>([
  [{ dataframe_split: { columns: ['a'], data: [[1], [2], [3]] } }, 3],
  [{ dataframe_records: [] }, 0],
  [{ instances: [[1, 2, 3]] }, 1],
  [{ inputs: { a: [1, 2], b: [3, 4] } }, 2],
  [{ inputs: { a: 1, b: 2 } }, 1],
  [{ inputs: [1, 2] }, 2],
  [{ inputs: 7 }, 1],
])('counts the rows of %j', (body, rows) => {
  expect(read(JSON.stringify(body)).rows).toBe(rows)
})

test('an object for a model with columns of lists is one row', () => {
  const signature = { inputs: [{ type: 'array', name: 'history', items: { type: 'long' } }] }
  expect(read('{"inputs": {"history": [1, 2, 3]}}', {}, signature).rows).toBe(1)
})

test('writes the predictions as JSON', () => {
  expect(read(text).write([{ a: 0.5, b: Number.NaN }, { a: Math.fround(0.1) }])).toEqual({
    contentType: 'application/json',
    body: '{"predictions":[{"a":0.5,"b":null},{"a":0.10000000149011612}]}',
  })
})
