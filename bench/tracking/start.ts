import { rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { freshFolder, type Peer, startCairn, startMlflow } from '../servers.js'
import { ms, progress, type Section, table } from './report.js'

interface Start {
  readonly name: string
  readonly coldStart: number
  readonly memory: number
}

const IDLE_MS = 5_000

/** Measures the time from the start of the process to its first response, on an empty and an existing store, and idle memory. */
export async function measureStart(python: string): Promise<Section> {
  progress('cold starts')
  const folder = freshFolder()
  const found: Start[] = []
  try {
    found.push(await once('Cairn, empty store', startCairn({ folder })))
    for (let n = 1; n <= 3; n++) found.push(await once(`Cairn, again (${n})`, startCairn({ folder })))
    for (const workers of [1, 4])
      found.push(
        await once(`MLflow, ${workers} worker${workers > 1 ? 's' : ''}`, startMlflow(python, workers)),
      )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  const rows = found.map(({ name, coldStart, memory }) => [name, ms(coldStart), `${memory.toFixed(0)} MB`])
  return {
    headline: `Cairn starts in ${ms(found[1]!.coldStart)}, ${found[1]!.memory.toFixed(0)} MB; MLflow in ${ms(found[4]!.coldStart)}, ${found[4]!.memory.toFixed(0)} MB`,
    text: `## Start

${table(['', 'first response after', 'memory, 5 s later'], rows)}

Memory is the proportional set size (PSS), including workers.`,
    data: found,
  }
}

async function once(name: string, starting: Promise<Peer>): Promise<Start> {
  const peer = await starting
  try {
    await sleep(IDLE_MS)
    return { name, coldStart: peer.coldStart, memory: peer.memory() }
  } finally {
    await peer.stop()
  }
}
