import { expect, test } from 'vitest'
import { localMs, localText } from './local-time.js'

test('writes times for fields without a time zone and reads them', () => {
  const ms = Date.UTC(2026, 5, 1, 10, 30, 15)
  expect(localText(ms)).toMatch(/^2026-0[56]-\d\dT\d\d:\d\d:15$/)
  expect(localMs(localText(ms))).toBe(String(ms))
})

test('writes and reads empty fields, and writes nothing for a time that is none', () => {
  for (const none of [undefined, Number.NaN, 9e15]) expect(localText(none)).toBe('')
  expect(localMs('')).toBe('')
})
