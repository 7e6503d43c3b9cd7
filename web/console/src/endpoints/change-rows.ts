import type { DeploymentChange } from '../api/deployments.js'

/** One row of a comparison. Without a field it is about the whole entity, which was added or removed. */
export interface ChangeRow {
  readonly entity: string
  readonly field: string | undefined
  readonly before: string | undefined
  readonly after: string | undefined
}

/** Rows for the fields of entities that both configurations have, and one row for each other entity. */
export function changeRows(changes: readonly DeploymentChange[]): ChangeRow[] {
  const byEntity = new Map<string, ChangeRow[]>()
  for (const { field: path, before, after } of changes) {
    const dot = path.lastIndexOf('.')
    const entity = path.slice(0, Math.max(0, dot))
    const rows = byEntity.get(entity) ?? []
    rows.push({ entity, field: path.slice(dot + 1), before, after })
    byEntity.set(entity, rows)
  }
  return [...byEntity].flatMap(([entity, rows]) => {
    const isRemoved = rows.every(({ after }) => after === undefined)
    const isAdded = rows.every(({ before }) => before === undefined)
    if (isRemoved) return [{ entity, field: undefined, before: entityText(rows, 'before'), after: undefined }]
    if (isAdded) return [{ entity, field: undefined, before: undefined, after: entityText(rows, 'after') }]
    return rows
  })
}

/** `movies v3 · 90%`. */
function entityText(rows: readonly ChangeRow[], side: 'before' | 'after'): string {
  const find = (name: string) => rows.find(({ field }) => field === name)?.[side]
  const version = find('version') ?? find('entity_version') ?? ''
  const text = `${find('entity_name')} ${/^\d+$/.test(version) ? `v${version}` : version}`
  return `${text} · ${find('traffic_percentage')}%`
}
