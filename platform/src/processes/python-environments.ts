import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { lchown, mkdir, mkdtemp, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ApiError } from '../errors.js'
import { installEnvironment } from './environment.js'
import { runTool, type ToolOptions } from './run-tool.js'
import { shareFolder } from './share-folders.js'
import type { UnprivilegedUser } from './unprivileged-user.js'

const KEY = /^[0-9a-f]{64}$/

export interface PythonEnvironmentSpec {
  /** SHA-256 of everything that the environment depends on. */
  readonly key: string
  /** An executable, or a version such as `3.11.7`. */
  readonly python: string
  /** Lines of a `requirements.txt`. */
  readonly requirements: readonly string[]
  /** The working folder of the installation, to which relative paths refer. */
  readonly folder: string
  /** Installs packages in place of the user of all environments. */
  readonly user?: UnprivilegedUser | undefined
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

/**
 * Restores Python environments on the local disk, one for all users with the same key.
 */
export class PythonEnvironments {
  readonly #folder: string
  readonly #user: UnprivilegedUser | undefined
  readonly #building = new Map<string, Promise<void>>()
  readonly #leases = new Map<string, number>()

  /** @param user that installs packages: an installation may execute code of the model's author */
  constructor(folder: string, user?: UnprivilegedUser) {
    this.#folder = folder
    this.#user = user
  }

  /** @throws INVALID_STATE when it cannot be restored */
  async acquire(spec: PythonEnvironmentSpec, listener: RestoreListener): Promise<EnvironmentLease> {
    const { key } = spec
    this.#leases.set(key, (this.#leases.get(key) ?? 0) + 1)
    const release = once(() => this.#release(key))
    try {
      await this.#ensure(spec, listener)
      return { interpreter: interpreterOf(join(this.#folder, key)), release }
    } catch (error) {
      release()
      throw error
    }
  }

  /** The environments that nothing uses, the one that was not used for the longest time first. Deletes remains of older builds. */
  async unused(): Promise<UnusedEnvironment[]> {
    const found: UnusedEnvironment[] = []
    for (const name of await readdir(this.#folder).catch(() => [])) {
      const path = join(this.#folder, name)
      if (this.#leases.has(name.slice(0, 64))) continue
      if (!KEY.test(name)) await rm(path, { recursive: true, force: true })
      else found.push({ key: name, usedAt: (await stat(path)).mtimeMs, ...(await sizeOf(path)) })
    }
    return found.sort((a, b) => a.usedAt - b.usedAt)
  }

  /** Does nothing while the environment is used. */
  async remove(key: string): Promise<void> {
    if (!this.#leases.has(key)) await rm(join(this.#folder, key), { recursive: true, force: true })
  }

  #release(key: string) {
    const left = this.#leases.get(key)! - 1
    if (left > 0) this.#leases.set(key, left)
    else this.#leases.delete(key)
  }

  /** Concurrent users wait for the same build. */
  async #ensure(spec: PythonEnvironmentSpec, listener: RestoreListener) {
    const { key } = spec
    const folder = join(this.#folder, key)
    if (existsSync(folder)) {
      await utimes(folder, new Date(), new Date())
      return
    }
    const running = this.#building.get(key)
    if (running) {
      await listener.onStep('Waiting for the Python environment, which is being restored.')
      return running
    }
    const build = this.#build(spec, listener).finally(() => this.#building.delete(key))
    this.#building.set(key, build)
    return build
  }

  async #build(spec: PythonEnvironmentSpec, listener: RestoreListener) {
    const { key, python, requirements, folder, user = this.#user } = spec
    const part = join(this.#folder, `${key}.${randomUUID()}.part`)
    const home = await mkdtemp(join(tmpdir(), 'cairn-python-'))
    const begun = Date.now()
    try {
      await mkdir(part, { recursive: true })
      await giveTo(user, home)
      const env = { ...installEnvironment(home), UV_PYTHON_INSTALL_DIR: `${this.#folder}-interpreters` }
      const tools = { cwd: folder, env, onLine: listener.onLine }
      const useUv = await isInstalled('uv', { ...tools, onLine: () => undefined })
      await listener.onStep(
        `Restoring the environment with ${useUv ? 'uv' : 'venv and pip'}: ${nameOf(python)}, ${requirements.length} requirements.`,
      )
      const base = isPath(python) ? python : await findPython(minorOf(python), { ...tools, user: user })
      await (useUv ? createWithUv : createWithVenv)(part, base ?? python, tools)
      const interpreters = env.UV_PYTHON_INSTALL_DIR
      if (user && existsSync(interpreters)) await shareFolder(interpreters, user)
      await writeFile(join(part, 'requirements.txt'), `${requirements.join('\n')}\n`)
      await giveTo(user, part)
      await install(part, useUv, { ...tools, user: user })
      if (user) {
        await changeOwner(part, { uid: 0, gid: 0 }) // so that nothing can change it
        await shareFolder(part, user)
      }
      await this.#keep(part, key)
      await listener.onStep(`Restored the environment in ${Math.round((Date.now() - begun) / 1000)} s.`)
    } finally {
      await rm(part, { recursive: true, force: true })
      await rm(home, { recursive: true, force: true })
    }
  }

  /** Appears complete or not at all. Another process may have built the same environment meanwhile. */
  async #keep(part: string, key: string) {
    const folder = join(this.#folder, key)
    await rename(part, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error
    })
  }
}

/** A function that does nothing when it is called again. */
function once(action: () => void): () => void {
  let isDone = false
  return () => {
    if (!isDone) action()
    isDone = true
  }
}

const interpreterOf = (folder: string) => join(folder, 'bin', 'python')

const isPath = (python: string) => python.startsWith('/')

const nameOf = (python: string) => (isPath(python) ? python : `Python ${python}`)

const isInstalled = (command: string, options: ToolOptions): Promise<boolean> =>
  runTool(command, ['--version'], options).then(
    () => true,
    () => false,
  )

/** The executable of a Python of this minor version that the user of `tools` may execute. */
async function findPython(minor: string, tools: ToolOptions): Promise<string | undefined> {
  const code = 'import sys; print("%d.%d" % sys.version_info[:2]); print(sys.executable)'
  for (const command of [`python${minor}`, 'python3', `/usr/bin/python${minor}`]) {
    const output = await runTool(command, ['-c', code], { ...tools, onLine: () => undefined }).catch(() => '')
    const [version, executable] = output.split('\n')
    if (version === minor) return executable
  }
  return undefined
}

/** @param python an executable, or a version for uv to download */
async function createWithUv(folder: string, python: string, tools: ToolOptions): Promise<void> {
  await runTool('uv', ['venv', '--no-config', '--allow-existing', '--python', python, folder], tools)
}

async function createWithVenv(folder: string, python: string, tools: ToolOptions): Promise<void> {
  if (!isPath(python))
    throw new ApiError(
      'INVALID_STATE',
      `This machine does not have Python ${minorOf(python)}: install it, or uv, which downloads it.`,
    )
  await runTool(python, ['-m', 'venv', folder], tools)
}

const minorOf = (version: string) => version.split('.').slice(0, 2).join('.')

async function install(folder: string, useUv: boolean, tools: ToolOptions): Promise<void> {
  const [python, requirements] = [interpreterOf(folder), join(folder, 'requirements.txt')]
  if (useUv)
    await runTool(
      'uv',
      ['pip', 'install', '--no-cache', '--compile-bytecode', '--python', python, '-r', requirements],
      tools,
    )
  else
    await runTool(python, ['-m', 'pip', 'install', '--no-cache-dir', '--no-input', '-r', requirements], tools)
}

async function giveTo(user: UnprivilegedUser | undefined, folder: string) {
  if (user) await changeOwner(folder, user)
}

/** Links are changed themselves: their targets belong to others. */
async function changeOwner(folder: string, { uid, gid }: UnprivilegedUser): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  for (const entry of entries) await lchown(join(entry.parentPath, entry.name), uid, gid)
  await lchown(folder, uid, gid)
}

async function sizeOf(folder: string): Promise<{ files: number; bytes: number }> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  const files = entries.filter((entry) => entry.isFile())
  let bytes = 0
  for (const file of files) bytes += (await stat(join(file.parentPath, file.name))).size
  return { files: files.length, bytes }
}
