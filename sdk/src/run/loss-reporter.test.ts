import { expect, test } from 'vitest'
import { Losses } from './loss-reporter.js'

test('what onLoss throws does not end the process: the next call throws it, once', () => {
  const rethrowing = (error: unknown) => {
    throw error
  }
  for (const strict of [false, true]) {
    const losses = new Losses({ strict, onLoss: rethrowing })
    losses.report(new RangeError('full'), {})
    expect(() => losses.throwKept()).toThrow(RangeError)
    losses.throwKept()
  }
})
