import { compareNaturally } from '../app/natural-order.js'
import { isSystemKey } from '../metrics/metric-name.js'

export const SYSTEM_GROUPS = ['cpu', 'memory', 'gpu', 'disk', 'network', 'other'] as const
export type SystemGroup = (typeof SYSTEM_GROUPS)[number]

/** MLflow's system metrics by what they measure, such as `system/gpu_0_utilization_percentage`. */
export function systemGroups(keys: readonly string[]): ReadonlyMap<SystemGroup, readonly string[]> {
  const own = keys.filter(isSystemKey).sort(compareNaturally)
  return new Map(
    SYSTEM_GROUPS.flatMap((group): [SystemGroup, string[]][] => {
      const members = own.filter((key) => groupOf(key) === group)
      return members.length > 0 ? [[group, members]] : []
    }),
  )
}

function groupOf(key: string): SystemGroup {
  const name = key.slice('system/'.length)
  if (name.startsWith('gpu')) return 'gpu'
  if (name.startsWith('system_memory') || name.startsWith('memory')) return 'memory'
  return (['cpu', 'disk', 'network'] as const).find((group) => name.startsWith(group)) ?? 'other'
}
