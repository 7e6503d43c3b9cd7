import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { chown, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { childEnvironment } from '@cairn/platform/processes/environment'
import { killGroup } from '@cairn/platform/processes/launch'
import { LineSplitter } from '@cairn/platform/processes/line-splitter'
import type { UnprivilegedUser } from '@cairn/platform/processes/unprivileged-user'
import { Redactor } from '@cairn/platform/secrets/redactor'
import type { ModelVariables } from '../runtime/model-variables.js'
import { type Frame, FrameReader, writeFrame } from './frames.js'
import { createHome, removeHome } from './home-folders.js'

const SCRIPT = readFileSync(new URL('./serve.py', import.meta.url), 'utf8')

/** The working directory, in the home directory, into which libraries write their own files. */
const WORK = 'work'

export interface PythonProcessOptions {
  readonly interpreter: string
  /** The folder of the model. */
  readonly folder: string
  /** Path of the input example that the model predicts before it is ready. */
  readonly example: string | undefined
  /** Limit of the address space; 0 for none. */
  readonly memoryBytes: number
  readonly user: UnprivilegedUser | undefined
  /** Environment variables besides those of every model. */
  readonly variables?: ModelVariables | undefined
}

export interface PythonProcessEvents {
  onFrame(frame: Frame): void
  onLine(line: string): void
  /** Called once. */
  onEnd(reason: string): void
}

/**
 * A Python process that runs `serve.py`: in its own process group and temporary folder, without the environment of this
 * process. Its output is not trusted.
 */
export class PythonProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>
  readonly #home: string
  readonly #events: PythonProcessEvents
  #hasEnded = false

  private constructor(home: string, options: PythonProcessOptions, events: PythonProcessEvents) {
    const { interpreter, folder, example = null, memoryBytes, user, variables } = options
    this.#home = home
    this.#events = events
    const settings = JSON.stringify({ folder, example, memory_bytes: memoryBytes })
    // -I ignores PYTHON variables and packages of the user; -B writes no bytecode.
    this.#child = spawn(interpreter, ['-I', '-B', '-c', SCRIPT, settings], {
      ...user,
      cwd: join(home, WORK),
      env: { ...variables?.values, ...childEnvironment(home) },
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    this.#listen(new Redactor(variables?.secrets ?? []))
  }

  static async start(options: PythonProcessOptions, events: PythonProcessEvents): Promise<PythonProcess> {
    const home = await createHome()
    await mkdir(join(home, WORK))
    if (options.user)
      for (const path of [home, join(home, WORK)]) await chown(path, options.user.uid, options.user.gid)
    return new PythonProcess(home, options, events)
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  send(header: object, body?: Uint8Array): void {
    for (const bytes of writeFrame(header, body)) this.#child.stdin.write(bytes)
  }

  /** Ends the process and those that it has started. */
  kill(reason: string): void {
    killGroup(this.#child.pid)
    this.#end(reason)
  }

  #listen(redactor: Redactor) {
    const { stdin, stdout, stderr } = this.#child
    const frames = new FrameReader()
    const lines = new LineSplitter((line) => this.#events.onLine(line))
    stdin.on('error', () => undefined) // the exit follows
    stdout.on('data', (chunk: Buffer) => {
      try {
        for (const frame of frames.read(chunk))
          if (!this.#hasEnded) this.#events.onFrame(withoutSecrets(frame, redactor))
      } catch {
        this.kill('its process wrote invalid output')
      }
    })
    stderr.setEncoding('utf8').on('data', (text: string) => lines.add(redactor.push(text)))
    this.#child.once('error', (error) => this.#end(`its process could not be started: ${error.message}`))
    this.#child.once('exit', (code, signal) => {
      killGroup(this.#child.pid) // processes that the model has started
      this.#end(
        signal ? `its process was ended by ${signal}` : `its process has ended with exit code ${code}`,
      )
    })
    stderr.once('close', () => {
      lines.add(redactor.end())
      lines.end()
    })
  }

  #end(reason: string) {
    if (this.#hasEnded) return
    this.#hasEnded = true
    void removeHome(this.#home)
    this.#events.onEnd(reason)
  }
}

/** Redacts the messages of a frame, which reach logs and responses. */
function withoutSecrets({ header, body }: Frame, redactor: Redactor): Frame {
  const { message, error } = header
  if (message === undefined && error === undefined) return { header, body }
  return { header: { ...header, ...redacted({ message, error }, redactor) }, body }
}

function redacted({ message, error }: Frame['header'], redactor: Redactor): Frame['header'] {
  const own = typeof message === 'string' && { message: redactor.redact(message) }
  const isObject = typeof error === 'object' && error !== null
  return { ...own, ...(isObject && { error: { ...error, ...redacted({ ...error }, redactor) } }) }
}
