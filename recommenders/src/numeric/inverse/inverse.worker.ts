import { parentPort, workerData } from 'node:worker_threads'
import { floats, ints } from '../kernel/arena.js'
import { claimRows } from '../worker-pool.js'
import type { InverseStep, InverseTask } from './invert.js'
import { startTileKernel, TILE_BYTES, TILE_SIDE } from './kernel/tile-kernel.js'
import { tilesBefore } from './tiles.js'

const task = workerData as InverseTask & { thread: number }
const { memory, rows, size } = task
const kernel = startTileKernel(task.kernel, memory)
const counter = ints(memory, task.counter, 1)
const scratch = task.scratch + task.thread * TILE_BYTES

const tile = (row: number, column: number) => task.tiles + (tilesBefore(row) + column) * TILE_BYTES
const copy = (from: number, to: number) =>
  floats(memory, to, TILE_SIDE * TILE_SIDE).set(floats(memory, from, TILE_SIDE * TILE_SIDE))

/** Counts row by row: each group of the row's member adds 1 to each of its members up to the diagonal tile. */
function countPairs(): void {
  const offsets = ints(memory, task.groupsOf.offsets, size + 1)
  const groups = ints(memory, task.groupsOf.neighbours, task.pairs)
  const members = ints(memory, task.membersOf.neighbours, task.pairs)
  const starts = ints(memory, task.membersOf.offsets, task.groups + 1)
  for (const [member] of claimRows(counter, size, 1)) {
    const row = Math.floor(member / TILE_SIDE)
    const pointer = tile(row, 0) + (member % TILE_SIDE) * TILE_SIDE * 4
    for (let n = offsets[member]!; n < offsets[member + 1]!; n++) {
      const start = starts[groups[n]!]!
      const end = firstFrom(members, start, starts[groups[n]! + 1]!, (row + 1) * TILE_SIDE)
      kernel.count(pointer, task.membersOf.neighbours + start * 4, end - start)
    }
  }
}

function firstFrom(members: Int32Array, from: number, to: number, least: number): number {
  let [low, high] = [from, to]
  while (low < high) {
    const middle = (low + high) >> 1
    if (members[middle]! < least) low = middle + 1
    else high = middle
  }
  return low
}

/** Computes the factors of the update for each row of tiles: W·D and Wᵀ, where W is the row's tile in the pivot's column. */
function computePanels(pivot: number): void {
  for (const [row] of claimRows(counter, rows, 1)) {
    if (row === pivot) continue
    const scaled = task.scaled + row * TILE_BYTES
    const transposed = task.transposed + row * TILE_BYTES
    const stored = row > pivot ? tile(row, pivot) : tile(pivot, row)
    if (row > pivot) {
      kernel.transpose(stored, transposed)
      kernel.multiply(stored, task.pivot, scaled)
      copy(scaled, stored)
    } else {
      copy(stored, transposed)
      kernel.transpose(stored, scratch)
      kernel.multiply(scratch, task.pivot, scaled)
      kernel.transpose(scaled, stored)
    }
  }
}

/** Longest rows first, so that no thread starts a long row when the others are done. */
function update(pivot: number): void {
  for (const [place] of claimRows(counter, rows, 1)) {
    const row = rows - 1 - place
    if (row === pivot) continue
    for (let column = 0; column <= row; column++)
      if (column !== pivot)
        kernel.subtract(
          task.scaled + row * TILE_BYTES,
          task.transposed + column * TILE_BYTES,
          tile(row, column),
        )
  }
}

parentPort!.on('message', ({ phase, pivot }: InverseStep) => {
  if (phase === 'count') countPairs()
  else if (phase === 'panel') computePanels(pivot)
  else update(pivot)
  parentPort!.postMessage('done')
})
