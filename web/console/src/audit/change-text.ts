import type { AuditEvent } from '../api/audit.js'

/** `privileges ada: +SELECT −MODIFY`, or `owner: ada → bo`. */
export function changeText({
  field,
  principal,
  added = [],
  removed = [],
  before,
  after,
}: AuditEvent['changes'][number]): string {
  const what = principal ? `${field} ${principal}` : field
  const parts = [...added.map((one) => `+${one}`), ...removed.map((one) => `−${one}`)]
  if (before !== undefined || after !== undefined) parts.push(`${before ?? '–'} → ${after ?? '–'}`)
  return `${what}: ${parts.join(' ')}`
}
