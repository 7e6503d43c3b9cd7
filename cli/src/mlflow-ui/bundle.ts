import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs'
import { join, sep } from 'node:path'
import type { Readable } from 'node:stream'
import { invalid, messageOf } from '@cairn/platform/errors'
import { openPromise } from 'yauzl'

export interface BundleFile {
  readonly size: number
  open(): Promise<Readable>
}

/** The built UI: its files by path below the folder of `index.html`. Nothing but these can be asked for. */
export type Bundle = ReadonlyMap<string, BundleFile>

const IN_WHEEL = 'mlflow/server/js/build/'
const IN_FOLDER = ['', 'build', 'js/build', 'server/js/build', IN_WHEEL]

/**
 * MLflow's own UI as its PyPI wheel carries it.
 *
 * @param from the wheel, or a folder that holds the build: site-packages, a virtual environment, mlflow, or the build itself
 * @throws INVALID_PARAMETER_VALUE saying where it was looked for
 */
export async function openBundle(from: string): Promise<Bundle> {
  const found = statSync(from, { throwIfNoEntry: false })
  if (!found)
    throw invalid(`${from} does not exist: name a wheel of mlflow, or a folder where it is installed.`)
  const bundle = found.isDirectory() ? folderBundle(from) : await wheelBundle(from)
  if (!bundle?.has('index.html') || !bundle.has('asset-manifest.json'))
    throw invalid(
      `${from} holds no built UI of MLflow: it is in ${IN_WHEEL} of the wheel \`mlflow\`, which \`pip download mlflow --no-deps\` fetches (not in mlflow-skinny).`,
    )
  return bundle
}

function folderBundle(from: string): Bundle | undefined {
  const places = [...IN_FOLDER.map((place) => join(from, place)), ...sitePackages(from)]
  const root = places.find((place) => existsSync(join(place, 'index.html')))
  if (!root) return undefined
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
  return new Map(
    files.map((file) => {
      const path = join(file.parentPath, file.name)
      const name = path.slice(root.length).split(sep).filter(Boolean).join('/')
      return [name, { size: statSync(path).size, open: async () => createReadStream(path) }]
    }),
  )
}

/** Those of a virtual environment. */
function sitePackages(from: string): string[] {
  const lib = join(from, 'lib')
  if (!existsSync(lib)) return []
  return readdirSync(lib).map((python) => join(lib, python, 'site-packages', IN_WHEEL))
}

/** Files are read from the wheel as they are asked for. */
async function wheelBundle(wheel: string): Promise<Bundle> {
  try {
    const zip = await openPromise(wheel, { lazyEntries: true, autoClose: false, strictFileNames: true })
    const files = new Map<string, BundleFile>()
    for await (const entry of zip.eachEntry()) {
      const { fileName, uncompressedSize } = entry
      if (!fileName.startsWith(IN_WHEEL) || fileName.endsWith('/')) continue
      files.set(fileName.slice(IN_WHEEL.length), {
        size: uncompressedSize,
        open: () => zip.openReadStreamPromise(entry),
      })
    }
    return files
  } catch (cause) {
    throw invalid(`${wheel} is not a wheel that can be read: ${messageOf(cause)}`, { cause })
  }
}
