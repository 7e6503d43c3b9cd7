import { expect, test } from 'vitest'
import { type Id, IdIndex } from './id.js'

test('finds an id by its number and by its text, and no other form of it', () => {
  const forms: Id[] = [
    7,
    '7',
    '07',
    '7.0',
    ' 7',
    '7e0',
    '+7',
    '0x7',
    -7,
    '-7',
    0,
    '0',
    '-0',
    '',
    'seven',
    '1e21',
  ]
  const large = '9007199254740993' // not exact as a number
  for (const ids of [
    [7, -7, 0],
    ['7', '-7', '0'],
    ['07', 'seven', large, '', '-0', '1e21'],
  ]) {
    const index = new IdIndex(ids)
    for (const form of [...forms, large, 9007199254740992]) {
      const row = ids.map(String).indexOf(String(form))
      expect([ids, form, index.find(form)]).toEqual([ids, form, row < 0 ? undefined : row])
    }
  }
})

test('counts distinct ids', () => {
  expect(new IdIndex([7, 8, 7]).size).toBe(2)
  expect(new IdIndex(['7', '07', '7', 'x']).size).toBe(3)
})
