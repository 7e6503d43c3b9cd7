import { expect, test } from 'vitest'
import { isPaused, withPause } from './job-settings.js'

test('pauses and resumes a schedule or a trigger, and keeps the rest of it', () => {
  const schedule = { quartz_cron_expression: '0 0 0 * * ?', timezone_id: 'UTC' }
  const paused = withPause({ schedule }, true)!
  expect(paused).toEqual({ schedule: { ...schedule, pause_status: 'PAUSED' } })
  expect([isPaused({ schedule }), isPaused(paused)]).toEqual([false, true])
  const periodic = { interval: 2, unit: 'HOURS' as const }
  expect(withPause({ trigger: { periodic } }, false)).toEqual({
    trigger: { periodic, pause_status: 'UNPAUSED' },
  })
  expect(withPause({ continuous: {} }, true)).toEqual({ continuous: { pause_status: 'PAUSED' } })
  expect(withPause({}, true)).toBeUndefined()
})
