import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { recordBatches } from './record-batches.js'

const read = async (json: string) => {
  const all: unknown[] = []
  for await (const batch of recordBatches(json)) all.push(...batch.map(({ inputs }) => inputs.value))
  return all
}

test('batches contain the records of the list, with any text in them', async () => {
  const value = fc.oneof(fc.string(), fc.constantFrom('\\"', '\\\\"]', '],[', '{"a":[', ',,', '"'))
  await fc.assert(
    fc.asyncProperty(fc.array(value), fc.constantFrom(undefined, 1), async (values, space) => {
      const json = JSON.stringify(
        values.map((value) => ({ inputs: { value, nested: [[value], { value }] } })),
        null,
        space,
      )
      expect(await read(json)).toEqual(values.map((value) => value.replaceAll('\ufdd0', '\ufffd')))
    }),
    { numRuns: 50 },
  )
})

test('a long list is read in turns with other work', async () => {
  const values = Array.from({ length: 5_000 }, (_, i) => `${i} ${'x'.repeat(100)}`)
  let turns = 0
  let isRead = false
  const others = (async () => {
    for (; !isRead; turns++) await setImmediate()
  })()
  expect(await read(JSON.stringify(values.map((value) => ({ inputs: { value } }))))).toEqual(values)
  isRead = true
  await others
  expect(turns).toBeGreaterThanOrEqual(10)
})

const long = `{"inputs":{"value":"${'x'.repeat(130_000)}"}}`
test.each([
  ['', 'is not valid JSON'],
  ['[', 'is not valid JSON'],
  ['[{}', 'is not valid JSON'],
  ['[{}}', 'is not valid JSON'],
  ['[{},]', 'is not valid JSON'],
  ['[,{}]', 'is not valid JSON'],
  ['[{}]]', 'is not valid JSON'],
  ['[{"a]', 'is not valid JSON'],
  [`[${long},]`, 'is not valid JSON'],
  [`[${long},,${long}]`, 'is not valid JSON'],
  ['"[]"', 'must be a JSON list'],
  [`[${long},1]`, "'records[1]' must be a JSON object"],
  [`[{"inputs":{"value":"${'x'.repeat(1_100_000)}"}},{}]`, 'more than 1048576 characters'],
])('rejects %#', async (json, message) => {
  await expect(read(json)).rejects.toMatchObject({
    ...{ code: 'INVALID_PARAMETER_VALUE', message: expect.stringContaining(message) },
  })
})
