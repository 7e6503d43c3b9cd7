import { createHash } from 'node:crypto'
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { progress, Refusal, run } from './terminal.mjs'
import { filesBelow, root, workspaces } from './workspaces.mjs'

const CACHE = join(root, '.cache/build')
const LOCK = join(CACHE, 'lock')
/**
 * Packages of several hundred modules each: finding and reading these one by one takes a third of a start. Each is bundled
 * into one file of the platform, which the built packages import.
 */
const VENDORED = ['kysely', 'typebox', 'typebox/value']
/** Not bundled: native code, packages that read files beside their own, optional packages. */
const EXTERNAL = [
  'better-sqlite3',
  'better-sqlite3-napi',
  '@duckdb/node-bindings',
  'onnxruntime-node',
  'onnxruntime-web',
  'koffi',
  'pino',
  'bullmq',
  '@fastify/swagger-ui',
  '@tensorflow/tfjs',
  '@swc/wasm-typescript',
]
/** Older builds of the command are kept, because a running server imports their chunks on demand. */
const KEPT_BUILDS = 3
const isSource = (path) => /\.tsx?$/.test(path) && !/\.(test|d)\.tsx?$/.test(path)
const isAsset = (path) => /\.(sql|json|wasm|py|sh|mjs)$/.test(path)

/**
 * Transpiles the `src/` of every package into its `dist/`, file by file, and bundles the command and the web clients (ADR 2).
 * Packages whose sources are unchanged are skipped: with nothing changed this takes some 50 ms.
 * @param {readonly string[]} only paths of the packages to build; all when empty
 */
export async function build(only = []) {
  await lock()
  try {
    await buildChanged(only)
  } finally {
    rmSync(LOCK)
  }
}

/** Waits for other processes that build, such as the tests of another package. */
async function lock() {
  mkdirSync(CACHE, { recursive: true })
  const own = `${LOCK}.${process.pid}`
  writeFileSync(own, String(process.pid))
  try {
    while (!linked(own)) {
      if (isHeld()) await sleep(100)
      else rmSync(LOCK, { force: true })
    }
  } finally {
    rmSync(own)
  }
}

/** A link appears with its content, so no other process reads an empty lock. */
function linked(own) {
  try {
    linkSync(own, LOCK)
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    return false
  }
}

/** Returns whether the process that made the lock is alive. */
function isHeld() {
  try {
    return process.kill(Number(readFileSync(LOCK, 'utf8')), 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
}

async function buildChanged(only) {
  const hashes = new Map()
  const failed = []
  for (const unit of workspaces()) {
    const hash = hashOf(unit, hashes)
    if (isBuilt(unit, hash) || (only.length > 0 && !only.includes(unit.path))) continue
    const make = builderOf(unit)
    if (!make) continue
    const line = progress(`Building ${unit.path}`)
    try {
      line.done(await make(unit, hash))
      writeFileSync(stampOf(unit), hash)
    } catch (error) {
      line.fail('')
      console.error(error.message)
      failed.push(unit.path)
    }
  }
  if (failed.length > 0) throw new Refusal(`${failed.join(', ')} could not be built; the reason is above.`)
}

function builderOf({ folder, isCommand }) {
  if (isClient(folder)) return bundle
  if (isCommand) return command
  return existsSync(join(folder, 'src')) ? transpile : undefined
}

const isClient = (folder) => existsSync(join(folder, 'vite.config.ts'))

/** The modules of a package that start as threads and processes, as paths below its `src/`. */
const threadsOf = (folder) =>
  filesBelow(folder).filter((path) => /^src\/.*\.(worker|process)\.ts$/.test(path))

/** Covers the package's sources; for a bundle also those of the packages that it contains. */
function hashOf(unit, hashes) {
  const hash = createHash('sha1')
  hash.update(readFileSync(new URL(import.meta.url)))
  hash.update(readFileSync(join(root, 'package-lock.json')))
  for (const path of filesBelow(unit.folder)) {
    if (!/\.test\.tsx?$/.test(path)) hash.update(`${path}\0`).update(readFileSync(join(unit.folder, path)))
  }
  if (isClient(unit.folder) || unit.isCommand || threadsOf(unit.folder).length > 0)
    for (const dependency of unit.dependencies) hash.update(hashes.get(dependency))
  const digest = hash.digest('hex')
  hashes.set(unit.name, digest)
  return digest
}

const stampOf = ({ path }) => join(CACHE, path.replaceAll('/', '-'))

const isBuilt = (unit, hash) =>
  existsSync(join(unit.folder, 'dist')) &&
  existsSync(stampOf(unit)) &&
  readFileSync(stampOf(unit), 'utf8') === hash

async function transpile({ folder }) {
  const { build: esbuild } = await import('esbuild')
  const source = join(folder, 'src')
  const files = filesBelow(source)
  const { outputFiles } = await esbuild({
    entryPoints: files.filter(isSource).map((path) => join(source, path)),
    outbase: source,
    outdir: join(folder, 'dist'),
    format: 'esm',
    platform: 'node',
    target: 'node20',
    jsx: 'automatic',
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'silent',
    write: false,
  })
  const outputs = new Map(outputFiles.map(({ path, contents }) => [path, withVendored(path, contents)]))
  if (folder === join(root, 'platform'))
    for (const { path, contents } of await vendored(join(folder, 'dist/vendor'))) outputs.set(path, contents)
  for (const path of threadsOf(folder))
    for (const { path: file, contents } of await thread(folder, path)) outputs.set(file, contents)
  for (const path of files.filter(isAsset))
    outputs.set(join(folder, 'dist', path), readFileSync(join(source, path)))
  for (const [path, contents] of outputs) writeIfChanged(path, contents)
  prune(join(folder, 'dist'), outputs)
  return `${outputs.size} files`
}

/**
 * Bundles a command into a few files, because Node takes half a second to find and read a thousand. Dynamic imports become
 * chunks. Threads and child processes start from the `dist/` of the packages.
 */
async function command({ folder }, hash) {
  const dist = join(folder, 'dist')
  const name = hash.slice(0, 12)
  const { outputFiles } = await bundleForNode({
    entryPoints: [join(folder, 'src/main.ts')],
    outdir: join(dist, name),
    splitting: true,
    legalComments: 'external',
  })
  for (const { path, contents } of outputFiles) writeIfChanged(path, contents)
  writeIfChanged(join(dist, 'main.js'), Buffer.from(`import './${name}/main.js'\n`))
  dropOld(dist)
  return `${outputFiles.length} files`
}

/** Bundles a module that starts as a thread or process, which finds its modules in a tenth of the time. */
async function thread(folder, path) {
  const target = join(folder, path.replace(/^src/, 'dist').replace(/\.ts$/, '.js'))
  const { outputFiles } = await bundleForNode({
    entryPoints: [join(folder, path)],
    outdir: dirname(target),
    legalComments: 'none',
  })
  return outputFiles
}

async function bundleForNode(options) {
  const { build: esbuild } = await import('esbuild')
  return esbuild({
    ...options,
    bundle: true,
    conditions: ['source'],
    external: EXTERNAL,
    plugins: [keepModuleUrls(options.outdir)],
    banner: { js: REQUIRE },
    absWorkingDir: root,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'silent',
    write: false,
  })
}

function dropOld(dist) {
  const age = (name) => statSync(join(dist, name)).mtimeMs
  const builds = readdirSync(dist).filter((name) => name !== 'main.js')
  for (const name of builds.sort((a, b) => age(b) - age(a)).slice(KEPT_BUILDS))
    rmSync(join(dist, name), { recursive: true })
}

/** Bundled CommonJS calls `require` for Node's own modules. */
const REQUIRE = `import { createRequire as createRequire_ } from 'node:module'; const require = createRequire_(import.meta.url);`

/** Modules read files beside them, so `import.meta.url` stays the URL of the transpiled module. */
const keepModuleUrls = (outdir) => ({
  name: 'keep-module-urls',
  setup: ({ onLoad }) =>
    onLoad({ filter: /\/src\/.*\.ts$/ }, ({ path }) => {
      const contents = readFileSync(path, 'utf8')
      if (!contents.includes('import.meta.url')) return undefined
      const target = relative(outdir, path.replace('/src/', '/dist/').replace(/\.ts$/, '.js'))
      const url = `new URL(${JSON.stringify(target)}, import.meta.url).href`
      return { contents: contents.replaceAll('import.meta.url', url), loader: 'ts' }
    }),
})

const IMPORT = new RegExp(`(?<=^(?:import|export) .*|^} )from "(${VENDORED.join('|')})";$`, 'gm')

function withVendored(path, contents) {
  if (!path.endsWith('.js')) return contents
  return Buffer.from(Buffer.from(contents).toString().replace(IMPORT, 'from "@cairn/platform/vendor/$1";'))
}

async function vendored(outdir) {
  const { build: esbuild } = await import('esbuild')
  const { outputFiles } = await esbuild({
    entryPoints: Object.fromEntries(VENDORED.map((name) => [name, name])),
    outdir,
    bundle: true,
    splitting: true, // shared modules are emitted once
    absWorkingDir: root,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    legalComments: 'inline',
    logLevel: 'silent',
    write: false,
  })
  return outputFiles
}

/** Renames into place, so that a server that runs from `dist/` never loads half a file. */
function writeIfChanged(path, contents) {
  if (existsSync(path) && readFileSync(path).equals(contents)) return
  mkdirSync(dirname(path), { recursive: true })
  const partial = `${path}.${process.pid}.partial`
  writeFileSync(partial, contents)
  renameSync(partial, path)
}

function prune(folder, outputs) {
  if (!existsSync(folder)) return mkdirSync(folder)
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath ?? entry.path, entry.name)
    if (entry.isFile() && !outputs.has(path) && !path.endsWith('.partial')) rmSync(path)
  }
}

async function bundle({ folder }) {
  const { build: vite } = await import('vite')
  const configFile = join(folder, 'vite.config.ts')
  const result = await vite({ root: folder, configFile, logLevel: 'error' })
  const { output } = Array.isArray(result) ? result[0] : result
  compress(join(folder, 'dist'))
  const bytes = output.reduce((sum, part) => sum + Buffer.byteLength(part.code ?? part.source ?? ''), 0)
  return `${output.length} files, ${Math.round(bytes / 1024)} kB in ${relative(root, join(folder, 'dist'))}`
}

/** Compresses text beside itself, so that the server need not do it for each response. */
function compress(folder) {
  for (const path of filesBelow(folder).filter((one) => /\.(js|css|html|svg)$/.test(one))) {
    const contents = readFileSync(join(folder, path))
    const compressed = gzipSync(contents, { level: 9 })
    if (compressed.length < contents.length) writeIfChanged(join(folder, `${path}.gz`), compressed)
  }
}

if (import.meta.filename === process.argv[1]) await run(() => build(process.argv.slice(2)))
