import { randomStream } from './random.js'

/** Rows are runs; a column is a parameter as numbers. */
export interface Sample {
  readonly columns: readonly Float64Array[]
  readonly target: Float64Array
}

interface Leaf {
  readonly value: number
}
interface Split {
  readonly column: number
  readonly at: number
  readonly below: Node
  readonly above: Node
}
type Node = Leaf | Split

const TREES = 64
const MAX_DEPTH = 8
const MIN_LEAF = 2
const SEED = 7
/** Work between two pauses, so that the page stays responsive. */
const SLICE_MS = 12

/**
 * The importance of each column for the target: by how much the squared error of a random forest of 64 regression trees grows when the
 * column is permuted, measured on the rows that a tree was not grown on (Breiman 2001).
 *
 * @returns shares that sum to 1, or zeros if no column helps; undefined if aborted
 */
export async function permutationImportance(
  sample: Sample,
  signal?: AbortSignal,
): Promise<number[] | undefined> {
  const random = randomStream(SEED)
  const rows = sample.target.length
  const sums = sample.columns.map(() => 0)
  let paused = performance.now()
  for (let tree = 0; tree < TREES; tree++) {
    const picked = Int32Array.from({ length: rows }, () => Math.floor(random() * rows))
    const seen = new Set(picked)
    const rest = Array.from({ length: rows }, (_, row) => row).filter((row) => !seen.has(row))
    const root = grow(sample, picked, random, 0)
    addGrowth(sample, root, rest, random, sums)
    if (performance.now() - paused < SLICE_MS) continue
    await new Promise((resolve) => setTimeout(resolve))
    if (signal?.aborted) return undefined
    paused = performance.now()
  }
  const kept = sums.map((sum) => Math.max(0, sum))
  const total = kept.reduce((sum, one) => sum + one, 0)
  return kept.map((one) => (total > 0 ? one / total : 0))
}

/** Adds the growth of the squared error after permuting each column. */
function addGrowth(sample: Sample, root: Node, rest: number[], random: () => number, sums: number[]) {
  if (rest.length < 2) return
  const { columns, target } = sample
  const errorOf = (read: (column: number, at: number) => number) => {
    let sum = 0
    for (let at = 0; at < rest.length; at++)
      sum += (predict(root, (column) => read(column, at)) - target[rest[at]!]!) ** 2
    return sum / rest.length
  }
  const before = errorOf((column, at) => columns[column]![rest[at]!]!)
  for (let permuted = 0; permuted < columns.length; permuted++) {
    const order = shuffled(rest, random)
    const after = errorOf((column, at) => columns[column]![column === permuted ? order[at]! : rest[at]!]!)
    sums[permuted]! += after - before
  }
}

function predict(root: Node, read: (column: number) => number): number {
  let node = root
  while ('below' in node) node = read(node.column) <= node.at ? node.below : node.above
  return node.value
}

function grow(sample: Sample, rows: Int32Array, random: () => number, depth: number): Node {
  const { columns, target } = sample
  const value = rows.reduce((sum, row) => sum + target[row]!, 0) / rows.length
  if (depth === MAX_DEPTH || rows.length < 2 * MIN_LEAF) return { value }
  const tried = shuffled([...columns.keys()], random).slice(0, Math.max(1, Math.ceil(columns.length / 3)))
  let best: { readonly column: number; readonly at: number; readonly gain: number } | undefined
  for (const column of tried) {
    const found = bestSplit(columns[column]!, target, rows)
    if (found && found.gain > (best?.gain ?? 0)) best = { column, ...found }
  }
  if (!best) return { value }
  const { column, at } = best
  const isBelow = (row: number) => columns[column]![row]! <= at
  return {
    column,
    at,
    below: grow(sample, rows.filter(isBelow), random, depth + 1),
    above: grow(
      sample,
      rows.filter((row) => !isBelow(row)),
      random,
      depth + 1,
    ),
  }
}

/** The threshold that reduces the squared error most. */
function bestSplit(column: Float64Array, target: Float64Array, rows: Int32Array) {
  const order = rows.toSorted((a, b) => column[a]! - column[b]!)
  const total = order.reduce((sum, row) => sum + target[row]!, 0)
  const base = total ** 2 / order.length
  let sum = 0
  let best: { readonly at: number; readonly gain: number } | undefined
  for (let i = 0; i < order.length - MIN_LEAF; i++) {
    sum += target[order[i]!]!
    const [here, next] = [column[order[i]!]!, column[order[i + 1]!]!]
    if (here === next || i + 1 < MIN_LEAF) continue
    const left = i + 1
    const gain = sum ** 2 / left + (total - sum) ** 2 / (order.length - left) - base
    if (gain > (best?.gain ?? 1e-12 * Math.abs(base))) best = { at: (here + next) / 2, gain }
  }
  return best
}

function shuffled(values: readonly number[], random: () => number): number[] {
  const order = [...values]
  for (let i = order.length - 1; i > 0; i--) {
    const other = Math.floor(random() * (i + 1))
    ;[order[i], order[other]] = [order[other]!, order[i]!]
  }
  return order
}
