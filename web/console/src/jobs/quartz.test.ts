import { expect, test } from 'vitest'
import { fromQuartz, fromQuartzWithSeconds, type Rhythm, startOf, toQuartz } from './quartz.js'

test.each<[string, Rhythm]>([
  ['0 0/15 * * * ?', { kind: 'minutes', every: 15 }],
  ['0 5 * * * ?', { kind: 'hourly', every: 1, minute: 5 }],
  ['0 0 0/6 * * ?', { kind: 'hourly', every: 6, minute: 0 }],
  ['0 30 2 * * ?', { kind: 'daily', time: '02:30' }],
  ['0 0 9 ? * MON,FRI', { kind: 'weekly', time: '09:00', days: ['MON', 'FRI'] }],
  ['0 15 23 1 * ?', { kind: 'monthly', time: '23:15', day: '1' }],
  ['0 15 23 L * ?', { kind: 'monthly', time: '23:15', day: 'L' }],
  ['0 0 0 1 1 ?', { kind: 'custom', expression: '0 0 0 1 1 ?' }],
])('%s is %j, and back', (expression, rhythm) => {
  expect(fromQuartz(expression)).toEqual(rhythm)
  expect(toQuartz(rhythm)).toBe(expression)
})

test.each([
  ['0 */5 * * * ?', '0 0/5 * * * ?'],
  ['0 0 8 ? * *', '0 0 8 * * ?'],
  ['0 0 8 ? * 2-6', '0 0 8 ? * MON,TUE,WED,THU,FRI'],
  ['0 0 8 ? * sun', '0 0 8 ? * SUN'],
])('%s is read as %s', (expression, same) => {
  expect(toQuartz(fromQuartz(expression))).toBe(same)
})

test.each([
  '30 0 8 * * ?',
  '0 0 8 ? * FRI-MON',
  '0 0 8 ? * 2#1',
  '0 0,30 8 * * ?',
  '0 0 8 15W * ?',
  'nonsense',
])('%s stays as it was written', (expression) => {
  expect(fromQuartz(expression)).toEqual({ kind: 'custom', expression })
})

test('another kind keeps the time', () => {
  expect(startOf('monthly', { kind: 'daily', time: '07:10' })).toEqual({
    kind: 'monthly',
    time: '07:10',
    day: '1',
  })
})

test.each<[string, Rhythm]>([
  ['25 24 1 * * ?', { kind: 'daily', time: '01:24:25' }],
  ['5 0 9 ? * MON', { kind: 'weekly', time: '09:00:05', days: ['MON'] }],
  ['0 0 9 L * ?', { kind: 'monthly', time: '09:00', day: 'L' }],
  ['30 0/5 * * * ?', { kind: 'custom', expression: '30 0/5 * * * ?' }],
  ['75 0 8 * * ?', { kind: 'custom', expression: '75 0 8 * * ?' }],
  ['0/5 0 8 * * ?', { kind: 'custom', expression: '0/5 0 8 * * ?' }],
])('the words of %s are those of %j', (expression, rhythm) => {
  expect(fromQuartzWithSeconds(expression)).toEqual(rhythm)
})
