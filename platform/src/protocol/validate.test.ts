import Type from 'typebox'
import { describe, expect, test } from 'vitest'
import { compileInputParser, compileParser } from './validate.js'
import { AnyJson, Enum, Int64, Required, RunId, Unsupported } from './wire.js'

const Metric = Type.Object({
  key: Required({ maxLength: 250 }),
  value: Type.Number(),
  step: Type.Optional(Int64()),
})
const LogBatch = Type.Object({
  run_id: Required(),
  metrics: Type.Optional(Type.Array(Metric)),
  status: Type.Optional(Enum({ RUNNING: 1, FINISHED: 3 })),
  dry: Type.Optional(Type.Boolean()),
})
const parse = compileParser<Record<string, unknown>>(LogBatch)
const messageOf = (value: unknown) => {
  try {
    parse(value)
    return 'accepted'
  } catch (error) {
    return (error as Error).message
  }
}
const SEE = 'See the API docs for more information about request parameters.'

describe('compileParser', () => {
  test('accepts what protobuf clients send: strings for numbers, enum numbers, camelCase, null for unset, unknown fields', () => {
    expect(
      parse({
        runId: 'r',
        metrics: [{ key: 'a', value: '1.5', step: '12' }],
        status: 3,
        dry: 'TRUE',
        extra: 1,
      }),
    ).toEqual({
      run_id: 'r',
      metrics: [{ key: 'a', value: 1.5, step: 12 }],
      status: 'FINISHED',
      dry: true,
    })
    expect(parse({ run_id: 'r', metrics: null, status: 'NO SUCH' })).toEqual({ run_id: 'r' })
    expect(parse({ run_id: 'r', metrics: [{ key: 'a', value: 'NaN', step: '1.7e+3' }] })).toEqual({
      run_id: 'r',
      metrics: [{ key: 'a', value: Number.NaN, step: 1700 }],
    })
  })

  test('returns unchanged input itself and does not modify other input', () => {
    const plain = { run_id: 'r', metrics: [{ key: 'a', value: 1, step: 1 }], status: 'RUNNING' }
    expect(parse(plain)).toBe(plain)
    const sent = {
      run_id: 'r',
      metrics: [
        { key: 'a', value: 1 },
        { key: 'b', value: '2', extra: 1 },
        { key: 'c', value: 3 },
      ],
    }
    const before = structuredClone(sent)
    expect(parse(sent)).toEqual({
      run_id: 'r',
      metrics: [
        { key: 'a', value: 1 },
        { key: 'b', value: 2 },
        { key: 'c', value: 3 },
      ],
    })
    expect(sent).toEqual(before)
  })

  test.each(['constructor', '__proto__', 'toString'])('rejects %s as a number', (value) => {
    expect(() => parse({ run_id: 'r', metrics: [{ key: 'a', value }] })).toThrow(
      `Invalid value "${value}" for parameter 'metrics[0].value' supplied:  Hint: Value was of type 'str'.`,
    )
  })

  test('parses long digits in linear time', () => {
    const digits = `${'1'.repeat(2_000_000)}x`
    expect(messageOf({ run_id: 'r', metrics: [{ key: 'a', value: digits }] })).toMatch(
      /'metrics\[0\]\.value'/,
    )
    expect(messageOf({ run_id: 'r', metrics: [{ key: 'a', value: 1, step: digits }] })).toMatch(/\.step'/)
  })

  test('rejects an object as an enum', () => {
    expect(messageOf({ run_id: 'r', status: { toString: 1 } })).toMatch(/parameter 'status'/)
  })

  test('rejects an unknown number of an enum and ignores an unknown name', () => {
    for (const status of [0, 2, -1])
      expect(messageOf({ run_id: 'r', status })).toBe(
        `Invalid value ${status} for parameter 'status' supplied:  Hint: Value was of type 'int'. ${SEE}`,
      )
    expect(parse({ run_id: 'r', status: 'PAUSED' })).toEqual({ run_id: 'r' })
  })

  test('accepts the older name of a field unless its name is given too', () => {
    const parseRun = compileParser<Record<string, unknown>>(Type.Object({ run_id: RunId() }))
    expect(parseRun({ run_uuid: 'a' })).toEqual({ run_id: 'a' })
    expect(parseRun({ run_uuid: 'a', run_id: 'b' })).toEqual({ run_id: 'b' })
    expect(parseRun({ run_id: 'b', run_uuid: 'a' })).toEqual({ run_id: 'b' })
    expect(() => parseRun({})).toThrow("'run_id'")
  })

  test('accepts any JSON up to the depth of protobuf', () => {
    const parseValue = compileParser<object>(Type.Object({ value: Type.Optional(AnyJson()) }))
    const nested = (depth: number) => JSON.parse(`${'['.repeat(depth)}1${']'.repeat(depth)}`)
    for (const value of [nested(100), { a: [1, 'b'] }, 'text', 0])
      expect(parseValue({ value })).toEqual({ value })
    for (const depth of [101, 100_000])
      expect(() => parseValue({ value: nested(depth) })).toThrow(
        "Invalid value for parameter 'value' supplied: lists and objects are nested deeper than 100.",
      )
  })

  test('truncates int64 to an integer and rejects values that doubles cannot represent', () => {
    expect(parse({ run_id: 'r', metrics: [{ key: 'a', value: 1, step: -1.5 }] })).toMatchObject({
      metrics: [{ step: -1 }],
    })
    for (const step of [2 ** 53, '9223372036854775807', Number.POSITIVE_INFINITY])
      expect(messageOf({ run_id: 'r', metrics: [{ key: 'a', value: 1, step }] })).toMatch(/metrics\[0\].step/)
  })

  test.each([
    [{}, `Missing value for required parameter 'run_id'. ${SEE}`],
    [{ run_id: '' }, `Missing value for required parameter 'run_id'. ${SEE}`],
    [
      { run_id: 5 },
      `Invalid value 5 for parameter 'run_id' supplied:  Hint: Value was of type 'int'. ${SEE}`,
    ],
    [
      { run_id: 'r', metrics: 'x' },
      `Invalid value "x" for parameter 'metrics' supplied:  Hint: Value was of type 'str'. ${SEE}`,
    ],
    [
      { run_id: 'r', metrics: [{ key: 'a' }] },
      `Missing value for required parameter 'metrics[0].value'. ${SEE}`,
    ],
    [
      { run_id: 'r', metrics: [{ key: 'k'.repeat(251), value: 1 }] },
      "'metrics[0].key' exceeds the maximum length of 250 characters",
    ],
    [
      { run_id: 'r', metrics: [{ key: 'a', value: 'abc' }] },
      `Invalid value "abc" for parameter 'metrics[0].value' supplied:  Hint: Value was of type 'str'. ${SEE}`,
    ],
    [
      { run_id: 'r', dry: 3 },
      `Invalid value 3 for parameter 'dry' supplied:  Hint: Value was of type 'int'. ${SEE}`,
    ],
  ])('rejects %j in MLflow’s words', (value, message) => {
    expect(messageOf(value)).toBe(message)
  })
})

test('rejects a list that is too long before it reads the items', () => {
  const Item = Type.Object({ names: Type.Optional(Type.Array(Type.String())) })
  const parse = compileInputParser<object>(
    Type.Object({ ids: Type.Optional(Type.Array(Type.String())), few: Type.Array(Item, { maxItems: 3 }) }),
  )
  const list = (length: number) => Array.from({ length }, String)
  expect(parse({ ids: list(10_000), few: [{ names: list(10_000) }] })).toBeDefined()
  expect(() => parse({ ids: list(10_001), few: [] })).toThrow(
    "'ids' has 10001 items; at most 10000 are allowed in a request.",
  )
  expect(() => parse({ few: [{}, {}, {}, 7] })).toThrow("'few' has 4 items; at most 3 are allowed")
  expect(() => parse({ few: [{ names: list(10_001) }] })).toThrow(
    "'few.names' has 10001 items; at most 10000",
  )
})

test('shows the beginning of a huge invalid value without serializing all of it', () => {
  const parse = compileParser<object>(Type.Object({ name: Type.String() }))
  const huge = {
    deep: [[[{ 'a"b': [1, 'x', null, true, { c: [] }] }]]],
    more: Array(1000).fill({ d: '"é"' }),
  }
  const shown = `${JSON.stringify(huge).slice(0, 200)}…`
  let toJsonCalls = 0
  const counted = { toJSON: () => ++toJsonCalls }
  expect(() => parse({ name: { ...huge, counted } })).toThrow(`Invalid value ${shown} for parameter 'name'`)
  expect(toJsonCalls).toBe(0)
  expect(() => parse({ name: { a: [] } })).toThrow('Invalid value {"a":[]} for')
})

test('rejects what is not supported by its name, unless it asks for nothing', () => {
  const parse = compileParser(Type.Object({ entities: Type.Array(Type.Object({ limits: Unsupported() })) }))
  for (const limits of [undefined, null, false, []])
    expect(() => parse({ entities: [{ limits }] })).not.toThrow()
  for (const limits of [{}, [1], true, 0, 'x'])
    expect(() => parse({ entities: [{ limits }] })).toThrow(
      "'entities[0].limits' is not supported. Remove it: nothing would enforce it.",
    )
})

test('rejects unknown fields of closed objects by their path, unless they are null', () => {
  const closed = Type.Object({ known_name: Type.Optional(Type.String()) }, { 'x-closed': true })
  const parse = compileParser(Type.Object({ tasks: Type.Array(closed) }))
  expect(parse({ other: 1, tasks: [{ knownName: 'x', gone: null }] })).toEqual({
    tasks: [{ known_name: 'x' }],
  })
  expect(() => parse({ tasks: [{ known_name: 'x' }, { nope: false }] })).toThrow(
    "'tasks.nope' is not a known field. Remove it: nothing would keep or enforce it.",
  )
})
