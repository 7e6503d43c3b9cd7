import { expect, test } from 'vitest'
import { type Language, readOrders } from './language.js'

const LANGUAGE: Language = { entities: { attribute: { aliases: [] } } }

test('refuses a long ordering by the name of the field', () => {
  expect(readOrders(LANGUAGE, Array(50).fill('a DESC'))).toHaveLength(50)
  expect(() => readOrders(LANGUAGE, Array(51).fill('a DESC'))).toThrow(
    "'order_by' has 51 items; at most 50 are allowed in a request.",
  )
})
