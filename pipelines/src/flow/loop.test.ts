import { expect, test } from 'vitest'
import { loopInputs } from './loop.js'

const nothing = () => undefined

test('takes a list in JSON, and a reference to one', () => {
  expect(loopInputs('[1, "{{x}}", {"y": ["{{x}}"]}]', () => 'a')).toEqual(['1', '"a"', '{"y":["a"]}'])
  expect(loopInputs('{{x}}', () => [1, null])).toEqual(['1', 'null'])
  expect(loopInputs('{{x}}', () => '[1, "{{x}}"]')).toEqual(['1', '"{{x}}"'])
})

test.each<[string, string, unknown, RegExp]>([
  ['a value', '7', 0, /^for_each_task: inputs is not a list/],
  ['too many inputs', `[${Array(5_001).fill(0)}]`, 0, /inputs has 5001 items; the limit is 5000/],
  ['a large input', `[1, "${'x'.repeat(10_000)}"]`, 0, /input 1 has 10002 bytes; the limit is 10000/],
  ['a large value', '["{{x}}"]', 'é'.repeat(5_000), /input 0 has 10002 bytes/],
  ['deep inputs', `${'['.repeat(10_000)}${']'.repeat(10_000)}`, 0, /nested more than 100 levels deep/],
  ['a deep value', '{{x}}', `${'['.repeat(10_000)}${']'.repeat(10_000)}`, /nested more than 100 levels/],
])('refuses %s', (_name, inputs, value, message) => {
  expect(() => loopInputs(inputs, value === 0 ? nothing : () => value)).toThrow(message)
})
