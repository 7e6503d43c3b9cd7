import { expect, test } from 'vitest'
import { RequestError } from '../api/http.js'
import { placeOf } from './filter-error.js'

const refusal = (message: string, details = {}) =>
  new RequestError(400, 'INVALID_PARAMETER_VALUE', message, details)

test('the position that the server gives is the place', () => {
  expect(placeOf('a = 123', refusal('no', { position: 4 }))).toEqual({ start: 4, end: 7 })
  expect(placeOf('a =', refusal('no', { position: 3 }))).toEqual({ start: 3, end: 4 })
})

test('else the first quoted fragment that the filter holds', () => {
  const filter = "status = 'A' OR status = 'B'"
  expect(placeOf(filter, refusal("Invalid clause(s) in filter string: 'OR'"))).toEqual({ start: 13, end: 15 })
  expect(placeOf(filter, refusal("Valid keys are 'metrics'"))).toBeUndefined()
})
