import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { environment } from './environment.js'
import { cairn } from './server.js'
import { until } from './until.js'

export interface ScoringServer {
  readonly url: string
  readonly child: ChildProcess
  stderr(): string
  /** Sends SIGTERM. @returns the exit code */
  stop(): Promise<number | null>
}

const started = new Set<ChildProcess>()

/** Kills the servers that a failed test did not stop; call it in `afterAll`. */
export function killScoringServers(): void {
  for (const child of started) child.kill('SIGKILL')
  started.clear()
}

/** Starts `cairn models serve -m URI -p 0` and waits for its ready line. */
export async function serveModel(
  uri: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<ScoringServer> {
  const child = spawn(process.execPath, [cairn, 'models', 'serve', '-m', uri, '-p', '0', ...args], {
    env: environment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  started.add(child)
  const exit = once(child, 'close').then(([code]) => code as number | null)
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk
  })
  const ready = /^Serving .* at (http:\/\/\S+)$/m
  await until('the ready line', async () => ready.test(stdout) || child.exitCode !== null)
  const url = ready.exec(stdout)?.[1]
  if (!url) throw new Error(`\`cairn models serve\` ended with ${child.exitCode}\n${stderr}`)
  const server: ScoringServer = {
    url,
    child,
    stderr: () => stderr,
    stop: async () => {
      child.kill('SIGTERM')
      return exit
    },
  }
  return server
}
