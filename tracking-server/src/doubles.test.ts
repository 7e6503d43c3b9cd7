import { expect, test } from 'vitest'
import { withPoints } from './doubles.js'

test('only numbers that are values get a point', () => {
  const answer = {
    metrics: [
      { key: 'a', value: 1, step: 2 },
      { value: -3, key: '{"value":4}' },
      { key: 'b\\', value: 0.5 },
      { key: 'c', value: 1e21 },
      { key: 'd', value: 'NaN' },
    ],
    params: [{ key: 'value', value: '5' }],
  }
  const json = withPoints(JSON.stringify(answer))
  expect(json.match(/\.0/g)).toHaveLength(2)
  expect(json).toContain('"value":1.0,"step":2')
  expect(json).toContain('"value":-3.0')
  expect(JSON.parse(json)).toEqual(answer)
})
