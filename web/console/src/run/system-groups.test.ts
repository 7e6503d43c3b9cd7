import { expect, test } from 'vitest'
import { systemGroups } from './system-groups.js'

test('groups system metrics by device, in natural order', () => {
  const keys = [
    'loss',
    'system/gpu_10_power_usage_watts',
    'system/gpu_2_power_usage_watts',
    'system/cpu_utilization_percentage',
    'system/system_memory_usage_megabytes',
    'system/fan',
  ]
  expect([...systemGroups(keys)]).toEqual([
    ['cpu', ['system/cpu_utilization_percentage']],
    ['memory', ['system/system_memory_usage_megabytes']],
    ['gpu', ['system/gpu_2_power_usage_watts', 'system/gpu_10_power_usage_watts']],
    ['other', ['system/fan']],
  ])
})
