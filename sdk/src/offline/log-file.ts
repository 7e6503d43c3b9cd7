import { closeSync, constants, fsync, openSync, readSync, statSync, writeSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { encodeLine } from './event.js'

const flush = promisify(fsync)
const { O_APPEND, O_CREAT, O_EXCL, O_RDWR } = constants

/**
 * An append-only file of lines with checksums. `append` passes the event to the operating system before it returns, so the
 * event survives a crash of the process; it survives a crash of the machine once `sync` has resolved.
 */
export class LogFile {
  readonly #fd: number
  /** True if the last line may be incomplete; the next one then starts with a newline. */
  #torn: boolean
  #closed = false
  #running: Promise<void> | undefined
  #next: Promise<void> | undefined

  private constructor(fd: number, torn: boolean) {
    this.#fd = fd
    this.#torn = torn
  }

  /** @throws EEXIST */
  static async create(path: string): Promise<LogFile> {
    const file = new LogFile(openSync(path, O_RDWR | O_APPEND | O_CREAT | O_EXCL, 0o600), false)
    await syncFolder(dirname(path))
    return file
  }

  /** Opens a log to append to, even if its last line is incomplete. */
  static open(path: string): LogFile {
    const fd = openSync(path, O_RDWR | O_APPEND | O_CREAT, 0o600)
    const { size } = statSync(path)
    const last = Buffer.alloc(1)
    if (size > 0) readSync(fd, last, 0, 1, size - 1)
    return new LogFile(fd, size > 0 && last[0] !== 0x0a)
  }

  append(event: object): void {
    if (this.#closed) throw new Error('The run has ended; nothing more can be logged')
    const bytes = Buffer.from((this.#torn ? '\n' : '') + encodeLine(event))
    this.#torn = true // a full disk may accept only part of it
    for (let written = 0; written < bytes.length; ) written += writeSync(this.#fd, bytes, written)
    this.#torn = false
  }

  /** Flushes to the disk. Calls made while a flush is running share the next one. */
  sync(): Promise<void> {
    this.#next ??= (this.#running ?? Promise.resolve())
      .catch(() => {}) // reported to its own callers
      .then(() => {
        this.#next = undefined
        this.#running = flush(this.#fd)
        return this.#running
      })
    return this.#next
  }

  close(): void {
    this.#closed = true
    closeSync(this.#fd)
  }
}

/** Flushes a folder, which makes new file names durable. Not supported everywhere (Windows). */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined)
  await handle?.sync().catch(() => {})
  await handle?.close()
}
