import type { SpanRow } from './span-tree.js'

export const spanIdOf = ({ node }: SpanRow) => node.span.span_id

/** The effect of a key on a tree. */
export type TreeAction =
  | { readonly move: number }
  | { readonly toggle: string }
  | { readonly expand: readonly string[] }
  | { readonly select: string }
  | 'nothing'

interface TreePosition {
  readonly rows: readonly SpanRow[]
  /** Index of the current row. */
  readonly index: number
  readonly collapsed: ReadonlySet<string>
}

const PAGE_ROWS = 12

/**
 * Keys of ARIA's tree pattern: up and down move, right expands or enters, left collapses or leaves, `*` expands the siblings,
 * Enter and Space select.
 *
 * @returns undefined for other keys
 */
export function treeAction(key: string, position: TreePosition): TreeAction | undefined {
  const { rows, index } = position
  switch (key) {
    case 'ArrowDown':
      return moveTo(rows, index + 1)
    case 'ArrowUp':
      return moveTo(rows, index - 1)
    case 'PageDown':
      return moveTo(rows, index + PAGE_ROWS)
    case 'PageUp':
      return moveTo(rows, index - PAGE_ROWS)
    case 'Home':
      return moveTo(rows, 0)
    case 'End':
      return moveTo(rows, rows.length - 1)
    case 'ArrowRight':
      return open(position)
    case 'ArrowLeft':
      return close(position)
    case 'Enter':
    case ' ':
      return { select: spanIdOf(rows[index]!) }
    case '*':
      return { expand: siblings(position).map(spanIdOf) }
    default:
      return undefined
  }
}

const moveTo = (rows: readonly SpanRow[], index: number): TreeAction => ({
  move: Math.min(rows.length - 1, Math.max(0, index)),
})

const isOpen = ({ rows, index, collapsed }: TreePosition) =>
  rows[index]!.node.children.length > 0 && !collapsed.has(spanIdOf(rows[index]!))

function open(position: TreePosition): TreeAction {
  const { rows, index } = position
  if (rows[index]!.node.children.length === 0) return 'nothing'
  return isOpen(position) ? moveTo(rows, index + 1) : { toggle: spanIdOf(rows[index]!) }
}

function close(position: TreePosition): TreeAction {
  const { rows, index } = position
  if (isOpen(position)) return { toggle: spanIdOf(rows[index]!) }
  return rows[index]!.depth > 0 ? { move: parentIndex(position) } : 'nothing'
}

const parentIndex = ({ rows, index }: TreePosition) =>
  rows.findLastIndex((row, i) => i < index && row.depth < rows[index]!.depth)

function siblings({ rows, index, ...rest }: TreePosition): readonly SpanRow[] {
  const { depth } = rows[index]!
  const start = parentIndex({ rows, index, ...rest }) + 1
  const end = rows.findIndex((row, i) => i > index && row.depth < depth)
  return rows.slice(start, end < 0 ? undefined : end).filter((row) => row.depth === depth)
}

/** Index of the next row whose name starts with the text, searched from an index and around the end; -1 if none does. */
export function findByName(rows: readonly SpanRow[], text: string, from: number): number {
  for (let step = 0; step < rows.length; step++) {
    const index = (from + step) % rows.length
    if (rows[index]!.node.span.name.toLowerCase().startsWith(text)) return index
  }
  return -1
}
