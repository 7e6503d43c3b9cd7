import type { LineageGraph, LineageNode } from './lineage-graph.js'

export const NODE = { width: 208, height: 52, gapX: 72, gapY: 14 } as const

export interface PositionedNode {
  readonly node: LineageNode
  readonly x: number
  readonly y: number
}

export interface LineageLayout {
  readonly width: number
  readonly height: number
  readonly nodes: readonly PositionedNode[]
  /** SVG paths from the right side of one node to the left side of another. */
  readonly paths: readonly { readonly key: string; readonly d: string }[]
}

/** Columns side by side, each centred on the tallest. */
export function layoutLineage({ columns, edges }: LineageGraph): LineageLayout {
  const heightOf = (count: number) => count * NODE.height + (count - 1) * NODE.gapY
  const height = Math.max(...columns.map((column) => heightOf(column.length)))
  const nodes = columns.flatMap((column, columnIndex) =>
    column.map((node, index) => ({
      node,
      x: columnIndex * (NODE.width + NODE.gapX),
      y: (height - heightOf(column.length)) / 2 + index * (NODE.height + NODE.gapY),
    })),
  )
  const at = new Map(nodes.map((placed) => [placed.node.id, placed]))
  const paths = edges.map(([from, to]) => ({ key: `${from}→${to}`, d: curve(at.get(from)!, at.get(to)!) }))
  return { width: columns.length * (NODE.width + NODE.gapX) - NODE.gapX, height, nodes, paths }
}

function curve(from: PositionedNode, to: PositionedNode): string {
  const x1 = from.x + NODE.width
  const y1 = from.y + NODE.height / 2
  const x2 = to.x
  const y2 = to.y + NODE.height / 2
  const bend = (x2 - x1) / 2
  return `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`
}
