import { expect, test } from 'vitest'
import { LostValueReporter } from './lost-values.js'

test('an error of onLostValues is thrown by the next call, once', () => {
  const rethrowing = (error: unknown) => {
    throw error
  }
  for (const strict of [false, true]) {
    const lossReporter = new LostValueReporter({ strict, onLostValues: rethrowing })
    lossReporter.report(new RangeError('full'), {})
    expect(() => lossReporter.throwPending()).toThrow(RangeError)
    lossReporter.throwPending()
  }
})
