import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const cairn = new URL('../../cli/bin/cairn.mjs', import.meta.url).pathname

export interface BenchedServer {
  readonly url: string
  readonly pid: number
  stop(): Promise<void>
}

/** A server with an empty store on any free port. */
export async function startServer(args: readonly string[]): Promise<BenchedServer> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-artifacts-'))
  const command = [cairn, 'up', '--no-demo', '--port', '0', '--data', folder, ...args]
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'inherit'], cwd: folder })
  const ended = once(child, 'exit')
  for await (const line of createInterface({ input: child.stdout })) {
    const [, url] = /ready at (\S+)/.exec(line) ?? []
    if (!url) continue
    return {
      url,
      pid: child.pid!,
      async stop() {
        child.kill('SIGTERM')
        await ended
        rmSync(folder, { recursive: true, force: true })
      },
    }
  }
  throw new Error('the server ended before it was ready')
}
