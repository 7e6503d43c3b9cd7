import { workerData } from 'node:worker_threads'
import { serveCalls } from './call-queue.js'
import { startBoostingKernel } from './kernel/boosting-kernel.js'
import { operations } from './operations.js'
import type { SharedLayout } from './shared-layout.js'

const layout = workerData as SharedLayout
serveCalls(layout.queue, Object.values(operations(layout, startBoostingKernel(layout.kernel, layout.memory))))
