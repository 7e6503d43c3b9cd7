import type { RunRow } from './row.js'

export interface TreeRow {
  readonly row: RunRow
  readonly depth: number
  readonly children: number
}

const PARENT = 'mlflow.parentRunId'

/** Nests runs under their parent if it is loaded; keeps the order at each level. */
export function nest(rows: readonly RunRow[], collapsed: ReadonlySet<string>): TreeRow[] {
  const byId = new Map(rows.map((row) => [row.info.run_id, row]))
  const children = new Map<string, RunRow[]>()
  const roots: RunRow[] = []
  for (const row of rows) {
    const parent = row.tags.get(PARENT)
    if (parent === undefined || !byId.has(parent) || isInCycle(row, byId)) roots.push(row)
    else if (children.has(parent)) children.get(parent)!.push(row)
    else children.set(parent, [row])
  }
  const out: TreeRow[] = []
  const visit = (row: RunRow, depth: number) => {
    const { run_id } = row.info
    const below = children.get(run_id) ?? []
    out.push({ row, depth, children: below.length })
    if (!collapsed.has(run_id)) for (const child of below) visit(child, depth + 1)
  }
  for (const root of roots) visit(root, 0)
  return out
}

/** Runs in a parent cycle become roots, so that they stay visible. */
function isInCycle(row: RunRow, byId: ReadonlyMap<string, RunRow>): boolean {
  const visited = new Set<string>()
  for (let at: RunRow | undefined = row; at; at = byId.get(at.tags.get(PARENT) ?? '')) {
    if (visited.has(at.info.run_id)) return true
    visited.add(at.info.run_id)
  }
  return false
}
