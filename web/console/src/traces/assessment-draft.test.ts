import { expect, test } from 'vitest'
import { assessmentOf, draftOf, EMPTY_DRAFT, valueProblem } from './assessment-draft.js'

const CONTEXT = { kind: 'feedback', user: 'mina', replaces: undefined } as const

test('sends values in their types, and names who assesses', () => {
  const value = (type: 'boolean' | 'number' | 'text' | 'json', text: string) =>
    assessmentOf({ ...EMPTY_DRAFT, name: ' helpful ', type, value: text }, CONTEXT).feedback?.value
  expect([
    value('boolean', 'false'),
    value('number', '0.5'),
    value('text', '5'),
    value('json', '[1]'),
  ]).toEqual([false, 0.5, '5', [1]])
  expect(assessmentOf({ ...EMPTY_DRAFT, name: ' helpful ', rationale: ' ' }, CONTEXT)).toEqual({
    assessment_name: 'helpful',
    source: { source_type: 'HUMAN', source_id: 'mina' },
    feedback: { value: true },
  })
})

test('serializes expectations with lists and keeps what an edit replaces', () => {
  const before = {
    assessment_id: 'a-1',
    assessment_name: 'films',
    span_id: 's',
    expectation: { value: 'Heat' },
  }
  const draft = { ...draftOf(before), type: 'json', value: '["Heat"]' } as const
  expect(assessmentOf(draft, { kind: 'expectation', user: 'mina', replaces: before })).toMatchObject({
    ...{ assessment_name: 'films', span_id: 's', overrides: 'a-1' },
    expectation: { serialized_value: { serialization_format: 'JSON_FORMAT', value: '["Heat"]' } },
  })
})

test('edits a value in its type', () => {
  const type = (value: unknown) => draftOf({ assessment_name: 'n', feedback: { value } })
  expect(type(true)).toMatchObject({ type: 'boolean', value: 'true' })
  expect(type(3)).toMatchObject({ type: 'number', value: '3' })
  expect(type('yes')).toMatchObject({ type: 'text', value: 'yes' })
  expect(type({ a: 1 })).toMatchObject({ type: 'json', value: '{"a":1}' })
})

test('names what is wrong with a value', () => {
  const problem = (type: 'number' | 'json' | 'text', value: string) =>
    valueProblem({ ...EMPTY_DRAFT, type, value })
  expect([
    problem('number', 'x'),
    problem('json', '{'),
    problem('text', ' '),
    problem('number', '1'),
  ]).toEqual(['number', 'json', 'required', undefined])
})
