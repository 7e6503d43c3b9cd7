import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { lchown, mkdir, mkdtemp, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type PythonEnvironment,
  readPythonEnvironment,
  requirementsFrom,
} from '@cairn/flavors/mlmodel/python-environment'
import { ApiError } from '@cairn/platform/errors'
import type { LoadListener } from '../runtime/load-listener.js'
import type { CachedModel } from '../runtime/model-cache.js'
import { installEnvironment } from './environment.js'
import { runTool, type ToolOptions } from './run-tool.js'
import { shareFolder } from './share-folders.js'
import type { UnprivilegedUser } from './unprivileged-user.js'

const KEY = /^[0-9a-f]{64}$/

/** A restored environment that no model of this process uses. */
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
 * Restores the Python environments of models on the local disk, one for all models with the same version of Python and the
 * same requirements.
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

  /** @throws INVALID_PARAMETER_VALUE without a declared environment, INVALID_STATE when it cannot be restored */
  async acquire(model: Omit<CachedModel, 'bytes'>, listener: LoadListener): Promise<EnvironmentLease> {
    const environment = await readPythonEnvironment(model.folder)
    const key = environment.hasLocalFiles ? sha256(environment.digest + model.digest) : environment.digest
    this.#leases.set(key, (this.#leases.get(key) ?? 0) + 1)
    const release = once(() => this.#release(key))
    try {
      await this.#ensure(key, environment, model.folder, listener)
      return { interpreter: interpreterOf(join(this.#folder, key)), release }
    } catch (error) {
      release()
      throw error
    }
  }

  /** The environments that no model uses, the one that was not used for the longest time first. Deletes remains of older builds. */
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

  /** Does nothing while a model uses the environment. */
  async remove(key: string): Promise<void> {
    if (!this.#leases.has(key)) await rm(join(this.#folder, key), { recursive: true, force: true })
  }

  #release(key: string) {
    const left = this.#leases.get(key)! - 1
    if (left > 0) this.#leases.set(key, left)
    else this.#leases.delete(key)
  }

  /** Concurrent models wait for the same build. */
  async #ensure(key: string, environment: PythonEnvironment, modelFolder: string, listener: LoadListener) {
    const folder = join(this.#folder, key)
    if (existsSync(folder)) {
      await utimes(folder, new Date(), new Date())
      return
    }
    const running = this.#building.get(key)
    if (running) {
      await listener.onStep('Waiting for the Python environment, which another model restores.')
      return running
    }
    const build = this.#build(key, environment, modelFolder, listener).finally(() =>
      this.#building.delete(key),
    )
    this.#building.set(key, build)
    return build
  }

  async #build(key: string, environment: PythonEnvironment, modelFolder: string, listener: LoadListener) {
    const part = join(this.#folder, `${key}.${randomUUID()}.part`)
    const home = await mkdtemp(join(tmpdir(), 'cairn-python-'))
    const begun = Date.now()
    try {
      await mkdir(part, { recursive: true })
      await this.#give(home)
      const env = { ...installEnvironment(home), UV_PYTHON_INSTALL_DIR: `${this.#folder}-interpreters` }
      const tools = { cwd: modelFolder, env, onLine: listener.onLine }
      const useUv = await isInstalled('uv', { ...tools, onLine: () => undefined })
      const { python, requirements } = environment
      await listener.onStep(
        `Restoring the environment with ${useUv ? 'uv' : 'venv and pip'}: Python ${python}, ${requirements.length} requirements.`,
      )
      const base = await findPython(minorOf(python), { ...tools, user: this.#user })
      await (useUv ? createWithUv : createWithVenv)(part, base ?? python, tools)
      const interpreters = env.UV_PYTHON_INSTALL_DIR
      if (this.#user && existsSync(interpreters)) await shareFolder(interpreters, this.#user)
      await writeFile(
        join(part, 'requirements.txt'),
        `${requirementsFrom(environment, modelFolder).join('\n')}\n`,
      )
      await this.#give(part)
      await install(part, useUv, { ...tools, user: this.#user })
      if (this.#user) {
        await changeOwner(part, { uid: 0, gid: 0 }) // so that no model can change it
        await shareFolder(part, this.#user)
      }
      await this.#keep(part, key)
      await listener.onStep(`Restored the environment in ${Math.round((Date.now() - begun) / 1000)} s.`)
    } finally {
      await rm(part, { recursive: true, force: true })
      await rm(home, { recursive: true, force: true })
    }
  }

  async #give(folder: string) {
    if (this.#user) await changeOwner(folder, this.#user)
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

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

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
  if (!python.startsWith('/'))
    throw new ApiError(
      'INVALID_STATE',
      `The model needs Python ${minorOf(python)}, which this machine does not have: install it, or uv, which downloads it.`,
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
