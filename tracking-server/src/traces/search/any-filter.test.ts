import { matchesFilter } from '@cairn/platform/search/filter'
import { parseFilter } from '@cairn/platform/search/parse'
import { databases } from '@cairn/platform/testing/databases'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TracingApp, tracingApp } from '../../testing/tracing-app.js'

describe.each(databases)('arbitrary filters of traces on %s', (_name, database) => {
  let traced: TracingApp
  beforeAll(async () => {
    traced = await tracingApp(database)
  })
  afterAll(() => traced.close())

  test('find the same traces as the oracle', async () => {
    const experiment_id = await traced.createExperiment('any filter')
    const value = fc.constantFrom('', 'a', 'b', 'ab', 'A')
    const subject = fc.record({
      status: fc.constantFrom('OK', 'ERROR'),
      time: fc.nat(3),
      tags: fc.dictionary(fc.constantFrom('x', 'y'), value),
      metadata: fc.dictionary(fc.constantFrom('x', 'y'), value),
    })
    const subjects = fc.sample(subject, { numRuns: 40, seed: 7 })
    const ids = new Map<string, number>()
    for (const [i, { status, time, tags, metadata }] of subjects.entries()) {
      const info = {
        state: status,
        request_time: `1970-01-01T00:00:00.00${time}Z`,
        tags,
        trace_metadata: metadata,
      }
      ids.set(
        await traced.createTrace({ trace_location: { mlflow_experiment: { experiment_id } }, ...info }),
        i,
      )
    }
    const text = fc.oneof(
      fc
        .tuple(
          fc.constantFrom('=', '!=', 'LIKE', 'ILIKE'),
          value.map((one) => `'${one}'`),
        )
        .map((pair) => pair.join(' ')),
      fc.constantFrom('IS NULL', 'IS NOT NULL', "IN ('a', 'ab')", "NOT IN ('b')", "LIKE 'a%'", "RLIKE '^a'"),
    )
    const comparison = fc.oneof(
      fc
        .tuple(fc.constantFrom('tags.x', 'tag.y', 'metadata.x', 'request_metadata.y'), text)
        .map((pair) => pair.join(' ')),
      fc
        .tuple(fc.constantFrom('<', '<=', '=', '!=', '>', '>='), fc.nat(3))
        .map(([sign, n]) => `timestamp_ms ${sign} ${n}`),
      fc.constantFrom("status = 'OK'", "status != 'OK'"),
    )
    const { filter } = fc.letrec<{ filter: string }>((tie) => ({
      filter: fc.oneof(
        { depthSize: 'small' },
        comparison,
        fc
          .tuple(tie('filter'), fc.constantFrom('AND', 'OR'), tie('filter'))
          .map(([a, word, b]) => `(${a}) ${word} (${b})`),
      ),
    }))
    await fc.assert(
      fc.asyncProperty(filter, async (drawn) => {
        const response = await traced.search(drawn, {
          locations: [{ mlflow_experiment: { experiment_id } }],
          max_results: 500,
        })
        const expected = subjects.flatMap((one, i) =>
          matchesFilter(parseFilter(drawn), (c) => matches(one, c)) ? [i] : [],
        )
        expect(
          response.map((id) => ids.get(id)!).sort((a, b) => a - b),
          drawn,
        ).toEqual(expected)
      }),
      { numRuns: 80 },
    )
  })
})

interface Subject {
  readonly status: string
  readonly time: number
  readonly tags: Readonly<Record<string, string>>
  readonly metadata: Readonly<Record<string, string>>
}
type Comparison = Extract<ReturnType<typeof parseFilter>[number], { comparator: string }>

/** The oracle: tests a filter on a trace. */
function matches(subject: Subject, { entity, key, comparator, value }: Comparison): boolean {
  if (key === 'timestamp_ms') return sign(subject.time - (value.value as number), comparator)
  const left = entity ? (entity.startsWith('tag') ? subject.tags : subject.metadata)[key] : subject.status
  if (left === undefined) return comparator === 'IS NULL'
  const operand = value.value as string
  switch (comparator) {
    case 'IS NULL':
      return false
    case 'IS NOT NULL':
      return true
    case 'IN':
      return value.value!.toString().split(',').includes(left)
    case 'NOT IN':
      return !value.value!.toString().split(',').includes(left)
    case 'LIKE':
      return like(left, operand)
    case 'ILIKE':
      return like(left.toLowerCase(), operand.toLowerCase())
    case 'RLIKE':
      return new RegExp(operand).test(left)
    default:
      return (left === operand) === (comparator === '=')
  }
}

const like = (text: string, pattern: string) =>
  pattern.endsWith('%') ? text.startsWith(pattern.slice(0, -1)) : text === pattern

function sign(difference: number, comparator: string): boolean {
  if (difference === 0) return ['=', '<=', '>='].includes(comparator)
  return ['!=', difference < 0 ? '<' : '>', difference < 0 ? '<=' : '>='].includes(comparator)
}
