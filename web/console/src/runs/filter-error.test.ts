import { expect, test } from 'vitest'
import { RequestError } from '../api/http.js'
import { errorRange } from './filter-error.js'

const badRequest = (message: string, details = {}) =>
  new RequestError(400, 'INVALID_PARAMETER_VALUE', message, details)

test('uses the position that the server reports', () => {
  expect(errorRange('a = 123', badRequest('no', { position: 4 }))).toEqual({ start: 4, end: 7 })
  expect(errorRange('a =', badRequest('no', { position: 3 }))).toEqual({ start: 3, end: 4 })
})

test('falls back to the first quoted fragment that the filter contains', () => {
  const filter = "status = 'A' OR status = 'B'"
  expect(errorRange(filter, badRequest("Invalid clause(s) in filter string: 'OR'"))).toEqual({
    start: 13,
    end: 15,
  })
  expect(errorRange(filter, badRequest("Valid keys are 'metrics'"))).toBeUndefined()
})
