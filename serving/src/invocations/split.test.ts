import { expect, test } from 'vitest'
import { pickRoute } from './split.js'

test('traffic goes by its percentages', () => {
  const routes = [
    { served_model_name: 'a', traffic_percentage: 70 },
    { served_model_name: 'b', traffic_percentage: 0 },
    { served_model_name: 'c', traffic_percentage: 30 },
  ]
  const picks = Array.from({ length: 100 }, (_, i) => pickRoute(routes, i / 100))
  expect([picks.filter((one) => one === 'a').length, picks.filter((one) => one === 'c').length]).toEqual([
    70, 30,
  ])
})
