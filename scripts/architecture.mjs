import { posix } from 'node:path'

/**
 * The packages that each package may import; `architecture.test.ts` checks them. A new arrow is a decision: write it down in
 * ARCHITECTURE.md.
 */
const MAY_IMPORT = {
  platform: [],
  flavors: ['platform'],
  recommenders: ['platform', 'flavors'],
  'tracking-server': ['platform'],
  registry: ['platform'],
  catalog: ['platform'],
  serving: ['platform', 'flavors'],
  workspace: ['platform'],
  pipelines: ['platform', 'flavors', 'recommenders', 'sdk'],
  sdk: [],
  cli: [
    'platform',
    'flavors',
    'recommenders',
    'sdk',
    'tracking-server',
    'registry',
    'catalog',
    'serving',
    'workspace',
    'pipelines',
  ],
  'web/console': ['sdk'],
  'web/movies': ['sdk'],
  acceptance: [],
  scripts: [
    'platform',
    'flavors',
    'recommenders',
    'sdk',
    'tracking-server',
    'registry',
    'catalog',
    'serving',
    'workspace',
    'pipelines',
    'cli',
  ],
  bench: ['platform', 'flavors', 'recommenders', 'sdk', 'tracking-server', 'serving', 'pipelines'],
  examples: ['sdk'],
}

/** These import the wire's types and nothing else of the platform: they also run without Node. */
const PROTOCOL_TYPES_ONLY = ['sdk', 'web/console', 'web/movies', 'examples']

/** Inside the platform a file imports from its own layer and the ones before it. */
const LAYERS = [
  ['errors', 'collections', 'text', 'mlflow', 'metrics', 'processes', 'statistics'],
  ['protocol'],
  ['protocol/mlflow'],
  ['protocol/unity'],
  ['protocol/databricks'],
  ['protocol/cairn'],
  ['config', 'telemetry', 'db', 'blobs', 'jobs', 'auth', 'search', 'secrets', 'tables', 'webhooks'],
  ['audit', 'events', 'alerts'],
  ['http', 'service-context'],
  ['testing'],
]

const READS_ENVIRONMENT =
  /(^|\/)(config|main|environment)\.ts$|(^|\/)runners\/|^config\/|(^|\/)testing\/|\.config\.ts$/
const ENVIRONMENT_UNITS = ['cli', 'scripts', 'bench', 'acceptance', 'examples']
const VAGUE_FOLDERS = ['utils', 'util', 'helpers', 'common', 'types', 'interfaces', 'enums', 'lib']

/** @returns {string[]} one sentence for each rule of the architecture that the file breaks */
export function violations(file) {
  return [
    ...importsOf(file.text).flatMap((target) => [
      ...wrongPackage(file, target),
      ...leavesPackage(file, target),
      ...wrongLayer(file, target),
      ...wrongDriver(file, target),
    ]),
    ...noLayer(file),
    ...wrongDialect(file),
    ...wrongEnvironment(file),
    ...vagueFolder(file),
  ].map((sentence) => `${file.path} ${sentence}`)
}

/** @returns {{ specifier: string, typeOnly: boolean }[]} */
export function importsOf(text) {
  const code = withoutComments(text)
  const declared = code.matchAll(/^\s*(?:import|export)\s+(type\s)?[^'"`;]*?from\s*['"]([^'"]+)['"]/gm)
  const bare = code.matchAll(/^\s*import\s*['"]([^'"]+)['"]/gm)
  const dynamic = code.matchAll(/(?<![\w.'"`])import\(\s*['"]([^'"]+)['"]/g)
  return [
    ...[...declared].map(([, type, specifier]) => ({ specifier, typeOnly: Boolean(type) })),
    ...[...bare, ...dynamic].map(([, specifier]) => ({ specifier, typeOnly: false })),
  ]
}

/**
 * The user interfaces are exempt: their pages link to each other.
 * @returns {string[]} one sentence for each import that closes a cycle between two folders of a package's `src`
 */
export function folderCycles(files) {
  const imports = files.flatMap(folderImports)
  const targets = new Map()
  for (const { unit, from, to } of imports) {
    const key = `${unit} ${from}`
    targets.set(key, (targets.get(key) ?? new Set()).add(to))
  }
  const reachable = (unit, start) => {
    const found = new Set([start])
    for (const folder of found) for (const to of targets.get(`${unit} ${folder}`) ?? []) found.add(to)
    return found
  }
  return imports
    .filter(({ unit, from, to }) => reachable(unit, to).has(from))
    .map(
      ({ path, specifier, from, to }) => `${path} closes a cycle with ${specifier}: ${to} depends on ${from}`,
    )
}

/** Imports from one folder directly below `src` into another; files in `src` itself belong to no folder. */
function folderImports({ path, unit, inside, test, text }) {
  const from = folderOf(inside)
  if (test || unit.startsWith('web/') || from === undefined || from === 'testing') return []
  return importsOf(text).flatMap(({ specifier }) => {
    const to = specifier.startsWith('.') && folderOf(posix.join(posix.dirname(inside), specifier))
    return to && to !== from ? [{ path, unit, specifier, from, to }] : []
  })
}

const folderOf = (inside) => /^src\/([^/]+)\//.exec(inside)?.[1]

const withoutComments = (text) => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')

function wrongPackage({ unit }, { specifier, typeOnly }) {
  const [, name, path = ''] = /^@cairn\/([^/]+)\/?(.*)$/.exec(specifier) ?? []
  if (!name) return []
  const target = ['console', 'movies'].includes(name) ? `web/${name}` : name
  if (target === unit || MAY_IMPORT[unit]?.includes(target)) return []
  if (target === 'platform' && path.startsWith('protocol/') && PROTOCOL_TYPES_ONLY.includes(unit))
    return typeOnly ? [] : [`may take only types from ${specifier}: write \`import type\``]
  return [`may not import ${specifier}`]
}

function leavesPackage({ unit, inside }, { specifier }) {
  if (!specifier.startsWith('.') || unit === 'scripts') return []
  const target = posix.join(posix.dirname(inside), specifier)
  return target.startsWith('..') ? [`leaves its package with ${specifier}: import @cairn/…`] : []
}

function wrongLayer({ unit, inside, test }, { specifier }) {
  if (unit !== 'platform' || !inside.startsWith('src/') || test) return []
  const target = specifier.startsWith('@cairn/platform/')
    ? posix.join('src', specifier.slice('@cairn/platform/'.length))
    : posix.join(posix.dirname(inside), specifier)
  if (!specifier.startsWith('.') && !specifier.startsWith('@cairn/')) return []
  const [from, to] = [layerOf(inside), layerOf(target)]
  return from !== undefined && to !== undefined && to > from
    ? [`reaches into a later layer with ${specifier}`]
    : []
}

function noLayer({ unit, inside, test }) {
  if (unit !== 'platform' || !inside.startsWith('src/') || test || layerOf(inside) !== undefined) return []
  return ['is in no layer of the platform: add it to LAYERS in scripts/architecture.mjs']
}

function layerOf(path) {
  const [, name, inner] = path.replace(/\.(ts|js)$/, '').split('/')
  const layerWith = (wanted) => LAYERS.findIndex((names) => names.includes(wanted))
  const layer = Math.max(layerWith(name), layerWith(`${name}/${inner}`))
  return layer < 0 ? undefined : layer
}

function wrongDriver({ inside }, { specifier }) {
  const file = posix.basename(inside)
  if (file === 'routes.ts' && specifier === 'kysely') return ['is about HTTP and may not import kysely']
  if (file === 'store.ts' && specifier === 'fastify')
    return ['is about the database and may not import fastify']
  return []
}

function wrongDialect({ unit, inside, test, text }) {
  const allowed = test || ['scripts', 'acceptance'].includes(unit) || inside.startsWith('src/testing/')
  if (allowed || (unit === 'platform' && inside.startsWith('src/db/'))) return []
  return /\bdialect\.name\b/.test(withoutComments(text))
    ? ['compares the name of the dialect: add a member to Dialect in platform/src/db for the difference']
    : []
}

function wrongEnvironment({ unit, inside, test, text }) {
  const path = inside.replace(/^src\//, '')
  if (test || ENVIRONMENT_UNITS.includes(unit) || READS_ENVIRONMENT.test(path)) return []
  return /\bprocess\.env\b/.test(withoutComments(text))
    ? ['reads process.env: take the value as an argument']
    : []
}

function vagueFolder({ inside }) {
  const vague = inside
    .split('/')
    .slice(0, -1)
    .find((name) => VAGUE_FOLDERS.includes(name))
  return vague ? [`is in a folder called ${vague}: name it after the subject`] : []
}
