import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { invalid } from '@cairn/platform/errors'
import { Me } from '@cairn/platform/protocol/databricks/identities'
import { detectNotebook } from '@cairn/workspace/files/import'
import type { Connection } from '../client/connect.js'
import type { Bundle } from './load.js'
import { localFiles } from './local-files.js'
import { type BundlePermission, setPermissions } from './permissions.js'
import { filePathOf, inOrder, planSteps, rootPathOf, type Step, settingsFor } from './plan.js'
import { digestOf, Remote } from './remote.js'
import { deleteResource, RESOURCE_APIS, requireOwn } from './resources.js'
import type { ResourceKind } from './schema.js'
import { type DeployedResource, nameOf, type State, StateFile, settingsDigests } from './state.js'
import { resolveVariables } from './variables.js'

interface Settings extends Readonly<Record<string, unknown>> {
  readonly permissions?: readonly BundlePermission[]
}

interface Target {
  readonly bundle: Bundle
  readonly connection: Connection
  readonly user: string
  readonly remote: Remote
  readonly file: StateFile
  /** Called with a line for each step. */
  readonly print: (line: string) => void
}

/** The target of a bundle on a server. */
export async function openTarget(
  bundle: Bundle,
  connection: Connection,
  print: (line: string) => void,
): Promise<Target> {
  const { userName: user } = await connection.call(Me, {})
  const remote = new Remote(connection)
  return { bundle, connection, user, remote, print, file: new StateFile(remote, rootPathOf(bundle, user)) }
}

export async function plan({ bundle, user, file }: Target): Promise<Step[]> {
  return planSteps(bundle, await file.read(), user)
}

/** Uploads the files, then creates, updates and deletes resources. The state is written after each step. */
export function deploy(target: Target, force: boolean): Promise<void> {
  const { bundle, user, file, print } = target
  return file.locked(user, force, async () => {
    let state = await file.read()
    state = { ...state, files: await uploadFiles(target, state.files) }
    await file.write(state)
    const put = async (name: string, deployed: DeployedResource | undefined) => {
      const { [name]: _, ...others } = state.resources
      state = { ...state, resources: deployed ? { ...others, [name]: deployed } : others }
      await file.write(state)
    }
    const steps = planSteps(bundle, state, user)
    for (const step of steps) {
      const name = nameOf(step)
      if (step.change === 'none') continue
      const present = state.resources[name]
      if (present) await requireOwn(target.connection.call, step.kind, present, rootPathOf(bundle, user))
      print(`${step.change} ${name}`)
      if (step.change === 'delete') {
        await deleteResource(target.connection.call, step.kind, present!)
        await put(name, undefined)
        continue
      }
      const { deployed, permissions } = await apply(target, step, state)
      if (permissions) {
        await put(name, { ...deployed, permissions: UNFINISHED })
        await setPermissions(target.connection.call, step.kind, deployed, permissions)
      }
      await put(name, deployed)
    }
  })
}

/** The digest of no permissions: the next deployment sets them again. */
const UNFINISHED = ''

interface Applied {
  readonly deployed: DeployedResource
  /** Undefined for a bundle that has never set them. */
  readonly permissions: readonly BundlePermission[] | undefined
}

async function apply(
  { bundle, connection: { call }, user }: Target,
  { change, kind, key }: Step,
  state: State,
): Promise<Applied> {
  const resource = bundle.resources.find((one) => one.kind === kind && one.key === key)!
  const wanted = settingsFor(bundle, resource, user)
  const { permissions: listed, ...settings } = resolveVariables(wanted, idsOf(state)) as Settings
  const before = state.resources[nameOf(resource)]
  const permissions = listed ?? (before?.permissions === undefined ? undefined : [])
  const facts = { name: String(settings.name ?? key), ...settingsDigests(wanted) }
  const api = RESOURCE_APIS[kind]
  if (change === 'update') {
    // For its permissions alone, an endpoint would load its model again.
    if (before!.digest !== facts.digest) await api.update(call, before!, settings)
    const id = kind === 'registered_models' ? facts.name : before!.id
    return { deployed: { ...facts, id }, permissions }
  }
  if (change === 'recreate') await deleteResource(call, kind, before!)
  return { deployed: { ...facts, id: await api.create(call, settings) }, permissions }
}

/** The values of `${resources.KIND.KEY.id}` and `.name`. Ids of jobs are numbers. */
const idsOf = ({ resources }: State) =>
  new Map<string, unknown>(
    Object.entries(resources).flatMap(([name, { id, name: own }]) => [
      [`resources.${name}.id`, name.startsWith('jobs.') ? Number(id) : id],
      [`resources.${name}.name`, own],
    ]),
  )

/** Deletes the files that are gone since the last deployment, and uploads changed ones. @returns the files */
async function uploadFiles(
  { bundle, user, remote, print }: Target,
  before: State['files'],
): Promise<State['files']> {
  const root = filePathOf(bundle, user)
  const files = await readFiles(bundle)
  const paths = new Set(Object.values(files).map(({ path }) => path))
  for (const [name, { path }] of Object.entries(before)) {
    if (paths.has(path)) continue
    await remote.delete(`${root}/${path}`)
    print(`delete ${name}`)
  }
  const folders = new Set<string>()
  for (const [name, { digest, path }] of Object.entries(files)) {
    if (before[name]?.digest === digest && before[name].path === path) continue
    const folder = [root, ...name.split('/').slice(0, -1)].join('/')
    if (!folders.has(folder)) await remote.makeFolder(folder)
    folders.add(folder)
    await remote.upload(`${root}/${name}`, await readFile(join(bundle.syncRoot, name)))
    print(`upload ${name}`)
  }
  return files
}

/** @throws INVALID_PARAMETER_VALUE for two notebooks that differ only in the extension */
async function readFiles(bundle: Bundle): Promise<State['files']> {
  const files: Record<string, State['files'][string]> = {}
  const names = new Map<string, string>()
  for (const name of localFiles(bundle, bundle.sync)) {
    const bytes = await readFile(join(bundle.syncRoot, name))
    const path = detectNotebook(name, bytes)?.stem ?? name
    const other = names.get(path)
    if (other !== undefined)
      throw invalid(`'${other}' and '${name}' have the same path in the workspace, '${path}': rename one.`)
    names.set(path, name)
    files[name] = { digest: digestOf(bytes), path }
  }
  return files
}

/** Deletes all resources of the target and its folder. */
export async function destroy(target: Target, force: boolean): Promise<void> {
  const { bundle, connection, user, file, remote, print } = target
  await file.locked(user, force, async () => {
    const state = await file.read()
    const known = inOrder(bundle.resources).map(nameOf)
    const names = Object.keys(state.resources).sort((a, b) => known.indexOf(b) - known.indexOf(a))
    for (const name of names) {
      const [kind, resource] = [name.split('.')[0] as ResourceKind, state.resources[name]!]
      await requireOwn(connection.call, kind, resource, rootPathOf(bundle, user))
      print(`delete ${name}`)
      await deleteResource(connection.call, kind, resource)
    }
  })
  await remote.delete(rootPathOf(bundle, user), true)
}
