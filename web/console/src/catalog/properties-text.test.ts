import { expect, test } from 'vitest'
import { propertiesOf, textOfProperties } from './properties-text.js'

test.each([
  [{}],
  [{ team: 'search', query: 'a=b' }],
  [{ text: 'one\ntwo' }],
  [{ space: ' x ' }],
  [{ 'a=b': 'c' }],
  [{ '{': 'brace' }],
])('properties %j are read as they were shown', (properties) => {
  expect(propertiesOf(textOfProperties(properties))).toEqual(properties)
})

test('properties that lines can hold are shown as lines', () => {
  expect(textOfProperties({ a: '1', b: '' })).toBe('a=1\nb=')
})

test.each(['{', '{"a": 1}'])('%s is not read', (text) => {
  expect(propertiesOf(text)).toBeUndefined()
})
