import { expect, test } from 'vitest'
import { turnText } from './turn-text.js'

test('reads messages from texts, chats and named fields', () => {
  expect(turnText('"You may like Heat."')).toBe('You may like Heat.')
  expect(turnText('plain, or JSON that was cut off: {"a')).toBe('plain, or JSON that was cut off: {"a')
  expect(turnText('{"messages":[{"role":"user","content":"Hi"},{"role":"user","content":"Refund?"}]}')).toBe(
    'Refund?',
  )
  expect(turnText('{"choices":[{"message":{"role":"assistant","content":"Five days."}}]}')).toBe('Five days.')
  expect(turnText('{"question":"Refund?","session":"s","user":"mina"}')).toBe('Refund?')
  expect(turnText('{"anything":"only one"}')).toBe('only one')
})

test('shows other values as they are', () => {
  expect(turnText('{"a":1,"b":2}')).toBe('{"a":1,"b":2}')
  expect(turnText('[1,2]')).toBe('[1,2]')
  expect(turnText('null')).toBe('null')
  expect(turnText(undefined)).toBeUndefined()
})
