import { setPriority } from 'node:os'
import { text } from 'node:stream/consumers'
import { load, type Target } from './load.js'

// Sends the load that standard input describes, and prints the result. Clients are usually on other machines, so the process has
// the lowest priority.
interface Flood {
  readonly target: Target
  readonly clients: number
  readonly seconds: number
  readonly refusedPauseMs: number
}

setPriority(19)
const { target, clients, seconds, refusedPauseMs } = JSON.parse(await text(process.stdin)) as Flood
console.log(JSON.stringify(await load(target, clients, seconds, refusedPauseMs)))
