import { ApiError } from '@cairn/platform/errors'
import { share } from '@cairn/platform/testing/effort'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  idColumn,
  listColumn,
  readArrowFile,
  textColumn,
  vectorColumn,
  writeArrowFile,
} from './arrow-file.js'
import { ArrowColumnReader } from './column-reader.js'

const bytes = writeArrowFile(5, {
  id: idColumn([5, 4, 3, 2, 1]),
  name: textColumn(['하나', 'two', '', 'four', 'five']),
  vector: vectorColumn(
    Float32Array.from({ length: 10 }, (_, at) => at),
    2,
  ),
  list: listColumn(Int32Array.of(0, 2, 2, 3, 3, 4), Int32Array.of(1, 2, 3, 4)),
})

/** Reads all columns, or returns the error. */
function outcomeOf(damaged: Uint8Array): unknown {
  try {
    const columns = new ArrowColumnReader(readArrowFile(damaged, 'some.arrow'), 'some.arrow')
    return [columns.ids('id'), columns.texts('name'), columns.vectors('vector', 2), columns.lists('list', 5)]
  } catch (error) {
    return error
  }
}

test('reads a valid file', () => {
  expect(outcomeOf(bytes)).toEqual([
    [5, 4, 3, 2, 1],
    ['하나', 'two', '', 'four', 'five'],
    Float32Array.from({ length: 10 }, (_, at) => at),
    { offsets: Int32Array.of(0, 2, 2, 3, 3, 4), items: Int32Array.of(1, 2, 3, 4) },
  ])
})

describe('corrupt files are read or rejected, without hanging', () => {
  test('with any bytes changed', () => {
    const change = fc.record({ at: fc.nat(bytes.length - 1), byte: fc.nat(255) })
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        const damaged = Uint8Array.from(bytes)
        for (const { at, byte } of changes) damaged[at] = byte
        const outcome = outcomeOf(damaged)
        expect(Array.isArray(outcome) || outcome instanceof ApiError, String(outcome)).toBe(true)
      }),
      { numRuns: share(1500) },
    )
  })

  test('with a column missing from the batch, of 0-bit integers', () => {
    const damaged = Uint8Array.from(bytes)
    damaged[566] = 0 // the batch now declares no columns
    damaged[932] = 0 // and the schema declares 0-bit integers for `id`
    expect(outcomeOf(damaged)).toBeInstanceOf(ApiError)
  })

  test('truncated at any length', () => {
    for (let length = 0; length < bytes.length; length += 7)
      expect(outcomeOf(bytes.subarray(0, length))).toBeInstanceOf(ApiError)
  })

  test('with a record batch on which the library loops forever', () => {
    const damaged = Uint8Array.from(bytes)
    damaged[8] = 0 // the continuation marker of the record batch
    expect(outcomeOf(damaged)).toBeInstanceOf(ApiError)
  })
})
