import { binRows, cutFeature } from './binning.js'
import type { Operation } from './call-queue.js'
import { type BoostingKernel, KERNEL_CALLS, type KernelCall } from './kernel/boosting-kernel.js'
import { LambdaRank } from './lambda-rank.js'
import type { SharedLayout } from './shared-layout.js'

export type OperationName = KernelCall | 'cut' | 'binTrain' | 'binEvaluation' | 'lambdaRank'

/** The operations that any thread can execute; identical in all threads. */
export function operations(layout: SharedLayout, kernel: BoostingKernel): Record<OperationName, Operation> {
  const ranking = layout.params.objective === 'rank:ndcg' ? new LambdaRank(layout) : undefined
  const calls = Object.fromEntries(KERNEL_CALLS.map((name) => [name, kernel[name]]))
  return {
    ...(calls as Record<KernelCall, Operation>),
    cut: (feature) => cutFeature(layout, feature!),
    binTrain: (from, to) => binRows(layout, layout.train, from!, to!),
    binEvaluation: (from, to) => binRows(layout, layout.evaluation!, from!, to!),
    lambdaRank: (from, to, peak) => ranking!.gradients(from!, to!, peak!),
  }
}
