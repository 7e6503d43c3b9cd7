import { inflateRawSync } from 'node:zlib'
import { COMPILED_KERNEL } from './module.js'

/** A function of `kernel.c`; pointers are byte offsets into the shared memory. */
type KernelFunction = (...args: number[]) => number

/** Functions that any thread may execute, in any order within a phase. */
export const KERNEL_CALLS = [
  'logistic',
  'squared',
  'softmax',
  'quantize',
  'count_up',
  'histogram',
  'partition',
  'copy',
  'finish',
  'add_leaf',
  'add_leaves',
  'descend',
] as const
export type KernelCall = (typeof KERNEL_CALLS)[number]

/** Histograms, partitions and gradients of boosted trees, compiled from `kernel.c`. */
export type BoostingKernel = Readonly<Record<KernelCall | 'sample' | 'total' | 'weigh', KernelFunction>>

export const compileBoostingKernel = () =>
  new WebAssembly.Module(new Uint8Array(inflateRawSync(Buffer.from(COMPILED_KERNEL, 'base64'))))

export const startBoostingKernel = (module: WebAssembly.Module, memory: WebAssembly.Memory) =>
  new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as BoostingKernel
