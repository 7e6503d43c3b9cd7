import type { SpanSummary } from '../api/traces.js'

export interface SpanNode {
  readonly span: SpanSummary
  readonly children: SpanNode[]
  /** Milliseconds since the start of the trace. */
  readonly start: number
  /** Milliseconds; undefined while the span is running. */
  readonly duration: number | undefined
}

/** A row of the tree that is on screen or scrolled to. */
export interface SpanRow {
  readonly node: SpanNode
  readonly depth: number
  /** Position among its siblings, from 1. */
  readonly position: number
  readonly siblings: number
}

export interface SpanTree {
  readonly roots: readonly SpanNode[]
  /** Milliseconds from the first start to the last end. */
  readonly total: number
}

const NANOS_PER_MS = 1e6

/** Arranges spans below their parents by start time. Spans whose parent is missing, or above themselves, are roots. */
export function buildTree(spans: readonly SpanSummary[]): SpanTree {
  const first = spans.reduce<bigint | undefined>((least, { start_time_unix_nano: start }) => {
    const time = BigInt(start)
    return least === undefined || time < least ? time : least
  }, undefined)
  const msSince = (nanos: string) => Number(BigInt(nanos) - (first ?? 0n)) / NANOS_PER_MS
  const nodes = new Map<string, SpanNode>()
  for (const span of spans) {
    const start = msSince(span.start_time_unix_nano)
    const end = span.end_time_unix_nano === undefined ? undefined : msSince(span.end_time_unix_nano)
    nodes.set(span.span_id, {
      ...{ span, start, children: [] },
      duration: end === undefined ? undefined : Math.max(0, end - start),
    })
  }
  const roots: SpanNode[] = []
  for (const node of nodes.values()) (parentOf(node, nodes)?.children ?? roots).push(node)
  const reached = sorted(roots)
  if (reached < nodes.size) roots.push(...cutCycles(nodes, roots))
  const total = [...nodes.values()].reduce(
    (end, { start, duration }) => Math.max(end, start + (duration ?? 0)),
    0,
  )
  return { roots, total }
}

const parentOf = ({ span }: SpanNode, nodes: ReadonlyMap<string, SpanNode>) =>
  span.parent_span_id === undefined || span.parent_span_id === span.span_id
    ? undefined
    : nodes.get(span.parent_span_id)

/** Sorts all levels in place. @returns the number of nodes below the roots, and these */
function sorted(roots: SpanNode[]): number {
  let count = 0
  const pending = [roots]
  for (let level = pending.pop(); level; level = pending.pop()) {
    level.sort((a, b) => a.start - b.start || (a.span.span_id < b.span.span_id ? -1 : 1))
    count += level.length
    for (const { children } of level) if (children.length > 0) pending.push(children)
  }
  return count
}

/** Nodes that no root leads to are in cycles: each becomes a root without children. */
function cutCycles(nodes: ReadonlyMap<string, SpanNode>, roots: readonly SpanNode[]): SpanNode[] {
  const known = new Set<SpanNode>()
  const pending = [...roots]
  for (let node = pending.pop(); node; node = pending.pop()) {
    known.add(node)
    for (const child of node.children) pending.push(child)
  }
  return [...nodes.values()].filter((node) => !known.has(node)).map((node) => ({ ...node, children: [] }))
}

export type SpanOrder = 'start' | 'slowest'

interface TreeRowsOptions {
  readonly collapsed: ReadonlySet<string>
  readonly order?: SpanOrder
  /** Ids of the spans to show; default: all. */
  readonly keep?: ReadonlySet<string> | undefined
}

const longer = (a: SpanNode, b: SpanNode) =>
  (b.duration ?? Number.MAX_VALUE) - (a.duration ?? Number.MAX_VALUE)

/** The rows without those below collapsed spans. By `slowest`, running spans and then the longest come first among siblings. */
export function treeRows(
  roots: readonly SpanNode[],
  { collapsed, order = 'start', keep }: TreeRowsOptions,
): SpanRow[] {
  const rows: SpanRow[] = []
  const pending: SpanRow[] = []
  const push = (nodes: readonly SpanNode[], depth: number) => {
    const kept = keep ? nodes.filter(({ span }) => keep.has(span.span_id)) : nodes
    const shown = order === 'slowest' ? kept.toSorted(longer) : kept
    for (let i = shown.length - 1; i >= 0; i--)
      pending.push({ node: shown[i]!, depth, position: i + 1, siblings: shown.length })
  }
  push(roots, 0)
  for (let row = pending.pop(); row; row = pending.pop()) {
    rows.push(row)
    if (!collapsed.has(row.node.span.span_id)) push(row.node.children, row.depth + 1)
  }
  return rows
}

/** Ids of the spans whose name or type contains the text, and of all above them. */
export function matchingSpans(spans: readonly SpanSummary[], text: string): ReadonlySet<string> {
  const wanted = text.toLowerCase()
  const byId = new Map(spans.map((span) => [span.span_id, span]))
  const kept = new Set<string>()
  for (const span of spans) {
    if (!span.name.toLowerCase().includes(wanted) && !span.type.toLowerCase().includes(wanted)) continue
    for (
      let at: SpanSummary | undefined = span;
      at && !kept.has(at.span_id);
      at = byId.get(at.parent_span_id ?? '')
    )
      kept.add(at.span_id)
  }
  return kept
}
