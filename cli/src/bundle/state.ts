import { ApiError } from '@cairn/platform/errors'
import type { Resource } from './load.js'
import { digestOf, type Remote } from './remote.js'

/** A resource that a deployment created. */
export interface DeployedResource {
  readonly id: string
  readonly name: string
  /** The digest of its settings without permissions, with references resolved. */
  readonly digest: string
  /** The digest of the permissions that the bundle set; absent if it set none. */
  readonly permissions?: string
}

/** Records what the last deployment of a target created, kept beside its files in the workspace. */
export interface State {
  readonly version: 1
  /** By `kind.key`. */
  readonly resources: Readonly<Record<string, DeployedResource>>
  /** The uploaded files, by their paths in the bundle. */
  readonly files: Readonly<Record<string, DeployedFile>>
}

interface DeployedFile {
  readonly digest: string
  /** Relative to the folder of files: a notebook is stored without its extension. */
  readonly path: string
}

const EMPTY: State = { version: 1, resources: {}, files: {} }

export const nameOf = ({ kind, key }: Pick<Resource, 'kind' | 'key'>) => `${kind}.${key}`

/** The state of a target, and the lock that keeps two deployments of it apart. */
export class StateFile {
  readonly #remote: Remote
  readonly #folder: string

  constructor(remote: Remote, rootPath: string) {
    this.#remote = remote
    this.#folder = `${rootPath}/state`
  }

  /** @throws INVALID_STATE for the state of a newer release */
  async read(): Promise<State> {
    const text = await this.#remote.read(`${this.#folder}/deployment.json`)
    if (text === undefined) return EMPTY
    const state = JSON.parse(text) as State
    if (state.version !== 1)
      throw new ApiError('INVALID_STATE', 'A newer release of cairn deployed this target: update cairn.')
    return state
  }

  async write(state: State): Promise<void> {
    await this.#remote.upload(`${this.#folder}/deployment.json`, Buffer.from(JSON.stringify(state, null, 2)))
  }

  /** Runs `work` while no other deployment of the target runs. @throws INVALID_STATE if one does */
  async locked<T>(holder: string, force: boolean, work: () => Promise<T>): Promise<T> {
    const file = `${this.#folder}/deploy.lock`
    await this.#remote.makeFolder(this.#folder)
    if (force) await this.#remote.delete(file)
    const content = `${holder} at ${new Date().toISOString()}`
    if (!(await this.#remote.create(file, content)))
      throw new ApiError(
        'INVALID_STATE',
        `Another deployment of this target is running, started by ${await this.#remote.read(file)}. If it has ended, use --force-lock.`,
      )
    try {
      return await work()
    } finally {
      await this.#remote.delete(file)
    }
  }
}

/** The digests by which a deployment finds out what has changed. */
export function settingsDigests({
  permissions,
  ...settings
}: Readonly<Record<string, unknown>>): Pick<DeployedResource, 'digest' | 'permissions'> {
  const digest = digestOf(JSON.stringify(settings))
  return { digest, ...(permissions !== undefined && { permissions: digestOf(JSON.stringify(permissions)) }) }
}
