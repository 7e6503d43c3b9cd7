import { Arena, floats, ints } from '../numeric/kernel/arena.js'
import { type BoosterData, baseScores, groupOffsets } from './booster-data.js'
import { callQueue } from './call-queue.js'
import { compileBoostingKernel } from './kernel/boosting-kernel.js'
import { type BoosterParams, outputsOf } from './parameters.js'
import {
  type BinnedTable,
  type CutsArea,
  MAX_BATCH,
  MAX_CHUNKS,
  MAX_SEGMENTS,
  RECORD_BYTES,
  type SharedLayout,
} from './shared-layout.js'

const HISTOGRAM_BUDGET = 512 * 2 ** 20

/** Copies the training data into one memory that `threads` threads share and reserves the work areas. */
export function createLayout(
  data: BoosterData,
  evaluation: BoosterData | undefined,
  params: BoosterParams,
  threads: number,
): SharedLayout {
  const arena = new Arena()
  const { features } = data
  const outputs = outputsOf(params)
  const train = reserveTable(arena, data, outputs)
  const histogramBytes = features * 256 * 16
  const maxNodes = nodeLimit(params, train.rows)
  const maxHistograms = Math.max(4, Math.min(maxNodes, Math.floor(HISTOGRAM_BUDGET / histogramBytes)))
  const maxPartials = 2 * threads + 2
  const pointers = {
    params,
    threads,
    features,
    outputs,
    train,
    evaluation: evaluation && reserveTable(arena, evaluation, outputs),
    cuts: reserveCuts(arena, features),
    columns: arena.reserve(train.rows * features),
    pairs: arena.reserve(outputs * train.stride * 8),
    peaks: arena.reserve(MAX_SEGMENTS * 2 * outputs * 4),
    ranking: arena.reserve(train.groups > 0 ? train.rows * 4 : 0),
    order: arena.reserve(train.rows * 4 + 4),
    left: arena.reserve(train.rows * 4 + 4),
    right: arena.reserve(train.rows * 4 + 4),
    rest: arena.reserve(params.subsample < 1 ? train.rows * 4 + 4 : 0),
    counts: arena.reserve(MAX_SEGMENTS * 4),
    rules: arena.reserve(RECORD_BYTES),
    nodes: arena.reserve(2 * MAX_BATCH * RECORD_BYTES),
    search: arena.reserve(RECORD_BYTES),
    allowed: arena.reserve(2 * MAX_BATCH * features),
    splits: arena.reserve(2 * MAX_BATCH * MAX_CHUNKS * RECORD_BYTES),
    constraints: arena.reserve(features * 4),
    steps: arena.reserve(maxNodes * 16),
    maxNodes,
    histograms: arena.reserve(maxHistograms * histogramBytes),
    maxHistograms,
    partials: arena.reserve(maxPartials * histogramBytes),
    maxPartials,
  }
  const memory = arena.allocate()
  const { margins: startMargins } = baseScores(data, params)
  const layout = { ...pointers, memory, kernel: compileBoostingKernel(), queue: callQueue(), startMargins }
  ints(memory, pointers.constraints, features).set(params.monotone_constraints)
  fill(layout, train, data)
  if (train.groups > 0) countRows(layout)
  if (evaluation) fill(layout, layout.evaluation!, evaluation)
  return layout
}

function nodeLimit({ max_depth, max_leaves }: BoosterParams, rows: number): number {
  const byDepth = max_depth > 0 ? 2 ** (max_depth + 1) : Number.POSITIVE_INFINITY
  const byLeaves = max_leaves > 0 ? 2 * max_leaves : Number.POSITIVE_INFINITY
  return Math.min(byDepth, byLeaves, 2 * rows + 2)
}

function reserveTable(arena: Arena, data: BoosterData, outputs: number): BinnedTable {
  const rows = data.labels.length
  const stride = Math.ceil(rows / 4) * 4
  const groups = data.groups?.length ?? 0
  const weightCount = data.weights?.length ?? 0
  return {
    rows,
    stride,
    groups,
    weightCount,
    bins: arena.reserve(rows * data.features),
    labels: arena.reserve(stride * 4),
    weights: weightCount > 0 ? arena.reserve((weightCount + 4) * 4) : 0,
    margins: arena.reserve(stride * outputs * 4),
    offsets: arena.reserve((groups + 1) * 4),
    values: shared(data.rows),
  }
}

const reserveCuts = (arena: Arena, features: number): CutsArea => ({
  upper: arena.reserve(features * 256 * 4),
  below: arena.reserve(features * 4),
  counts: arena.reserve(features * 4),
  hasMissing: arena.reserve(features * 4),
})

/** Does not copy rows that are in shared memory already. */
function shared(rows: Float32Array): Float32Array {
  if (rows.buffer instanceof SharedArrayBuffer) return rows
  const copy = new Float32Array(new SharedArrayBuffer(rows.byteLength))
  copy.set(rows)
  return copy
}

/** Initializes the ranking with the rows of each group in row order. */
function countRows({ memory, train, ranking }: SharedLayout): void {
  const order = ints(memory, ranking, train.rows)
  const offsets = ints(memory, train.offsets, train.groups + 1)
  for (let group = 0; group < train.groups; group++)
    for (let row = offsets[group]!; row < offsets[group + 1]!; row++) order[row] = row - offsets[group]!
}

function fill({ memory, startMargins }: SharedLayout, table: BinnedTable, data: BoosterData): void {
  floats(memory, table.labels, table.rows).set(data.labels)
  if (data.weights) floats(memory, table.weights, table.weightCount).set(data.weights)
  ints(memory, table.offsets, table.groups + 1).set(groupOffsets(data))
  startMargins.forEach((margin, output) => {
    floats(memory, table.margins + output * table.stride * 4, table.stride).fill(margin)
  })
}
