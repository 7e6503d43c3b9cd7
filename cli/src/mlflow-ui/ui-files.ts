import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs'
import { join, sep } from 'node:path'
import type { Readable } from 'node:stream'
import { invalid, messageOf } from '@cairn/platform/errors'
import { openPromise } from 'yauzl'

export interface UiFile {
  readonly size: number
  open(): Promise<Readable>
}

/** The files of the built UI by path, relative to the folder of `index.html`. No other files are served. */
export type UiFiles = ReadonlyMap<string, UiFile>

const IN_WHEEL = 'mlflow/server/js/build/'
const IN_FOLDER = ['', 'build', 'js/build', 'server/js/build', IN_WHEEL]

/**
 * Opens MLflow's UI from its PyPI wheel or installation.
 *
 * @param from the wheel, or a folder that contains the build: site-packages, a virtual environment, mlflow, or the build itself
 * @throws INVALID_PARAMETER_VALUE when there is no built UI
 */
export async function openUiFiles(from: string): Promise<UiFiles> {
  const found = statSync(from, { throwIfNoEntry: false })
  if (!found)
    throw invalid(`${from} does not exist: pass a wheel of mlflow, or a folder where it is installed.`)
  const files = found.isDirectory() ? filesOfFolder(from) : await filesOfWheel(from)
  if (!files?.has('index.html') || !files.has('asset-manifest.json'))
    throw invalid(
      `${from} does not contain MLflow's UI. Get the wheel with \`pip download mlflow --no-deps\`: the UI is in its folder ${IN_WHEEL} (not in mlflow-skinny).`,
    )
  return files
}

function filesOfFolder(from: string): UiFiles | undefined {
  const candidates = [...IN_FOLDER.map((path) => join(from, path)), ...sitePackages(from)]
  const root = candidates.find((path) => existsSync(join(path, 'index.html')))
  if (!root) return undefined
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return new Map(
    files.map((file) => {
      const path = join(file.parentPath, file.name)
      const name = path.slice(root.length).split(sep).filter(Boolean).join('/')
      return [name, { size: statSync(path).size, open: async () => createReadStream(path) }]
    }),
  )
}

/** The folders of the UI in a virtual environment. */
function sitePackages(from: string): string[] {
  const lib = join(from, 'lib')
  if (!existsSync(lib)) return []
  return readdirSync(lib).map((python) => join(lib, python, 'site-packages', IN_WHEEL))
}

/** Reads files from the wheel on demand. */
async function filesOfWheel(wheel: string): Promise<UiFiles> {
  try {
    const zip = await openPromise(wheel, { lazyEntries: true, autoClose: false, strictFileNames: true })
    const files = new Map<string, UiFile>()
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
    throw invalid(`${wheel} is not a readable wheel: ${messageOf(cause)}`, { cause })
  }
}
