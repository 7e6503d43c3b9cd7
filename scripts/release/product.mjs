import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, workspaces } from '../workspaces.mjs'

const manifestOf = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))

/**
 * Lays out the package `cairn` in a folder, ready for `npm pack`: the built workspace packages, the web clients and the
 * sample ratings as bundled dependencies, everything else to be installed from the registry.
 */
export function layOutProduct(folder, version) {
  rmSync(folder, { recursive: true, force: true })
  const bundled = join(folder, 'node_modules/@cairn')
  const units = workspaces()
  for (const unit of units) copyBuilt(unit.folder, join(bundled, unit.path))
  cpSync(join(root, 'examples/data'), join(bundled, 'examples/data'), { recursive: true })
  for (const name of ['web', 'examples'])
    write(join(bundled, name, 'package.json'), { name: `@cairn/${name}`, version, type: 'module' })
  for (const name of ['LICENSE', 'CHANGELOG.md', 'SECURITY.md', 'README.md'])
    cpSync(join(root, name), join(folder, name))
  mkdirSync(join(folder, 'bin'))
  writeFileSync(
    join(folder, 'bin/cairn.mjs'),
    "#!/usr/bin/env node\nimport '../node_modules/@cairn/cli/bin/cairn.mjs'\n",
    {
      mode: 0o755,
    },
  )
  write(
    join(folder, 'package.json'),
    productManifest(
      units.filter(({ path }) => !path.startsWith('web/')),
      version,
    ),
  )
}

function copyBuilt(from, to) {
  for (const name of ['package.json', 'dist', 'bin'])
    if (existsSync(join(from, name))) cpSync(join(from, name), join(to, name), { recursive: true })
}

function productManifest(libraries, version) {
  const { description, license, engines, allowScripts } = manifestOf(root)
  const manifests = libraries.map(({ folder }) => manifestOf(folder))
  const external = (field) =>
    Object.fromEntries(
      manifests
        .flatMap((manifest) => Object.entries(manifest[field] ?? {}))
        .filter(([name]) => !name.startsWith('@cairn/'))
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    )
  const bundleDependencies = [...manifests.map(({ name }) => name), '@cairn/web', '@cairn/examples']
  return {
    ...{ name: 'cairn', version, description, license, type: 'module', engines, allowScripts },
    bin: { cairn: 'bin/cairn.mjs' },
    files: ['bin'],
    dependencies: {
      ...external('dependencies'),
      ...Object.fromEntries(bundleDependencies.map((name) => [name, version])),
    },
    optionalDependencies: external('optionalDependencies'),
    bundleDependencies,
  }
}

function write(path, manifest) {
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`)
}
