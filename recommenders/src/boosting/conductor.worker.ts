import { parentPort, workerData } from 'node:worker_threads'
import type { Ground } from './ground.js'
import { startKernel } from './kernel/kernel.js'
import { Rounds } from './rounds.js'

const ground = workerData as Ground
let rounds: Rounds | undefined

parentPort!.on('message', () => {
  rounds ??= new Rounds(ground, startKernel(ground.kernel, ground.memory))
  parentPort!.postMessage(rounds.next())
})
