import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { install } from './install.mjs'
import { Refusal, run } from './terminal.mjs'
import { root } from './workspaces.mjs'

await run(async () => {
  requireWritable(root)
  await install()
  const { build } = await import('./build.mjs')
  await build()
})

// The server runs in this process: one process to signal, and no second start of Node.
const cairn = new URL('../cli/bin/cairn.mjs', import.meta.url)
process.argv.splice(1, process.argv.length, cairn.pathname, 'up', '--demo', ...process.argv.slice(2))
await import(cairn)

/** Writes a probe, because permission bits do not cover root, read-only mounts and full disks. */
function requireWritable(folder) {
  const probe = join(folder, '.cache', `probe-${process.pid}`)
  try {
    mkdirSync(join(folder, '.cache'), { recursive: true })
    writeFileSync(probe, 'x')
    rmSync(probe)
  } catch (error) {
    throw new Refusal(
      `Cairn cannot write to ${folder} (${error.code}): copy it to a folder that is yours and has free space, ` +
        'then run the command again.',
    )
  }
}
