import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { lchown, lstat, mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { installEnvironment, interpreterOf } from './install-environment.js'
import type { ProcessUsers } from './process-users.js'
import type { UnprivilegedUser } from './unprivileged-user.js'

const KEY = /^[0-9a-f]{64}$/
const NOTE_USE_MS = 60_000
/** The longest time that a build takes. */
const BUILD_MS = 60 * 60_000

export interface PythonEnvironmentSpec {
  /** SHA-256 of everything that the environment depends on. */
  readonly key: string
  /** An executable, or a version such as `3.11.7`. */
  readonly python: string
  /** Lines of a `requirements.txt`. */
  readonly requirements: readonly string[]
  /** The working folder of the installation, to which relative paths refer. The default is the home of the installer. */
  readonly folder?: string
  /** The installer of packages. The default is one of the users of the environments. */
  readonly installer?: Installer | undefined
  /** Ends the installation. */
  readonly signal?: AbortSignal | undefined
}

export interface Installer {
  /** The user, who has no processes. Undefined for the user of this process. */
  readonly user: UnprivilegedUser | undefined
  /** A private folder of the user. */
  readonly home: string
}

interface Build {
  readonly done: Promise<void>
  readonly signal: AbortSignal | undefined
}

/** Users that install packages, with the group that may read the environments. */
export interface InstallUsers {
  readonly users: ProcessUsers
  readonly gid: number
}

/** Follows the restoration of an environment. */
export interface RestoreListener {
  onStep(sentence: string): void | Promise<void>
  onLine(line: string): void
}

/** A restored environment that nothing in this process uses. */
export interface UnusedEnvironment {
  readonly key: string
  /** Milliseconds since the epoch. */
  readonly usedAt: number
  readonly files: number
  readonly bytes: number
}

/** A reference to an environment, which is not removed until it is released. */
export interface EnvironmentLease {
  readonly interpreter: string
  release(): void
}

/** Restores Python environments on the local disk. All models and tasks with the same key share one. */
export class PythonEnvironments {
  readonly #folder: string
  readonly #users: InstallUsers | undefined
  readonly #building = new Map<string, Build>()
  readonly #leases = new Map<string, number>()

  /** @param users the users that install, because an installation may execute code of the model's author */
  constructor(folder: string, users?: InstallUsers) {
    this.#folder = folder
    this.#users = users
  }

  /** Restores an environment if it does not exist. @throws INVALID_STATE if that fails; the reason of `signal` */
  async acquire(spec: PythonEnvironmentSpec, listener: RestoreListener): Promise<EnvironmentLease> {
    const { key } = spec
    this.#leases.set(key, (this.#leases.get(key) ?? 0) + 1)
    const folder = join(this.#folder, key)
    // Another process of this machine may look for environments that nothing uses.
    const noteUse = () => void utimes(folder, new Date(), new Date()).catch(() => undefined)
    const timer = setInterval(noteUse, NOTE_USE_MS).unref()
    const release = once(() => {
      clearInterval(timer)
      this.#release(key)
    })
    try {
      await this.#ensure(spec, listener)
      return { interpreter: interpreterOf(folder), release }
    } catch (error) {
      release()
      throw error
    }
  }

  /** Finds the environments that nothing uses, the least recently used first. Deletes the remains of old builds. */
  async unused(): Promise<UnusedEnvironment[]> {
    const found: UnusedEnvironment[] = []
    for (const name of await readdir(this.#folder).catch(() => [])) {
      const path = join(this.#folder, name)
      if (this.#leases.has(name.slice(0, 64))) continue
      const { mtimeMs } = await stat(path)
      if (KEY.test(name)) found.push({ key: name, usedAt: mtimeMs, ...(await sizeOf(path)) })
      // Another process of this machine may be building it.
      else if (Date.now() - mtimeMs > BUILD_MS) await rm(path, { recursive: true, force: true })
    }
    return found.sort((a, b) => a.usedAt - b.usedAt)
  }

  /** Removes an environment, unless it is used. */
  async remove(key: string): Promise<void> {
    if (!this.#leases.has(key)) await rm(join(this.#folder, key), { recursive: true, force: true })
  }

  #release(key: string) {
    const left = this.#leases.get(key)! - 1
    if (left > 0) this.#leases.set(key, left)
    else this.#leases.delete(key)
  }

  /** Builds an environment if it does not exist. Concurrent calls wait for one build, and the next one builds if that ends. */
  async #ensure(spec: PythonEnvironmentSpec, listener: RestoreListener): Promise<void> {
    const { key, signal } = spec
    const folder = join(this.#folder, key)
    if (existsSync(folder)) {
      await utimes(folder, new Date(), new Date())
      return
    }
    const running = this.#building.get(key)
    if (running) {
      await listener.onStep('Waiting for the Python environment, which is being restored.')
      const isDone = await untilAborted(running.done, signal).then(
        () => true,
        (error) => {
          if (signal?.aborted || !running.signal?.aborted) throw error
          return false
        },
      )
      return isDone ? undefined : this.#ensure(spec, listener)
    }
    const done = this.#build(spec, listener).finally(() => this.#building.delete(key))
    this.#building.set(key, { done, signal })
    return done
  }

  async #build(spec: PythonEnvironmentSpec, listener: RestoreListener) {
    const { key, python, requirements, signal } = spec
    const target = join(this.#folder, `${key}.${randomUUID()}.part`)
    const begun = Date.now()
    const installer: Installer & { release?(): Promise<void> } =
      spec.installer ?? (await this.#installer(key))
    const { user, home } = installer
    try {
      const options = { target, interpreters: `${this.#folder}-interpreters`, python, requirements }
      const { folder = home } = spec
      await installEnvironment({
        ...{ ...options, folder, home, user, signal },
        onStep: (sentence) => listener.onStep(sentence),
        onLine: (line) => listener.onLine(line),
      })
      await this.#keep(target, key)
      await listener.onStep(`Restored the environment in ${Math.round((Date.now() - begun) / 1000)} s.`)
    } finally {
      await installer.release?.()
    }
  }

  async #installer(key: string): Promise<Installer & { release(): Promise<void> }> {
    if (!this.#users) {
      const home = join(this.#folder, `${key}.${randomUUID()}.home`)
      await mkdir(home, { recursive: true, mode: 0o700 })
      return { user: undefined, home, release: () => rm(home, { recursive: true, force: true }) }
    }
    const { user, folder, release } = await this.#users.users.acquire()
    await mkdir(folder, { mode: 0o700 })
    await lchown(folder, user.uid, user.gid)
    return { user: { uid: user.uid, gid: this.#users.gid }, home: folder, release }
  }

  /** Moves a complete environment into place. Another process may have built the same one meanwhile. */
  async #keep(part: string, key: string) {
    const folder = join(this.#folder, key)
    await rename(part, folder).catch(async (error: unknown) => {
      await rm(part, { recursive: true, force: true })
      if (!existsSync(folder)) throw error
    })
  }
}

/** Returns a function that does nothing when it is called again. */
function once(action: () => void): () => void {
  let isDone = false
  return () => {
    if (!isDone) action()
    isDone = true
  }
}

/** Settles as the promise does, unless the signal aborts first. */
function untilAborted(promise: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (!signal) return promise
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

async function sizeOf(folder: string): Promise<{ files: number; bytes: number }> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  const files = entries.filter((entry) => entry.isFile())
  let bytes = 0
  for (const file of files) bytes += (await lstat(join(file.parentPath, file.name))).size
  return { files: files.length, bytes }
}
