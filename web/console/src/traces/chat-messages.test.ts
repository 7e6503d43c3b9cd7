import { expect, test } from 'vitest'
import { readArtifactSpan } from './artifact-spans.js'
import { chatMessages } from './chat-messages.js'

const said = (value: unknown) => chatMessages(value)?.map(({ role, content }) => `${role}: ${content}`)

test.each<[string, unknown, string[]]>([
  ['a request to OpenAI', { model: 'm', messages: [{ role: 'user', content: '영화?' }] }, ['user: 영화?']],
  ['its answer', { choices: [{ message: { role: 'assistant', content: 'Heat' } }] }, ['assistant: Heat']],
  [
    'parts of content',
    [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'See' },
          { type: 'image_url', image_url: {} },
        ],
      },
    ],
    ['user: See\n[image_url]'],
  ],
  ['Anthropic', { role: 'assistant', content: [{ type: 'text', text: 'Heat' }] }, ['assistant: Heat']],
  [
    'Gemini',
    { candidates: [{ content: { role: 'model', parts: [{ text: 'Heat' }] } }] },
    ['assistant: Heat'],
  ],
  ['LangChain', [[{ type: 'human', content: 'Which?' }]], ['user: Which?']],
])('reads %s', (_name, value, expected) => {
  expect(said(value)).toEqual(expected)
})

test('reads calls of tools', () => {
  const call = { function: { name: 'find', arguments: '{"q":"Heat"}' } }
  expect(chatMessages([{ role: 'assistant', content: null, tool_calls: [call] }])).toEqual([
    { role: 'assistant', content: '', tools: [{ name: 'find', arguments: '{"q":"Heat"}' }] },
  ])
})

test.each([
  [{ user: 7 }],
  [[1, 2]],
  ['text'],
  [null],
  [{ messages: [] }],
  [[{ type: 'film', title: 'Heat' }]],
])('does not take %j for a chat', (value) => {
  expect(chatMessages(value)).toBeUndefined()
})

test('reads spans that clients of MLflow 2 and 3 kept in a file', () => {
  const attributes = { 'mlflow.spanType': '"LLM"', 'mlflow.spanInputs': '{"q": 1}' }
  const three = { span_id: 'a', parent_span_id: null, start_time_unix_nano: 1, end_time_unix_nano: 3 }
  expect(
    readArtifactSpan({ ...three, name: 's', status: { code: 'STATUS_CODE_OK' }, attributes }),
  ).toMatchObject({
    summary: { span_id: 'a', type: 'LLM', status: 'OK', start_time_unix_nano: '1', end_time_unix_nano: '3' },
    detail: { attributes: { 'mlflow.spanInputs': { q: 1 } } },
  })
  const two = { context: { span_id: 'b' }, parent_id: 'a', start_time: 1, end_time: 2, status_code: 'ERROR' }
  expect(readArtifactSpan({ ...two, name: 's' }).summary).toMatchObject({
    parent_span_id: 'a',
    status: 'ERROR',
  })
})
