import { workerData } from 'node:worker_threads'
import { serveCalls } from './call-queue.js'
import type { Ground } from './ground.js'
import { startKernel } from './kernel/kernel.js'
import { operations } from './operations.js'

const ground = workerData as Ground
serveCalls(ground.queue, Object.values(operations(ground, startKernel(ground.kernel, ground.memory))))
