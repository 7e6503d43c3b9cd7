import { expect, test } from 'vitest'
import { aSequenceModel, recordedScores } from '../testing/sequence-model.js'
import { keepOutputs } from './keep-outputs.js'
import { OnnxSession } from './session.js'

const { onnx, maxHistory } = aSequenceModel()

test('removes outputs and what only they need, and computes the others as before', async () => {
  const kept = keepOutputs(onnx, ['scores'])
  expect(kept.length).toBeLessThan(onnx.length)
  expect([Buffer.from(onnx).includes('TopK'), Buffer.from(kept).includes('TopK')]).toEqual([true, false])
  const [all, one] = [await OnnxSession.open(onnx), await OnnxSession.open(kept)]
  expect([all.outputs.length, one.outputs]).toEqual([3, ['scores']])
  for (const { history } of recordedScores()) {
    const data = BigInt64Array.from(history.slice(-maxHistory), (row) => BigInt(row + 1))
    const feeds = { history: { data, dims: [1, data.length] } }
    expect((await one.run(feeds)).scores!.data).toEqual((await all.run(feeds, ['scores'])).scores!.data)
  }
  await Promise.all([all.close(), one.close()])
})

test('keeps a node that a kept output shares with a removed one', async () => {
  const kept = keepOutputs(onnx, ['top_items'])
  const session = await OnnxSession.open(kept)
  const [{ history, top_items }] = recordedScores() as [ReturnType<typeof recordedScores>[number]]
  const data = BigInt64Array.from(history, (row) => BigInt(row + 1))
  const results = await session.run({ history: { data, dims: [1, history.length] } })
  await session.close()
  expect(Object.keys(results)).toEqual(['top_items'])
  expect([...results.top_items!.data].slice(0, top_items.length).map(Number)).toEqual(top_items)
})

/** A field of a protobuf message, shorter than 128 bytes. */
const field = (number: number, ...parts: (string | Uint8Array)[]) => {
  const bytes = Buffer.concat(parts.map((part) => Buffer.from(part)))
  return Buffer.concat([Buffer.of((number << 3) | 2, bytes.length), bytes])
}

/** A model around the fields of a graph. */
const model = (...fields: Uint8Array[]) =>
  Buffer.concat([Buffer.of(8, 8), field(7, ...fields), Buffer.of(40, 1)])
const output = (name: string) => field(12, field(1, name))
const both = [output('a'), output('b')]

test('keeps what a wanted output needs, in any order of the nodes', () => {
  const [first, needed, other] = [
    field(1, field(1, 'c'), field(1, ''), field(2, 'a')),
    field(1, field(2, 'c'), field(2, '')),
    field(1, field(1, 'c'), field(2, 'b'), field(2, '')),
  ]
  expect(keepOutputs(model(first, other, needed, ...both), ['a'])).toEqual(model(first, needed, output('a')))
})

test('changes no graph without an unwanted output, with nested graphs, or that is none', () => {
  const node = field(1, field(2, 'a'))
  const nested = field(1, field(2, 'b'), field(5, field(1, 'body'), field(6, field(2, 'inner'))))
  const unchanged = [
    model(node, output('a')),
    model(node, output('c')),
    model(node, nested, ...both),
    Buffer.of(8, 8),
    Buffer.alloc(0),
  ]
  for (const bytes of unchanged) expect(keepOutputs(bytes, ['a'])).toBe(bytes)
  expect(() => keepOutputs(Buffer.from('text'), ['a'])).toThrow(/not readable as ONNX/)
})
