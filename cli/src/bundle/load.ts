import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve as resolvePath } from 'node:path'
import { ApiError, invalid, messageOf } from '@cairn/platform/errors'
import { detectNotebook } from '@cairn/workspace/files/import'
import { checkFields } from './check.js'
import { withFieldTypes } from './field-types.js'
import { isOutside, pathFrom, type SyncFolders, type SyncRules } from './local-files.js'
import { globMatcher } from './patterns.js'
import { RESOURCE_KINDS, type ResourceKind } from './schema.js'
import { type Path, type Problem, Source } from './source.js'
import { type SyncSettings, syncRootOf, syncRules } from './sync-rules.js'
import { referencesIn, resolveVariables } from './variables.js'

export const BUNDLE_FILE = 'databricks.yml'

export interface Resource {
  readonly kind: ResourceKind
  readonly key: string
  readonly settings: Readonly<Record<string, unknown>>
}

/** A bundle for one target. References to the workspace and to other resources are not resolved yet. */
export interface Bundle extends SyncFolders {
  readonly name: string
  readonly target: string
  readonly mode: 'development' | 'production' | undefined
  readonly rootPath: string
  readonly sync: SyncRules
  readonly resources: readonly Resource[]
}

export interface LoadOptions {
  readonly folder: string
  readonly target: string | undefined
  /** From `--var` and the environment. */
  readonly variables: Readonly<Record<string, string>>
}

type Json = Record<string, unknown>
interface Target extends Json {
  readonly default?: boolean
  readonly mode?: 'development' | 'production'
  readonly workspace?: { readonly root_path?: string }
  readonly variables?: Json
  readonly resources?: Json
  readonly run_as?: Json
  readonly sync?: SyncSettings
}

const DEFAULT_ROOT = `/Workspace/Users/\${workspace.current_user.userName}/.bundle/\${bundle.name}/\${bundle.target}`
const isLate = (name: string) => /^(workspace|resources)\./.test(name)

/** Mistakes of a bundle, each with its file and line. */
export class BundleError extends ApiError {
  constructor(problems: readonly Problem[]) {
    super(
      'INVALID_PARAMETER_VALUE',
      problems.map(({ file, line, message }) => `${file}:${line}: ${message}`).join('\n'),
    )
  }
}

/** Reads `databricks.yml` and what it includes, for a target. @throws BundleError */
export function loadBundle({ folder, target: wanted, variables }: LoadOptions): Bundle {
  const sources = readSources(folder)
  const [root] = sources as [Source, ...Source[]]
  const merged = sources.map(({ value }) => (value ?? {}) as Json).reduce(merge)
  const { name } = merged.bundle as { name: string }
  const [target, settings] = pickTarget((merged.targets ?? {}) as Record<string, Target>, wanted)
  const values = new Map<string, unknown>([
    ['bundle.name', name],
    ['bundle.target', target],
    ...variableValues(merged, settings, variables, root),
  ])
  const { sync, syncRoot } = readSync(folder, [merged.sync as SyncSettings, settings.sync], values, root)
  const workspace = { ...(merged.workspace as object), ...settings.workspace } as { root_path?: string }
  const all = merge((merged.resources ?? {}) as Json, settings.resources ?? {})
  const runAs = settings.run_as ?? merged.run_as
  const problems: Problem[] = []
  const resources = RESOURCE_KINDS.flatMap((kind) =>
    Object.entries((all[kind] ?? {}) as Record<string, Json>).flatMap(([key, own]) => {
      const path: Path = ['resources', kind, key]
      const source = sources.find(({ value }) => valueAt(value, path) !== undefined) ?? root
      const withRunAs = kind === 'jobs' && runAs ? { run_as: runAs, ...own } : own
      try {
        const resolved = resolveVariables(withRunAs, values, isLate)
        requireKnown(resolved, all)
        const settings = withLocalPaths(resolved, source, syncRoot) as Json
        return [{ kind, key, settings: withFieldTypes(kind, settings) }]
      } catch (error) {
        problems.push(source.problem(path, `${kind}.${key}: ${messageOf(error)}`))
        return []
      }
    }),
  )
  if (problems.length > 0) throw new BundleError(problems)
  const rootPath = resolveVariables(workspace.root_path ?? DEFAULT_ROOT, values, isLate)
  return { folder, syncRoot, name, target, mode: settings.mode, rootPath, sync, resources }
}

/** @throws BundleError */
function readSync(
  folder: string,
  settings: readonly Target['sync'][],
  values: ReadonlyMap<string, unknown>,
  root: Source,
): { sync: SyncRules; syncRoot: string } {
  try {
    const sync = syncRules(folder, resolveVariables(settings, values) as readonly Target['sync'][])
    return { sync, syncRoot: syncRootOf(folder, sync.paths) }
  } catch (error) {
    throw new BundleError([root.problem(['sync'], `sync: ${messageOf(error)}`)])
  }
}

function readSources(folder: string): Source[] {
  const file = join(folder, BUNDLE_FILE)
  if (!existsSync(file))
    throw invalid(
      `${folder} has no ${BUNDLE_FILE}: create one with \`cairn bundle init\`, or name a folder with -C.`,
    )
  const root = new Source(file, BUNDLE_FILE)
  const problems = root.problems()
  if (problems.length > 0) throw new BundleError(problems)
  problems.push(...checkFields(root, { isRoot: true }))
  const patterns = ((root.value as { include?: unknown }).include ?? []) as unknown[]
  const included = patterns.flatMap((pattern, i) => {
    const files = filesLike(folder, String(pattern))
    if (files.length === 0) problems.push(root.problem(['include', i], `'${pattern}' matches no file`))
    return files.map((name) => new Source(join(folder, name), name))
  })
  for (const source of included) {
    const wrong = source.problems()
    problems.push(...(wrong.length > 0 ? wrong : checkFields(source)))
  }
  if (problems.length > 0) throw new BundleError(problems)
  return [root, ...included]
}

function filesLike(folder: string, pattern: string): string[] {
  const matches = globMatcher(pattern)
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => pathFrom(folder, join(entry.parentPath, entry.name)))
    .filter((name) => matches(name) && name !== BUNDLE_FILE)
    .sort()
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Members of the second take precedence; lists are replaced. */
const merge = (first: Json, second: Json): Json => ({
  ...first,
  ...Object.fromEntries(
    Object.entries(second).map(([name, value]) => {
      const before = first[name]
      return [name, isObject(before) && isObject(value) ? merge(before, value) : value]
    }),
  ),
})

function pickTarget(targets: Readonly<Record<string, Target>>, wanted: string | undefined): [string, Target] {
  const names = Object.keys(targets)
  if (wanted !== undefined) {
    const found = targets[wanted]
    if (!found) throw invalid(`Unknown target '${wanted}'; known: ${names.join(', ') || 'none'}.`)
    return [wanted, found]
  }
  const marked = names.filter((name) => targets[name]?.default)
  const [name] = marked.length > 0 ? marked : names.length === 1 ? names : []
  if (names.length === 0) return ['default', {}]
  if (name === undefined || marked.length > 1)
    throw invalid(`Name a target with -t: ${names.join(', ')}; or mark one of them with 'default: true'.`)
  return [name, targets[name] ?? {}]
}

function variableValues(
  merged: Json,
  target: Target,
  given: Readonly<Record<string, string>>,
  root: Source,
): [string, unknown][] {
  const defined = (merged.variables ?? {}) as Record<string, { default?: unknown } | null>
  const unknown = [...Object.keys(given), ...Object.keys(target.variables ?? {})].find(
    (name) => !Object.hasOwn(defined, name),
  )
  if (unknown)
    throw invalid(`Unknown variable '${unknown}'; known: ${Object.keys(defined).join(', ') || 'none'}.`)
  return Object.entries(defined).map(([name, variable]) => {
    const value = given[name] ?? target.variables?.[name] ?? variable?.default
    if (value === undefined)
      throw new BundleError([
        root.problem(['variables', name], `variable '${name}' has no value: pass --var ${name}=VALUE`),
      ])
    return [`var.${name}`, value]
  })
}

/** @throws INVALID_PARAMETER_VALUE for a reference to a resource that is not in the bundle */
function requireKnown(settings: unknown, all: Json) {
  for (const name of referencesIn(settings)) {
    const [root, kind = '', key = '', field] = name.split('.')
    if (root !== 'resources') continue
    const found = valueAt(all, [kind, key])
    if (found === undefined || !['id', 'name'].includes(field ?? ''))
      throw invalid(`unknown reference \${${name}}`)
  }
}

const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((one, name) => (isObject(one) ? one[name as string] : undefined), value)

/** Paths of files beside the YAML file become paths in the workspace. @throws INVALID_PARAMETER_VALUE */
function withLocalPaths(value: unknown, source: Source, syncRoot: string, field = ''): unknown {
  if (Array.isArray(value)) return value.map((one) => withLocalPaths(one, source, syncRoot, field))
  if (isObject(value))
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => [name, withLocalPaths(one, source, syncRoot, name)]),
    )
  if (typeof value !== 'string' || !/^\.\.?\//.test(value)) return value
  const inside = pathFrom(syncRoot, resolvePath(dirname(source.file), value))
  if (isOutside(inside)) throw invalid(`'${value}' is outside of the bundle; name its folder in sync.paths`)
  if (!existsSync(join(syncRoot, inside))) throw invalid(`'${value}' does not exist`)
  const isCode = field === 'notebook_path' || field === 'python_file'
  const stored = isCode ? storedPath(syncRoot, inside) : inside
  return `\${workspace.file_path}/${stored}`
}

/** The workspace stores a notebook without its extension. @throws INVALID_PARAMETER_VALUE for a folder */
function storedPath(folder: string, path: string): string {
  if (!statSync(join(folder, path)).isFile()) throw invalid(`'${path}' is not a file`)
  return detectNotebook(path, readFileSync(join(folder, path)))?.stem ?? path
}
