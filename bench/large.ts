/**
 * Processes data of the size of ML-32M: a seeded generator writes the files of an edition; a separate process imports and splits
 * them, trains iALS with 64 factors for one epoch, and ranks all items for 10,000 users. Its peak memory must stay within 8 GB.
 *
 * npm run bench -- large [--events 32000000] [--users 200000] [--items 85000]
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { writeRatings } from './large/generate.js'
import type { Phase } from './large/pipeline.js'
import { currentConditions, recordResult } from './record.js'

const { values: flags } = parseArgs({
  options: {
    events: { type: 'string', default: '32000000' },
    users: { type: 'string', default: '200000' },
    items: { type: 'string', default: '85000' },
  },
})
const size = { events: Number(flags.events), users: Number(flags.users), items: Number(flags.items) }
const conditions = currentConditions('large')
const folder = mkdtempSync(join(tmpdir(), 'bench-large-'))

async function runPipeline(): Promise<Phase[]> {
  const phases: Phase[] = []
  const child = fork(new URL('./large/pipeline.ts', import.meta.url), [folder], {
    execArgv: process.execArgv,
  })
  child.on('message', (phase: Phase) => {
    phases.push(phase)
    console.error(
      `${phase.name}: ${phase.seconds.toFixed(1)} s, peak ${(phase.peakBytes / 1e9).toFixed(2)} GB`,
    )
  })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`The pipeline exited with code ${code}`)
  return phases
}

try {
  const started = performance.now()
  const events = await writeRatings(folder, size)
  console.error(`${events} events written in ${((performance.now() - started) / 1000).toFixed(0)} s`)
  const phases = await runPipeline()
  const peak = Math.max(...phases.map(({ peakBytes }) => peakBytes))
  const page = `# Data of the size of ML-32M, ${conditions.date}

${conditions.machine}, commit ${conditions.commit}. \`${conditions.command}\`

${events} synthetic ratings of ${size.users} users on ${size.items} items (seeded, power laws) in the CSV files of an edition. One process
runs all phases; its peak memory is ${(peak / 1e9).toFixed(2)} GB, including threads, DuckDB and shared memory.

| phase | seconds | peak so far | |
|---|---|---|---|
${phases.map(({ name, seconds, peakBytes, note }) => `| ${name} | ${seconds.toFixed(1)} | ${(peakBytes / 1e9).toFixed(2)} GB | ${note} |`).join('\n')}
`
  recordResult({
    ...conditions,
    name: 'large',
    headline: `${events.toLocaleString('en')} ratings, peak memory ${(peak / 1e9).toFixed(2)} GB`,
    page,
    data: { ...size, phases, peak_bytes: peak },
  })
} finally {
  rmSync(folder, { recursive: true })
}
