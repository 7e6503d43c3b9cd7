import { expect, test } from 'vitest'
import { isPaused, NEW_JOB, parseSettings, withPause } from './job-settings.js'

test('pauses and resumes a schedule or a trigger, and keeps the rest of it', () => {
  const schedule = { quartz_cron_expression: '0 0 0 * * ?', timezone_id: 'UTC' }
  const paused = withPause({ schedule, name: 'x' }, true)!
  expect(paused).toEqual({ schedule: { ...schedule, pause_status: 'PAUSED' } })
  expect([isPaused({ schedule }), isPaused(paused)]).toEqual([false, true])
  const periodic = { interval: 2, unit: 'HOURS' as const }
  expect(withPause({ trigger: { periodic } }, false)).toEqual({
    trigger: { periodic, pause_status: 'UNPAUSED' },
  })
  expect(withPause({ name: 'x' }, true)).toBeUndefined()
})

test('parses settings, or tells why they are not JSON', () => {
  expect(parseSettings(JSON.stringify(NEW_JOB))).toEqual({ settings: NEW_JOB })
  expect(parseSettings('{')).toMatchObject({ problem: expect.stringContaining('JSON') })
})
