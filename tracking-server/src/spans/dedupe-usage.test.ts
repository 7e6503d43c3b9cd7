import { describe, expect, test } from 'vitest'
import { dedupeUsage } from './dedupe-usage.js'

/** Spans as `[id, parent, input, output]`; a span without numbers reports no usage. */
type Spans = readonly (readonly [string, string, number?, number?])[]

function together(spans: Spans) {
  const reported = spans.flatMap(([id, , input, output]) =>
    input === undefined || output === undefined ? [] : [[id, amounts(input, output)] as const],
  )
  const sums = dedupeUsage(new Map(reported), new Map(spans.map(([id, parent]) => [id, parent || null])))
  return Object.fromEntries(sums)
}

const amounts = (input_tokens: number, output_tokens: number) =>
  new Map(Object.entries({ input_tokens, output_tokens, total_tokens: input_tokens + output_tokens }))

describe('total usage of spans', () => {
  test.each<[string, Spans, number, number]>([
    [
      'sibling calls',
      [
        ['agent', ''],
        ['one', 'agent', 200, 75],
        ['two', 'agent', 150, 100],
      ],
      350,
      175,
    ],
    [
      'an agent that reports the total of its calls',
      [
        ['agent', '', 350, 175],
        ['one', 'agent', 200, 75],
        ['step', 'agent'],
        ['two', 'step', 150, 100],
      ],
      350,
      175,
    ],
    [
      'a call that is reported twice with different amounts',
      [
        ['outer', '', 100, 50],
        ['inner', 'outer', 200, 75],
      ],
      100,
      50,
    ],
    [
      'a call whose descendants used more together',
      [
        ['first', '', 100, 50],
        ['one', 'first', 200, 75],
        ['two', 'first', 150, 100],
      ],
      450,
      225,
    ],
    [
      'a total of nested calls',
      [
        ['agent', '', 455, 225],
        ['one', 'agent', 100, 50],
        ['below', 'one', 200, 75],
        ['another', 'one', 150, 100],
        ['two', 'agent', 5, 0],
      ],
      455,
      225,
    ],
    [
      'a span whose parent is missing',
      [
        ['one', 'missing', 1, 2],
        ['two', 'missing', 3, 4],
      ],
      4,
      6,
    ],
  ])('%s', (_what, spans, input_tokens, output_tokens) => {
    const expected = Object.fromEntries(amounts(input_tokens, output_tokens))
    expect(together(spans)).toEqual(expected)
    expect(together([...spans].reverse())).toEqual(expected)
  })

  test('recognizes a total cost despite rounding errors', () => {
    const reported = ['agent', 'one', 'two'].map(
      (id, i) => [id, new Map([['total_cost', [0.3, 0.1, 0.2][i]!]])] as const,
    )
    const parents = new Map([['agent', null] as const, ['one', 'agent'] as const, ['two', 'agent'] as const])
    expect(dedupeUsage(new Map(reported), parents)).toEqual(new Map([['total_cost', 0.3]]))
  })

  test('ignores spans in a cycle', () => {
    expect(
      together([
        ['one', 'two', 1, 1],
        ['two', 'one', 1, 1],
        ['step', 'step'],
        ['below', 'step', 2, 3],
      ]),
    ).toEqual(Object.fromEntries(amounts(2, 3)))
  })

  test('visits a long chain of ancestors once', () => {
    const depth = 100_000
    const spans = Array.from({ length: depth }, (_, i) => [`${i}`, i === 0 ? '' : `${i - 1}`, 1, 1] as const)
    expect(together(spans)).toEqual(Object.fromEntries(amounts(1, 1)))
  })
})
