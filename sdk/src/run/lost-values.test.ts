import { expect, test } from 'vitest'
import { LossReporter } from './loss-reporter.js'

test('an error of onLoss is thrown by the next call, once', () => {
  const rethrowing = (error: unknown) => {
    throw error
  }
  for (const strict of [false, true]) {
    const lossReporter = new LossReporter({ strict, onLoss: rethrowing })
    lossReporter.report(new RangeError('full'), {})
    expect(() => lossReporter.throwPending()).toThrow(RangeError)
    lossReporter.throwPending()
  }
})
