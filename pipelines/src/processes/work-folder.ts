import { constants } from 'node:fs'
import {
  chmod,
  copyFile,
  lchown,
  lstat,
  mkdir,
  mkdtemp,
  open,
  readdir,
  rm,
  writeFile,
} from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { moduleFile } from '@cairn/platform/processes/module-file'
import type { UserLease } from '@cairn/platform/processes/process-users'
import type { UnprivilegedUser } from '@cairn/platform/processes/unprivileged-user'
import { openWorkRoot } from '@cairn/platform/processes/work-root'

const RUNNERS = new URL('./runners/', import.meta.url)
/** One file of all modules, which the build makes. */
const SDK = moduleFile(new URL('./cairn-sdk.process.js', import.meta.url))
const MAX_RESULT_BYTES = 16 * 1024 * 1024

/** The folder of one attempt, which only its user can read: `work` with the files of the job, `lib` with helpers. */
export class WorkFolder {
  readonly home: string
  readonly work: string
  readonly lib: string
  /** Empty; packages are installed from here. */
  readonly install: string
  /** Takes the place of `/tmp` in a namespace. */
  readonly tmp: string
  readonly #user: UnprivilegedUser | undefined

  private constructor(home: string, user: UnprivilegedUser | undefined) {
    this.home = home
    this.work = join(home, 'work')
    this.lib = join(home, 'lib')
    this.install = join(home, 'install')
    this.tmp = join(home, 'tmp')
    this.#user = user
  }

  /** @param root the parent of folders without a lease */
  static async create(root: string, lease: UserLease | undefined): Promise<WorkFolder> {
    if (!lease) await openWorkRoot(root)
    const home = lease?.folder ?? (await mkdtemp(join(root, 'task-')))
    if (lease) await mkdir(home, { mode: 0o700 })
    const folder = new WorkFolder(home, lease?.user)
    for (const path of [folder.work, folder.lib, folder.install]) await mkdir(path)
    // Node looks for the nearest one, also in the parents.
    for (const path of [home, folder.work]) await writeFile(join(path, 'package.json'), '{"private":true}')
    for (const name of ['cairn_tasks.py', 'cairn_run.py', 'cairn_notebook.py'])
      await copyFile(fileURLToPath(new URL(name, RUNNERS)), join(folder.lib, name))
    return folder
  }

  /** @param path relative to `work`. @returns the absolute path */
  async write(path: string, content: string | Uint8Array): Promise<string> {
    const target = join(this.work, path)
    await mkdir(dirname(target), { recursive: true })
    await writeFile(target, content)
    return target
  }

  /** Adds the modules that scripts for Node import, and the loader of TypeScript. @returns the module to pass to `--import` */
  async addNodeHelpers(): Promise<string> {
    await this.#addModule('cairn-tasks', '.', fileURLToPath(new URL('cairn-tasks.mjs', RUNNERS)))
    // A source tree that was never built has no such file.
    if (SDK.argv.length === 0) await this.#addModule('@cairn/sdk', './run', SDK.path)
    const wasm = createRequire(import.meta.url).resolve('@swc/wasm-typescript')
    await copyFile(wasm, join(this.lib, 'wasm-typescript.cjs'))
    await copyFile(fileURLToPath(new URL('typescript.mjs', RUNNERS)), join(this.lib, 'typescript.mjs'))
    return join(this.lib, 'typescript.mjs')
  }

  async #addModule(name: string, path: string, file: string) {
    const folder = join(this.home, 'node_modules', name)
    await mkdir(folder, { recursive: true })
    await copyFile(file, join(folder, 'index.mjs'))
    await writeFile(
      join(folder, 'package.json'),
      JSON.stringify({ name, exports: { [path]: './index.mjs' } }),
    )
  }

  /** Gives the folder to the user of the task. The server must not write into it afterwards: the task may have put links there. */
  async handOver(): Promise<void> {
    await chmod(this.home, 0o700)
    if (!this.#user) return
    const { uid, gid } = this.#user
    const entries = await readdir(this.home, { withFileTypes: true, recursive: true })
    for (const entry of entries) await lchown(join(entry.parentPath, entry.name), uid, gid)
    await lchown(this.home, uid, gid)
  }

  /** Replaces the folder for temporary files, in which installed packages may have put links. No process of the user may run. */
  async emptyTmp(): Promise<void> {
    await rm(this.tmp, { recursive: true, force: true, maxRetries: 3 })
    await mkdir(this.tmp, { mode: 0o700 })
    if (this.#user) await lchown(this.tmp, this.#user.uid, this.#user.gid)
  }

  /** A file that the task wrote. Undefined for anything else, such as a link to a file of another user or a larger file. */
  async readResult(name: string): Promise<string | undefined> {
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
    const file = await open(join(this.home, name), flags).catch(() => undefined)
    if (!file) return undefined
    try {
      const { uid, size, nlink } = await file.stat()
      const isOwn = !this.#user || uid === this.#user.uid
      const isFile = (await file.stat()).isFile()
      return isOwn && isFile && nlink === 1 && size <= MAX_RESULT_BYTES
        ? await file.readFile('utf8')
        : undefined
    } finally {
      await file.close()
    }
  }

  /** Returns whether the task wrote a file that is too large to read. */
  async hasLargeResult(name: string): Promise<boolean> {
    const found = await lstat(join(this.home, name)).catch(() => undefined)
    return found?.isFile() === true && found.size > MAX_RESULT_BYTES
  }

  async remove(): Promise<void> {
    await rm(this.home, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined)
  }
}
