import { expect, test } from 'vitest'
import type { ModelVersion } from '../api/models.js'
import { diffPrompts } from './prompt-diff.js'
import { partsOf, readableText, variablesOf } from './prompt-text.js'

const version = (text: string, type = 'text') =>
  ({
    tags: [
      { key: 'mlflow.prompt.text', value: text },
      { key: '_mlflow_prompt_type', value: type },
    ],
  }) as ModelVersion

test('finds the variables of a template', () => {
  expect(partsOf('Hi {{ user }}!').map(({ text, isVariable }) => [text, isVariable])).toEqual([
    ['Hi ', false],
    ['{{ user }}', true],
    ['!', false],
  ])
  expect(variablesOf('{{a}} {{ b.c }} {{a}} { d }')).toEqual(['a', 'b.c'])
})

test('reads a chat as its messages', () => {
  expect(readableText(version('[{"role": "user", "content": "{{ q }}"}]', 'chat'))).toBe('user:\n{{ q }}')
  expect(readableText(version('[1]'))).toBe('[1]')
})

test('compares lines, and words within changed lines', () => {
  expect(diffPrompts('same\nRecommend two films\nold', 'same\nRecommend three films')).toEqual([
    { kind: 'same', words: [{ text: 'same', isChanged: false }] },
    {
      kind: 'removed',
      words: [
        { text: 'Recommend ', isChanged: false },
        { text: 'two', isChanged: true },
        { text: ' films', isChanged: false },
      ],
    },
    { kind: 'removed', words: [{ text: 'old', isChanged: true }] },
    {
      kind: 'added',
      words: [
        { text: 'Recommend ', isChanged: false },
        { text: 'three', isChanged: true },
        { text: ' films', isChanged: false },
      ],
    },
  ])
})
