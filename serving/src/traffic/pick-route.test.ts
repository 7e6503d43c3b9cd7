import { expect, test } from 'vitest'
import { pickRoute } from './pick-route.js'

test('splits traffic by percentages', () => {
  const routes = [
    { served_model_name: 'a', traffic_percentage: 70 },
    { served_model_name: 'b', traffic_percentage: 0 },
    { served_model_name: 'c', traffic_percentage: 30 },
  ]
  const picks = Array.from({ length: 100 }, (_, i) => pickRoute(routes, i / 100))
  expect(['a', 'b', 'c'].map((name) => picks.filter((pick) => pick === name).length)).toEqual([70, 0, 30])
})
