/** `2026-11-25 14:03:12`, in UTC. */
export const formatTime = (ms: number | undefined) =>
  ms ? new Date(ms).toISOString().slice(0, 19).replace('T', ' ') : ''

/** 950, 12.3k, 4.1M */
export function formatCount(value: number): string {
  if (value < 1000)
    return value < 10 && !Number.isInteger(value) ? value.toFixed(1) : String(Math.round(value))
  return value < 1_000_000 ? `${(value / 1000).toFixed(1)}k` : `${(value / 1_000_000).toFixed(1)}M`
}

export const formatDuration = (seconds: number) =>
  seconds < 60
    ? `${seconds.toFixed(1)} s`
    : `${Math.floor(seconds / 60)} min ${String(Math.round(seconds % 60)).padStart(2, '0')} s`

/** 950 B, 12.3 kB, 4.1 MB */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  const units = ['kB', 'MB', 'GB', 'TB']
  const power = Math.min(units.length, Math.floor(Math.log10(bytes) / 3))
  return `${(bytes / 1000 ** power).toFixed(1)} ${units[power - 1]}`
}
