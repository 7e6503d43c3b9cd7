import fc from 'fast-check'
import { expect, test } from 'vitest'
import { prefixCode } from './prefix-code.js'

test('assigns every used symbol a code of at most 15 bits; the code is prefix-free and complete', () => {
  const counts = fc.array(fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 1 << 30 })), {
    minLength: 2,
    maxLength: 300,
  })
  fc.assert(
    fc.property(counts, (values) => {
      const { single, lengths, codes } = prefixCode(Uint32Array.from(values))
      const used = values.flatMap((count, symbol) => (count > 0 ? [symbol] : []))
      expect(single).toBe(used.length < 2 ? (used[0] ?? 0) : undefined)
      if (used.length < 2) return
      expect([...lengths.keys()].filter((symbol) => lengths[symbol]! > 0)).toEqual(used)
      expect(Math.max(...lengths)).toBeLessThanOrEqual(15)
      expect(used.reduce((sum, symbol) => sum + 2 ** -lengths[symbol]!, 0)).toBe(1)
      const words = used.map((symbol) =>
        [...codes[symbol]!.toString(2).padStart(lengths[symbol]!, '0')].reverse().join(''),
      )
      expect(new Set(words.flatMap((word) => words.filter((other) => other.startsWith(word)))).size).toBe(
        words.length,
      )
    }),
    { numRuns: 60 },
  )
})

test('limits the code length for skewed counts', () => {
  const fibonacci = [1, 1]
  while (fibonacci.length < 40) fibonacci.push(fibonacci.at(-1)! + fibonacci.at(-2)!)
  expect(Math.max(...prefixCode(Uint32Array.from(fibonacci)).lengths)).toBeLessThanOrEqual(15)
})
