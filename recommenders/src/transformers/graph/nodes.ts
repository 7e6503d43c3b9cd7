/** ONNX operators with their shapes, used by the operations and their reverse-mode rules. None are recorded on the tape. */
import type { Dim, ElementType, Graph, Value } from './graph.js'
import { dataTypeOf } from './onnx.js'
import { broadcast, same, size } from './shape.js'

export const add = (g: Graph, a: Value, b: Value) =>
  g.node('Add', [a, b], broadcast(a.shape, b.shape), {}, a.type)
export const subtract = (g: Graph, a: Value, b: Value) => g.node('Sub', [a, b], broadcast(a.shape, b.shape))
export const multiply = (g: Graph, a: Value, b: Value) => g.node('Mul', [a, b], broadcast(a.shape, b.shape))
export const divide = (g: Graph, a: Value, b: Value) => g.node('Div', [a, b], broadcast(a.shape, b.shape))
export const scale = (g: Graph, a: Value, factor: number) => multiply(g, a, g.scalar(factor))
export const negate = (g: Graph, a: Value) => g.node('Neg', [a], a.shape)
export const erf = (g: Graph, a: Value) => g.node('Erf', [a], a.shape)
export const exp = (g: Graph, a: Value) => g.node('Exp', [a], a.shape)
export const log = (g: Graph, a: Value) => g.node('Log', [a], a.shape)
/** Along the last axis. */
export const softmax = (g: Graph, a: Value) => g.node('Softmax', [a], a.shape, { axis: -1 })

export const cast = (g: Graph, a: Value, to: ElementType) =>
  g.node('Cast', [a], a.shape, { to: dataTypeOf(to) }, to)
export const equal = (g: Graph, a: Value, b: Value) =>
  g.node('Equal', [a, b], broadcast(a.shape, b.shape), {}, 'bool')
export const greater = (g: Graph, a: Value, b: Value) =>
  g.node('Greater', [a, b], broadcast(a.shape, b.shape), {}, 'bool')
export const where = (g: Graph, condition: Value, a: Value, b: Value) =>
  g.node('Where', [condition, a, b], broadcast(condition.shape, broadcast(a.shape, b.shape)))

/** Multiplies batches of matrices; the leading axes are equal, or `b` has none. */
export const matMul = (g: Graph, a: Value, b: Value) =>
  g.node('MatMul', [a, b], [...a.shape.slice(0, -1), b.shape.at(-1)!])

interface GemmOptions {
  readonly transposeA?: boolean
  readonly transposeB?: boolean
  /** Added to every row. */
  readonly bias?: Value | undefined
}

export function gemm(g: Graph, a: Value, b: Value, options: GemmOptions = {}): Value {
  const { transposeA = false, transposeB = false, bias } = options
  const shape = [a.shape[transposeA ? 1 : 0]!, b.shape[transposeB ? 0 : 1]!]
  const attributes = { transA: Number(transposeA), transB: Number(transposeB) }
  return g.node('Gemm', bias ? [a, b, bias] : [a, b], shape, attributes)
}

export const transpose = (g: Graph, a: Value, order: readonly number[]) =>
  g.node(
    'Transpose',
    [a],
    order.map((axis) => a.shape[axis]!),
    { perm: order },
    a.type,
  )

/** Swaps the last two axes. */
export function transposeLast(g: Graph, a: Value): Value {
  const rank = a.shape.length
  return transpose(g, a, [...Array(rank - 2).keys(), rank - 1, rank - 2])
}

/** At most one name in `shape` may be inferred; the sizes of all others must be known from an input (`nameDims`). */
export function reshape(g: Graph, a: Value, shape: readonly Dim[]): Value {
  if (same(a.shape, shape)) return a
  const unknown = shape.filter((dim) => typeof dim === 'string')
  if (unknown.length < 2) {
    const target = g.ints(shape.map((dim) => (typeof dim === 'string' ? -1 : dim)))
    return g.node('Reshape', [a, target], shape, {}, a.type)
  }
  const target = g.once(`shape ${shape}`, () => {
    const dims = shape.map((dim) => (typeof dim === 'string' ? dimOf(g, dim) : g.ints([dim])))
    return g.node('Concat', dims, [shape.length], { axis: 0 }, 'int64')
  })
  return g.node('Reshape', [a, target], shape, {}, a.type)
}

/** Makes the sizes of the named axes of an input available to `reshape` and `dimOf`. */
export function nameDims(g: Graph, input: Value): void {
  for (const [axis, dim] of input.shape.entries())
    if (typeof dim === 'string')
      g.once(`dim ${dim}`, () => g.node('Shape', [input], [1], { start: axis, end: axis + 1 }, 'int64'))
}

/** The size as int64 [1]. */
export function dimOf(g: Graph, dim: Dim): Value {
  if (typeof dim === 'number') return g.ints([dim])
  return g.once(`dim ${dim}`, () => {
    throw new Error(`no input of the graph defines the size '${dim}'`)
  })
}

export const sum = (g: Graph, a: Value, axes: readonly number[], keep = false) =>
  g.node('ReduceSum', [a, g.ints(axes)], reduced(a.shape, axes, keep), { keepdims: Number(keep) })

function reduced(shape: readonly Dim[], axes: readonly number[], keep: boolean): Dim[] {
  const gone = new Set(axes.map((axis) => (axis < 0 ? axis + shape.length : axis)))
  return shape.flatMap((dim, axis) => (gone.has(axis) ? (keep ? [1] : []) : [dim]))
}

/** Column sums of a matrix as 1ᵀa, which runs faster than a reduction over the first axis. */
export function columnSums(g: Graph, a: Value): Value {
  const [rows, columns] = a.shape
  const ones = g.once(`ones ${rows}`, () => {
    const count = g.node('Shape', [a], [1], { start: 0, end: 1 }, 'int64')
    const shape = g.node('Concat', [g.ints([1]), count], [2], { axis: 0 }, 'int64')
    return g.node('Expand', [g.scalar(1), shape], [1, rows!])
  })
  return reshape(g, matMul(g, ones, a), [columns!])
}

/** Sums over the axes that broadcasting to `a.shape` repeated. */
export function sumTo(g: Graph, a: Value, shape: readonly Dim[]): Value {
  if (same(a.shape, shape)) return a
  const extra = a.shape.length - shape.length
  if (shape.length === 1 && a.shape.length === 2 && a.shape[1] === shape[0]) return columnSums(g, a)
  const axes = a.shape.flatMap((dim, axis) =>
    axis < extra || (shape[axis - extra] === 1 && dim !== 1) ? [axis] : [],
  )
  return reshape(g, sum(g, a, axes, true), shape)
}

/** Rows of a table; `ids` of any shape. */
export const gather = (g: Graph, table: Value, ids: Value) =>
  g.node('Gather', [table, ids], [...ids.shape, ...table.shape.slice(1)], { axis: 0 }, table.type)

/** Takes one index of an axis and removes the axis; negative indices count from its end. */
export const takeIndex = (g: Graph, a: Value, axis: number, index: number) =>
  g.node('Gather', [a, g.scalar(index, 'int64')], a.shape.toSpliced(axis, 1), { axis }, a.type)

/** Picks the element in column `columns[row]` of each row of a matrix. */
export function pick(g: Graph, a: Value, columns: Value): Value {
  const rows = a.shape[0]!
  const index = reshape(g, columns, [rows, 1])
  return reshape(g, g.node('GatherElements', [a, index], [rows, 1], { axis: 1 }), [rows])
}

/** Zeros of `like`'s shape with `rows` at `ids`, which must be distinct. */
export function scatterRows(g: Graph, rows: Value, ids: Value, like: Value): Value {
  const shape = g.node('Shape', [like], [like.shape.length], {}, 'int64')
  const zeros = g.node('Expand', [g.scalar(0), shape], like.shape)
  const index = cast(g, reshape(g, ids, [ids.shape[0]!, 1]), 'int64')
  return g.node('ScatterND', [zeros, index, rows], like.shape)
}

export const concat = (g: Graph, parts: readonly Value[], axis: number, size: Dim) =>
  g.node(
    'Concat',
    parts,
    parts[0]!.shape.map((dim, at) => (at === axis ? size : dim)),
    { axis },
    parts[0]!.type,
  )

/** The range [from, to) of an axis, both int64 [1]; `length` is the resulting size. */
export function slice(g: Graph, a: Value, axis: number, from: Value, to: Value, length: Dim): Value {
  const shape = a.shape.map((dim, at) => (at === axis ? length : dim))
  return g.node('Slice', [a, from, to, g.ints([axis])], shape, {}, a.type)
}

/** Reshapes to one axis. */
export const flatten = (g: Graph, a: Value) => reshape(g, a, [size(a.shape)])
