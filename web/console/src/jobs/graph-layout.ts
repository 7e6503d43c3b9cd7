import * as dagre from '@dagrejs/dagre'

/** The ES module has a default export only, which its types lack. */
const { graphlib, layout } = (dagre as unknown as { default: typeof dagre }).default

export const NODE = { width: 196, height: 46 } as const
const GAP = { nodesep: 14, ranksep: 56, marginx: 2, marginy: 2 }
/** Above, the best ranking takes seconds. */
const MANY_NODES = 300

interface GraphNode {
  readonly task_key: string
  readonly depends_on?:
    | readonly { readonly task_key: string; readonly outcome?: string | undefined }[]
    | undefined
}

interface TaskLayout<N> {
  readonly width: number
  readonly height: number
  readonly nodes: readonly { readonly task: N; readonly x: number; readonly y: number }[]
  readonly edges: readonly {
    readonly from: string
    readonly to: string
    readonly path: string
    /** The outcome of a condition that the dependency needs, and where to write it. */
    readonly label?: { readonly text: string; readonly x: number; readonly y: number }
  }[]
}

/** Places tasks in layers from left to right. Dependencies on tasks that are not among them are left out. */
export function layoutTasks<N extends GraphNode>(tasks: readonly N[]): TaskLayout<N> {
  const graph = new graphlib.Graph()
  const ranker = tasks.length > MANY_NODES ? 'longest-path' : 'network-simplex'
  graph.setGraph({ rankdir: 'LR', ranker, ...GAP })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const { task_key } of tasks) graph.setNode(task_key, { ...NODE })
  const dependencies = tasks.flatMap(({ task_key, depends_on = [] }) =>
    depends_on
      .filter((upstream) => graph.hasNode(upstream.task_key))
      .map((upstream) => ({ from: upstream.task_key, to: task_key, outcome: upstream.outcome })),
  )
  for (const { from, to } of dependencies) graph.setEdge(from, to)
  layout(graph)
  const nodes = tasks.map((task) => {
    const { x, y } = graph.node(task.task_key)
    return { task, x: x! - NODE.width / 2, y: y! - NODE.height / 2 }
  })
  const at = new Map(nodes.map((node) => [node.task.task_key, node]))
  const edges = dependencies.map(({ from, to, outcome }) => {
    const start = at.get(from)!
    const end = at.get(to)!
    const between = (graph.edge(from, to).points as readonly Point[]).slice(1, -1)
    const label = outcome ? { label: { text: outcome, x: end.x - 7, y: end.y + NODE.height / 2 - 5 } } : {}
    const points = [rightSide(start), ...between.filter(({ x }) => isBetween(x, start, end)), leftSide(end)]
    return { from, to, path: curveThrough(points), ...label }
  })
  const { width = 0, height = 0 } = graph.graph()
  return { width, height, nodes, edges }
}

interface Point {
  readonly x: number
  readonly y: number
}

const rightSide = ({ x, y }: Point): Point => ({ x: x + NODE.width, y: y + NODE.height / 2 })
const leftSide = ({ x, y }: Point): Point => ({ x, y: y + NODE.height / 2 })
const isBetween = (x: number, from: Point, to: Point) => x > from.x + NODE.width + 8 && x < to.x - 8

/** A path with horizontal tangents, which meets the sides of nodes at right angles. */
function curveThrough(points: readonly Point[]): string {
  const [first, ...rest] = points as [Point, ...Point[]]
  let from = first
  const parts = rest.map((to) => {
    const middle = (from.x + to.x) / 2
    const part = `C${middle} ${from.y} ${middle} ${to.y} ${to.x} ${to.y}`
    from = to
    return part
  })
  return `M${first.x} ${first.y}${parts.join('')}`
}
