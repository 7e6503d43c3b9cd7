import { expect, test } from 'vitest'
import { differs, verdictOf, verdictOfItems } from './drift-verdict.js'

test.each([
  [0.02, 0.05, 'stable'],
  [0.0999, 0.01, 'stable'],
  [0.1, 0.01, 'moderate'],
  [0.2499, 0.01, 'moderate'],
  [0.25, 0.01, 'large'],
  [0.12, 0.13, 'stable'],
  [0.3, 0.13, 'large'],
] as const)('an index of %d with a noise of %d is %s', (psi, psi_noise, verdict) => {
  expect(verdictOf({ psi, psi_noise })).toBe(verdict)
})

test('a distance differs above its noise', () => {
  expect([0.05, 0.06, 0.07].map((ks) => differs({ ks, ks_noise: 0.06 }))).toEqual([false, false, true])
})

test.each([
  [0.12, 0.12, 'stable'],
  [0.13, 0.12, 'moderate'],
  [0.21, 0.12, 'moderate'],
  [0.23, 0.12, 'large'],
] as const)(
  'a divergence of items of %d with a noise of %d is %s',
  (divergence, divergence_noise, verdict) => {
    expect(verdictOfItems({ divergence, divergence_noise })).toBe(verdict)
  },
)
