import { parentPort, workerData } from 'node:worker_threads'
import { floats, ints } from '../kernel/arena.js'
import { claimRows } from '../worker-pool.js'
import type { InverseStep, InverseTask } from './invert.js'
import { SIDE, startKernel, TILE_BYTES } from './kernel/kernel.js'
import { tilesBefore } from './tiles.js'

const task = workerData as InverseTask & { thread: number }
const { memory, rows, size } = task
const kernel = startKernel(task.kernel, memory)
const counter = ints(memory, task.counter, 1)
const scratch = task.scratch + task.thread * TILE_BYTES

const tile = (row: number, column: number) => task.tiles + (tilesBefore(row) + column) * TILE_BYTES
const copy = (from: number, to: number) =>
  floats(memory, to, SIDE * SIDE).set(floats(memory, from, SIDE * SIDE))

/** Row by row: every group that has the row's member adds 1 for each of its members up to the diagonal's tile. */
function countPairs(): void {
  const offsets = ints(memory, task.groupsOf.offsets, size + 1)
  const groups = ints(memory, task.groupsOf.neighbours, task.pairs)
  const members = ints(memory, task.membersOf.neighbours, task.pairs)
  const starts = ints(memory, task.membersOf.offsets, task.groups + 1)
  for (const [member] of claimRows(counter, size, 1)) {
    const row = Math.floor(member / SIDE)
    const pointer = tile(row, 0) + (member % SIDE) * SIDE * 4
    for (let n = offsets[member]!; n < offsets[member + 1]!; n++) {
      const start = starts[groups[n]!]!
      const end = firstFrom(members, start, starts[groups[n]! + 1]!, (row + 1) * SIDE)
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

/** For each row of tiles what the update multiplies: W·D, and W transposed, W the row's tile in the pivot's column. */
function takePanel(pivot: number): void {
  for (const [row] of claimRows(counter, rows, 1)) {
    if (row === pivot) continue
    const scaled = task.scaled + row * TILE_BYTES
    const turned = task.turned + row * TILE_BYTES
    const stored = row > pivot ? tile(row, pivot) : tile(pivot, row)
    if (row > pivot) {
      kernel.transpose(stored, turned)
      kernel.multiply(stored, task.pivot, scaled)
      copy(scaled, stored)
    } else {
      copy(stored, turned)
      kernel.transpose(stored, scratch)
      kernel.multiply(scratch, task.pivot, scaled)
      kernel.transpose(scaled, stored)
    }
  }
}

/** The longest rows first, so that no thread starts one when the others are done. */
function update(pivot: number): void {
  for (const [place] of claimRows(counter, rows, 1)) {
    const row = rows - 1 - place
    if (row === pivot) continue
    for (let column = 0; column <= row; column++)
      if (column !== pivot)
        kernel.subtract(task.scaled + row * TILE_BYTES, task.turned + column * TILE_BYTES, tile(row, column))
  }
}

parentPort!.on('message', ({ phase, pivot }: InverseStep) => {
  if (phase === 'count') countPairs()
  else if (phase === 'panel') takePanel(pivot)
  else update(pivot)
  parentPort!.postMessage('done')
})
