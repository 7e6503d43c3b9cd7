import { parentPort, workerData } from 'node:worker_threads'
import { doubles, floats, ints } from '../../numeric/kernel/arena.js'
import { startFactorKernel } from '../../numeric/kernel/factor-kernel.js'
import { wholePanels } from '../../numeric/kernel/panels.js'
import { claimRows } from '../../numeric/worker-pool.js'
import { type RankingMessage, type RankingTask, USERS_PER_TILE } from './ranking-task.js'
import { targetRanks } from './target-ranks.js'

/** Items scored together for all users of a tile: 64 KB of factors at 64 dimensions fit in the cache. */
const ITEMS_PER_TILE = 256
/** With more targets, one pass with a lookup per score is faster than one pass per target. */
const MANY_TARGETS = 32

const task = workerData as RankingTask & { thread: number }
const { memory, users, items, k } = task
/** The width of a row of scores that the kernel writes. */
const width = wholePanels(items)
const kernel = startFactorKernel(task.kernel, memory)
const counts = ints(memory, task.counts + task.thread * 8, 2)
const counter = ints(memory, task.counter, 1)
const excluded = ints(memory, task.excluded, task.excludedCount)
const listOffsets = ints(memory, task.listOffsets, users + 1)
const listItems = ints(memory, task.listItems, task.listLength)
const targetOffsets = ints(memory, task.targetOffsets, users + 1)
const targetItems = ints(memory, task.targetItems, task.targets)
const lists = ints(memory, task.lists, users * k)
const meanRanks = doubles(memory, task.meanRanks, task.targets)
const pessimisticRanks = doubles(memory, task.pessimisticRanks, task.targets)

function scoreTile(factors: NonNullable<RankingTask['factors']>, from: number, into: number): void {
  const { dimensions } = factors
  for (let item = 0; item < width; item += ITEMS_PER_TILE)
    for (let user = 0; user < USERS_PER_TILE; user += 4)
      kernel.score(
        factors.users + (from + user) * dimensions * 4,
        factors.panels + item * dimensions * 4,
        Math.min(ITEMS_PER_TILE, width - item),
        dimensions,
        into + (user * width + item) * 4,
        width,
      )
}

/** Sets the scores of all items except the candidates to −∞. */
function keepCandidates(list: Int32Array, scores: Float32Array): void {
  if (task.listsAreCandidates) {
    const kept = Float32Array.from(list, (item) => scores[item]!)
    scores.fill(Number.NEGATIVE_INFINITY)
    for (let n = 0; n < list.length; n++) scores[list[n]!] = kept[n]!
    return
  }
  for (const item of excluded) scores[item] = Number.NEGATIVE_INFINITY
  for (const item of list) scores[item] = Number.NEGATIVE_INFINITY
}

function rankTargets(user: number, scores: Float32Array): void {
  const [from, to] = [targetOffsets[user]!, targetOffsets[user + 1]!]
  const targets = targetItems.subarray(from, to)
  const [means, pessimistic] = [meanRanks.subarray(from, to), pessimisticRanks.subarray(from, to)]
  if (targets.length > MANY_TARGETS) targetRanks(scores, targets, means, pessimistic)
  else for (let n = 0; n < targets.length; n++) rankTarget(scores, targets[n]!, n, means, pessimistic)
}

/** Equals `targetRanks` for a single target. */
function rankTarget(
  scores: Float32Array,
  target: number,
  n: number,
  means: Float64Array,
  pessimistic: Float64Array,
): void {
  const score = scores[target]!
  kernel.count(scores.byteOffset, items, score, counts.byteOffset)
  const [above, equal] = [counts[0]!, counts[1]! - 1]
  const isCandidate = score > Number.NEGATIVE_INFINITY
  means[n] = isCandidate ? above + equal / 2 : Number.POSITIVE_INFINITY
  pessimistic[n] = isCandidate ? above + equal : Number.POSITIVE_INFINITY
}

function rankUser(user: number, scores: Float32Array): void {
  keepCandidates(listItems.subarray(listOffsets[user]!, listOffsets[user + 1]!), scores)
  rankTargets(user, scores)
  const found = kernel.top(scores.byteOffset, items, k, lists.byteOffset + user * k * 4)
  lists.fill(-1, user * k + found, (user + 1) * k)
}

function rankAll(factors: NonNullable<RankingTask['factors']>): void {
  const tile = task.scores + task.thread * USERS_PER_TILE * width * 4
  for (const [from, to] of claimRows(counter, users, USERS_PER_TILE)) {
    scoreTile(factors, from, tile)
    for (let user = from; user < to; user++)
      rankUser(user, floats(memory, tile + (user - from) * width * 4, items))
  }
}

parentPort!.on('message', (message: RankingMessage) => {
  if (message === 'all') rankAll(task.factors!)
  else
    for (const [from, to] of claimRows(counter, message.to - message.from, USERS_PER_TILE))
      for (let row = from; row < to; row++)
        rankUser(message.from + row, floats(memory, message.scores + row * items * 4, items))
  parentPort!.postMessage('done')
})
