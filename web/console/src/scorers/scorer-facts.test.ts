import { expect, test } from 'vitest'
import { scorerFacts } from './scorer-facts.js'

const facts = (scorer: object) => scorerFacts(JSON.stringify(scorer))

test('reads the model and instructions of a judge', () => {
  const judge = { instructions: 'Is {{ outputs }} polite?', model: 'openai:/gpt-4o-mini' }
  const read = facts({
    name: 'polite',
    instructions_judge_pydantic_data: judge,
    is_session_level_scorer: true,
  })
  expect(read).toMatchObject({ kind: 'judge', ...judge, ofSessions: true })
})

test('reads the judge below the memory of an aligned one', () => {
  const base_judge = { instructions_judge_pydantic_data: { instructions: 'a', model: 'm' } }
  const read = facts({ memory_augmented_judge_data: { base_judge, episodic_trace_ids: ['tr-1'] } })
  expect(read).toMatchObject({ kind: 'judge', instructions: 'a', model: 'm' })
})

test('reads the class and guidelines of a built-in scorer', () => {
  const builtin_scorer_pydantic_data = { guidelines: ['Answer in English', 'No slang'], model: null }
  const read = facts({
    builtin_scorer_class: 'Guidelines',
    builtin_scorer_pydantic_data,
    description: 'Follows the guidelines.',
  })
  expect(read).toMatchObject({
    kind: 'builtin',
    className: 'Guidelines',
    description: 'Follows the guidelines.',
  })
  expect(read).toMatchObject({ guidelines: builtin_scorer_pydantic_data.guidelines, model: undefined })
  expect(facts({ builtin_scorer_pydantic_data: { guidelines: 'One' } }).guidelines).toEqual(['One'])
})

test('writes the function of a scorer in code', () => {
  const code = { call_source: 'n = len(outputs)\n\nreturn n < 9', call_signature: '(outputs) -> bool' }
  expect(facts({ name: 'short', original_func_name: 'is_short', ...code })).toMatchObject({
    kind: 'code',
    code: 'def is_short(outputs) -> bool:\n    n = len(outputs)\n\n    return n < 9',
  })
})

test('reads the class and model of a scorer of another library', () => {
  const data = { module: 'mlflow.genai.scorers.ragas', class: 'Faithfulness', metric_name: 'Faithfulness' }
  expect(facts({ third_party_scorer_data: { ...data, model: 'openai:/gpt-4o' } })).toMatchObject({
    kind: 'other',
    className: 'Faithfulness',
    model: 'openai:/gpt-4o',
  })
})

test('reads nothing from what mlflow does not write', () => {
  for (const serialized of ['{}', '[1]', '{"instructions_judge_pydantic_data":[],"call_source":7}'])
    expect(scorerFacts(serialized)).toMatchObject({ kind: 'other', code: undefined, guidelines: [] })
})
