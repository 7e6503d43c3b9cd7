import type { ApiError } from '@cairn/platform/errors'
import { describe, expect, test } from 'vitest'
import { quartzToCroner } from './quartz.js'
import { nextTimes } from './trigger.js'

/** The next times of a Quartz expression after a time, in UTC. */
const times = (quartz_cron_expression: string, from: string, timezone_id = 'UTC', count = 3) =>
  nextTimes({ kind: 'schedule', quartz_cron_expression, timezone_id }, Date.parse(from), count).map((time) =>
    new Date(time).toISOString().replace('.000Z', ''),
  )

describe('Quartz expressions', () => {
  test.each([
    ['0 0 9 ? * MON-FRI', '0 0 9 * * 1,2,3,4,5 *'],
    ['0 0 9 ? * 2-6', '0 0 9 * * 1,2,3,4,5 *'],
    ['0 0 9 ? * 1', '0 0 9 * * 0 *'],
    ['0 0 9 ? * SUN', '0 0 9 * * 0 *'],
    ['0 0 9 ? * 7', '0 0 9 * * 6 *'],
    ['0 0 9 ? * L', '0 0 9 * * 6 *'],
    ['0 0 9 ? * 6L', '0 0 9 * * 5L *'],
    ['0 0 9 ? * FRIL', '0 0 9 * * 5L *'],
    ['0 0 9 ? * 6#3', '0 0 9 * * 5#3 *'],
    ['0 0 9 ? * FRI-MON', '0 0 9 * * 0,1,5,6 *'],
    ['0 0 22-2 * * ?', '0 0 0,1,2,22,23 * * * *'],
    ['0 0/20 * * * ?', '0 0,20,40 * * * * *'],
    ['0 5/20 * * * ?', '0 5,25,45 * * * * *'],
    ['*/15 * * * * ?', '0,15,30,45 * * * * * *'],
    ['0 0 0 L * ?', '0 0 0 L * * *'],
    ['0 0 0 LW * ?', '0 0 0 LW * * *'],
    ['0 0 0 15w * ?', '0 0 0 15W * * *'],
    ['0 0 0 1 jan,JUL ? 2027-2029', '0 0 0 1 1,7 * 2027,2028,2029'],
  ])('%s is %s', (quartz, pattern) => expect(quartzToCroner(quartz)).toBe(pattern))

  test.each([
    ['0 0 * * *', /has 5 fields/],
    ['0 0 0 * * ? 2030 1', /has 8 fields/],
    ['0 0 0 * * *', /exactly one of day of month and day of week must be '\?'/],
    ['0 0 0 ? * ?', /exactly one/],
    ['60 0 0 * * ?', /'60' is not a second; use 0 to 59/],
    ['0 0 24 * * ?', /'24' is not a hour/],
    ['0 0 0 0 * ?', /'0' is not a day of month/],
    ['0 0 0 ? * 0', /'0' is not a day of week; use 1 to 7 or SUN to SAT/],
    ['0 0 0 ? * 8', /'8' is not a day of week/],
    ['0 0 0 ? * FUN', /'FUN' is not a day of week/],
    ['0 0 0 L-3 * ?', /'L-3' is not supported for day of month/],
    ['0 0 0 1,15W * ?', /'1,15W' is not supported for day of month/],
    ['0 0 0 ? * 2#6', /'2#6' is not supported for day of week/],
    ['0 0 0 ? * 2L,3', /'2L' is not a day of week/],
    ['0 0/0 0 * * ?', /'0\/0' is not a minute/],
    ['0 0 0 1 13 ?', /'13' is not a month; use 1 to 12 or JAN to DEC/],
    ['0 0 0 1 1 ? 2030-2027', /'2030-2027' is not a year/],
    ['0 0 0 1 1 ? 1', /'1' is not a year/],
    ['0 a b * * ?', /'A' is not a minute/],
    ['0 @daily 0 * * ?', /'@DAILY' is not a minute/],
  ])('%s is refused', (quartz, message) => {
    const refused = (() => {
      try {
        return quartzToCroner(quartz)
      } catch (error) {
        return error as ApiError
      }
    })()
    expect(refused).toMatchObject({ code: 'INVALID_PARAMETER_VALUE' })
    expect((refused as ApiError).message).toMatch(/^schedule\.quartz_cron_expression: /)
    expect((refused as ApiError).message).toMatch(message)
  })

  test("use Quartz' days of the week: 1 is Sunday", () => {
    expect(times('0 0 9 ? * 1', '2026-11-25T00:00:00Z', 'UTC', 2)).toEqual([
      '2026-11-29T09:00:00',
      '2026-12-06T09:00:00',
    ])
    expect(times('0 0 9 ? * 2#1', '2026-11-25T00:00:00Z', 'UTC', 2)).toEqual([
      '2026-12-07T09:00:00',
      '2027-01-04T09:00:00',
    ])
    expect(times('0 0 9 ? * 6L', '2026-11-25T00:00:00Z', 'UTC', 2)).toEqual([
      '2026-11-27T09:00:00',
      '2026-12-25T09:00:00',
    ])
  })

  test('are times of the zone, also when its clock changes', () => {
    expect(times('0 30 2 * * ?', '2026-11-29T00:00:00Z', 'Asia/Seoul', 1)).toEqual(['2026-11-29T17:30:00'])
    // 02:30 does not exist on 8 March in New York, and 01:30 comes twice on 1 November.
    expect(times('0 30 2 * * ?', '2026-03-07T12:00:00Z', 'America/New_York', 2)).toEqual([
      '2026-03-08T07:00:00',
      '2026-03-09T06:30:00',
    ])
    expect(times('0 30 1 * * ?', '2026-10-31T12:00:00Z', 'America/New_York', 2)).toEqual([
      '2026-11-01T05:30:00',
      '2026-11-02T06:30:00',
    ])
  })

  test('start runs at most every ten seconds', () => {
    expect(times('* * * * * ?', '2026-11-29T00:00:00Z')).toEqual([
      '2026-11-29T00:00:01',
      '2026-11-29T00:00:11',
      '2026-11-29T00:00:21',
    ])
  })

  test('end after their last year', () => {
    expect(times('0 0 0 1 1 ? 2027', '2026-11-29T00:00:00Z')).toEqual(['2027-01-01T00:00:00'])
  })
})
