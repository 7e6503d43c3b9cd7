import { expect, test } from 'vitest'
import { adamStep } from './adam.js'

const settings = { beta1: 0.9, beta2: 0.98, epsilon: 1e-8 }
const fresh = (values: number[]) => ({
  parameters: Float32Array.from(values),
  means: new Float32Array(values.length),
  squares: new Float32Array(values.length),
})

test('equals the textbook algorithm', () => {
  const state = fresh([1, -2])
  let [m, v, x] = [0, 0, 1]
  for (let step = 1; step <= 5; step++) {
    const gradient = 0.3 * step - 1
    adamStep(state, [Float32Array.of(gradient, 0)], [0, 2], { ...settings, rate: 0.1, step })
    m = 0.9 * m + 0.1 * gradient
    v = 0.98 * v + 0.02 * gradient ** 2
    x -= (0.1 * (m / (1 - 0.9 ** step))) / (Math.sqrt(v / (1 - 0.98 ** step)) + 1e-8)
  }
  expect(state.parameters[0]).toBeCloseTo(x, 5)
  expect(state.parameters[1]).toBe(-2)
})

test('makes a first step of the size of the rate, for any gradient', () => {
  const state = fresh([0, 0])
  adamStep(state, [Float32Array.of(1e-3, -50)], [0, 2], { ...settings, rate: 0.01, step: 1 })
  expect(state.parameters[0]).toBeCloseTo(-0.01, 6)
  expect(state.parameters[1]).toBeCloseTo(0.01, 6)
})

test('sums the gradients and updates only the range', () => {
  const [parts, whole] = [fresh([1, 1, 1]), fresh([1, 1, 1])]
  const of = (...gradients: number[][]) => gradients.map((one) => Float32Array.from(one))
  adamStep(parts, of([1, 2, 3], [4, 5, 6]), [1, 3], { ...settings, rate: 0.01, step: 1 })
  adamStep(whole, of([5, 7, 9]), [0, 3], { ...settings, rate: 0.01, step: 1 })
  expect(parts.parameters.subarray(1)).toEqual(whole.parameters.subarray(1))
  expect(parts.parameters[0]).toBe(1)
})
