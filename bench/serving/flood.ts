import { existsSync, writeFileSync } from 'node:fs'
import { setPriority } from 'node:os'
import { text } from 'node:stream/consumers'
import { load, type Target } from './load.js'

// Sends the load that standard input describes, and prints the result. Clients are usually on other machines, so the process, which
// leads a session, has the lowest priority.
interface Flood {
  readonly target: Target
  readonly clients: number
  readonly seconds: number
  readonly refusedPauseMs: number
}

const LOWEST = 19
/** Linux may divide processors among sessions, whatever the priorities of their processes: https://man7.org/linux/man-pages/man7/sched.7.html */
const AUTOGROUP = '/proc/self/autogroup'

setPriority(LOWEST)
if (existsSync(AUTOGROUP)) writeFileSync(AUTOGROUP, String(LOWEST))
const { target, clients, seconds, refusedPauseMs } = JSON.parse(await text(process.stdin)) as Flood
console.log(JSON.stringify(await load(target, clients, seconds, refusedPauseMs)))
