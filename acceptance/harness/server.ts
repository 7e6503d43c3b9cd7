import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { environment } from './environment.js'
import { root } from './root.js'

export const cairn = join(root, 'cli/bin/cairn.mjs')
/** The options of a server of MLflow's API only, which starts in half of the processor time of one with all services. */
export const MLFLOW_ONLY: readonly string[] = ['--services', 'tracking,registry']
/** Servers of tests live for seconds: V8 optimizes functions after more calls than usual, which saves a fifth of a start. */
const OPTIMIZE_LATER = '--interrupt-budget=1000000'
const READY = /^Cairn is ready at (https?:\/\/\S+)/m

export interface ServerOptions {
  /** The data folder; a new temporary folder when absent. Pass it again to restart on the same data. */
  readonly folder?: string
  /** More options of `cairn up`. The last of equal options wins, so `['--port', '5000']` works. */
  readonly args?: readonly string[]
  readonly env?: Record<string, string>
  /** The umask in octal digits; default: that of this process. */
  readonly umask?: string
  readonly timeoutMs?: number
  /** Kills a server that is still starting; `startServer` then rejects. */
  readonly signal?: AbortSignal
}

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface Server extends AsyncDisposable {
  /** Without a trailing slash; the public URL if the server has one. */
  readonly url: string
  readonly folder: string
  readonly pid: number
  /** The output of the server so far. */
  stdout(): string
  stderr(): string
  /** Sends a signal (default: SIGTERM) and waits until the process has exited. SIGKILL simulates a crash. */
  stop(signal?: NodeJS.Signals): Promise<Exit>
}

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/**
 * Starts `cairn up --no-demo` on a free port and waits for its ready line.
 * Disposing (`await using`) stops it and removes a temporary folder; `stop` keeps the folder.
 * @throws with the output of the server when it exits first or the timeout passes
 */
export async function startServer(options: ServerOptions = {}): Promise<Server> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'cairn-acceptance-')))
  const up = [cairn, 'up', '--no-demo', '--port', '0', '--data', folder]
  const command = [process.execPath, OPTIMIZE_LATER, ...up]
  const masked = options.umask ? ['sh', '-c', `umask ${options.umask}; exec "$@"`, 'sh'] : []
  const [program, ...args] = [...masked, ...command, ...(options.args ?? [])]
  const child = spawn(program!, args, {
    cwd: folder,
    env: environment(options.env),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  const kill = () => void child.kill('SIGKILL')
  options.signal?.addEventListener('abort', kill)
  const exit: Promise<Exit> = once(child, 'close').then(([code, signal]) => {
    running.delete(child)
    return { code, signal }
  })
  const stdout = collect(child.stdout)
  const stderr = collect(child.stderr)
  const url = await ready(child, exit, stdout, options.timeoutMs ?? 300_000).catch(async (error: Error) => {
    child.kill('SIGKILL')
    await exit
    throw new Error(`${error.message}\n--- stdout\n${stdout()}\n--- stderr\n${stderr()}`)
  })
  await setImmediate() // for what the server wrote to its other stream before
  options.signal?.removeEventListener('abort', kill)
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal)
    return exit
  }
  return {
    url,
    folder,
    pid: child.pid!,
    stdout,
    stderr,
    stop,
    async [Symbol.asyncDispose]() {
      await stop()
      if (!options.folder) await rm(folder, { recursive: true, force: true })
    },
  }
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let text = ''
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  return () => text
}

function ready(
  child: ChildProcess,
  exit: Promise<Exit>,
  stdout: () => string,
  timeoutMs: number,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ready line within ${timeoutMs} ms`)), timeoutMs)
    const look = () => {
      const url = READY.exec(stdout())?.[1]
      if (url) settle(() => resolve(url.replace(/\/$/, '')))
    }
    const settle = (end: () => void) => {
      clearTimeout(timer)
      child.stdout?.off('data', look)
      end()
    }
    child.stdout?.on('data', look)
    void exit.then(({ code, signal }) =>
      settle(() => reject(new Error(`the server ended with ${signal ?? `exit code ${code}`}`))),
    )
  })
}
