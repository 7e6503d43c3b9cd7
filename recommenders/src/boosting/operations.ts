import { binRows, cutFeature } from './binning.js'
import type { Operation } from './call-queue.js'
import type { Ground } from './ground.js'
import { KERNEL_CALLS, type Kernel, type KernelCall } from './kernel/kernel.js'
import { LambdaRank } from './lambda-rank.js'

export type OperationName = KernelCall | 'cut' | 'binTrain' | 'binEvaluation' | 'lambdaRank'

/** What any thread can do of a training; the same in each of them. */
export function operations(ground: Ground, kernel: Kernel): Record<OperationName, Operation> {
  const ranking = ground.params.objective === 'rank:ndcg' ? new LambdaRank(ground) : undefined
  const calls = Object.fromEntries(KERNEL_CALLS.map((name) => [name, kernel[name]]))
  return {
    ...(calls as Record<KernelCall, Operation>),
    cut: (feature) => cutFeature(ground, feature!),
    binTrain: (from, to) => binRows(ground, ground.train, from!, to!),
    binEvaluation: (from, to) => binRows(ground, ground.evaluation!, from!, to!),
    lambdaRank: (from, to, peak) => ranking!.gradients(from!, to!, peak!),
  }
}
