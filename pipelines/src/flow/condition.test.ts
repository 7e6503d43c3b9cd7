import type { TaskKinds } from '@cairn/platform/protocol/databricks/task-settings'
import { expect, test } from 'vitest'
import { evaluateCondition } from './condition.js'

test.each<[TaskKinds['condition_task']['op'], unknown, unknown, boolean]>([
  ['EQUAL_TO', '12.0', '12', false],
  ['EQUAL_TO', 'true', true, true],
  ['EQUAL_TO', 12, '12', true],
  ['EQUAL_TO', { a: [1] }, '{"a":[1]}', true],
  ['NOT_EQUAL', 'a', 'b', true],
  ['NOT_EQUAL', '', '', false],
  ['GREATER_THAN_OR_EQUAL', '12.0', '12', true],
  ['GREATER_THAN_OR_EQUAL', '10.0', '12', false],
  ['GREATER_THAN', '9', '10', false],
  ['LESS_THAN', '-1e3', 0.5, true],
  ['LESS_THAN_OR_EQUAL', ' 7 ', '7', true],
])('%s of %j and %j is %s', (op, left, right, expected) =>
  expect(evaluateCondition(op, left, right)).toBe(expected),
)

test.each(['', 'abc', 'NaN', 'Infinity', 'null'])('refuses to order %j', (left) =>
  expect(() => evaluateCondition('LESS_THAN', left, '1')).toThrow(
    `condition_task: left: '${left}' is not a number, which LESS_THAN needs.`,
  ),
)
