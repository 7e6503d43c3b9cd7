import type { Bundle, Resource } from './load.js'
import { RESOURCE_KINDS, type ResourceKind } from './schema.js'
import { nameOf, type State, settingsDigests } from './state.js'
import { referencesIn, resolveVariables } from './variables.js'

export type PlannedChange = 'create' | 'update' | 'recreate' | 'delete' | 'none'

export interface Step {
  readonly change: PlannedChange
  readonly kind: ResourceKind
  readonly key: string
}

/** These cannot be renamed, so another name is another resource. */
const RENAMED_BY_RECREATION: readonly ResourceKind[] = ['model_serving_endpoints']

/** The tag of everything that a target has created. Its value is the target's folder, which holds the state. */
export const BUNDLE_TAG = 'cairn.bundle'

/** The settings with the tag of the target, and with the prefix and the paused schedules of a development target. */
export function settingsFor(bundle: Bundle, resource: Resource, user: string): Record<string, unknown> {
  const { tags, ...settings } = namedSettings(bundle, resource, user)
  const value = rootPathOf(bundle, user)
  if (resource.kind === 'jobs')
    return { ...settings, tags: { ...(tags as Record<string, string> | undefined), [BUNDLE_TAG]: value } }
  return { ...settings, tags: [...((tags as object[] | undefined) ?? []), { key: BUNDLE_TAG, value }] }
}

function namedSettings(bundle: Bundle, resource: Resource, user: string): Record<string, unknown> {
  const values = new Map([
    ['workspace.root_path', rootPathOf(bundle, user)],
    ['workspace.file_path', filePathOf(bundle, user)],
    ['workspace.current_user.userName', user],
  ])
  const isLate = (name: string) => name.startsWith('resources.')
  const settings = resolveVariables(resource.settings, values, isLate) as Record<string, unknown>
  const { name = resource.key } = settings
  if (bundle.mode !== 'development') return { ...settings, name }
  if (resource.kind === 'model_serving_endpoints' || resource.kind === 'registered_models')
    return { ...settings, name: `dev_${user.replaceAll(/\W/g, '_')}_${name}` }
  const paused = ['schedule', 'trigger', 'continuous']
    .filter((field) => settings[field])
    .map((field) => [field, { ...(settings[field] as object), pause_status: 'PAUSED' }])
  return { ...settings, ...Object.fromEntries(paused), name: `[dev ${user}] ${name}` }
}

export const rootPathOf = ({ rootPath }: Bundle, user: string): string =>
  resolveVariables(rootPath, new Map([['workspace.current_user.userName', user]]))

export const filePathOf = (bundle: Bundle, user: string) => `${rootPathOf(bundle, user)}/files`

/** Resources after those that they refer to; otherwise by kind. */
export function inOrder(resources: readonly Resource[]): Resource[] {
  const ordered = new Map<string, Resource>()
  const visit = (resource: Resource, above: readonly string[]) => {
    const name = nameOf(resource)
    if (ordered.has(name) || above.includes(name)) return
    for (const reference of referencesIn(resource.settings)) {
      const [root, kind, key] = reference.split('.')
      const found = resources.find((one) => one.kind === kind && one.key === key)
      if (root === 'resources' && found) visit(found, [...above, name])
    }
    ordered.set(name, resource)
  }
  for (const resource of resources) visit(resource, [])
  return [...ordered.values()]
}

/** Lists what a deployment would do, in its order: changes, then deletions in the opposite order. */
export function planSteps(bundle: Bundle, state: State, user: string): Step[] {
  const wanted = inOrder(bundle.resources)
  const changes = wanted.map(({ kind, key, ...rest }): Step => {
    const settings = settingsFor(bundle, { kind, key, ...rest }, user)
    return { change: changeOf(kind, settings, state.resources[nameOf({ kind, key })]), kind, key }
  })
  const names = new Set(wanted.map(nameOf))
  const deletions = Object.keys(state.resources)
    .filter((name) => !names.has(name))
    .map((name): Step => {
      const [kind, key] = name.split('.') as [ResourceKind, string]
      return { change: 'delete', kind, key }
    })
    .sort((a, b) => RESOURCE_KINDS.indexOf(b.kind) - RESOURCE_KINDS.indexOf(a.kind))
  return [...changes, ...deletions]
}

function changeOf(
  kind: ResourceKind,
  settings: Readonly<Record<string, unknown>>,
  deployed: State['resources'][string] | undefined,
): PlannedChange {
  if (!deployed) return 'create'
  const { digest, permissions } = settingsDigests(settings)
  if (deployed.digest === digest && deployed.permissions === permissions) return 'none'
  const isRenamed = deployed.name !== settings.name
  return isRenamed && RENAMED_BY_RECREATION.includes(kind) ? 'recreate' : 'update'
}
