import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { ApiError, invalid } from '@cairn/platform/errors'
import { ImportPaths } from './import-paths.js'
import type { Progress } from './progress.js'
import { type UnzippedFile, unzip } from './unzip.js'

export interface Source {
  /** The name of the data's folder in the archive or on the disk: often the edition. */
  readonly folder: string
  /** Paths by MovieLens' file names. */
  readonly files: ReadonlyMap<string, string>
  /** The MD5 of the archive, if the source is one. */
  readonly md5?: string
  close(): Promise<void>
}

const WANTED =
  /^((ratings|movies|links|tags)\.csv|(ratings|movies|tags|users)\.dat|u\.(data|item)|README(\.\w+)?)$/
const RATINGS = /^(ratings\.(csv|dat)|u\.data)$/

/**
 * Finds the files of an edition in a folder, or in a zip archive, which is unpacked to a temporary folder. In both, they
 * may be one folder deeper.
 *
 * @throws INVALID_PARAMETER_VALUE naming what is missing, damaged or ambiguous; PERMISSION_DENIED for a path that may not be
 * imported
 */
export async function openSource(
  named: string,
  progress: Progress,
  {
    signal,
    paths = new ImportPaths(),
  }: { signal?: AbortSignal | undefined; paths?: ImportPaths | undefined } = {},
): Promise<Source> {
  const path = await paths.resolve(named, 'source')
  const status = await stat(path).catch((cause) => {
    throw invalid(`'${path}' does not exist or cannot be read.`, { cause })
  })
  if (status.isDirectory()) {
    const { folder, files } = findEdition(await filesBelow(path), path)
    for (const [name, file] of files) files.set(name, await paths.resolve(file, 'source'))
    return { files, folder: folder || basename(path), close: async () => {} }
  }
  if (!status.isFile()) throw invalid(`'${path}' is neither an archive nor a folder.`) // Reading a device may never end.
  const scratch = await mkdtemp(join(tmpdir(), 'cairn-unzip-'))
  const close = () => rm(scratch, { recursive: true, force: true })
  try {
    progress.begin('verify', basename(path), status.size, 'bytes')
    const md5 = await md5Of(path, (bytes) => progress.advance(bytes), signal)
    progress.begin('unpack', basename(path), 0, 'bytes')
    const onBytes = (done: number, total: number) => progress.at(done, total)
    const files = await unzip(path, scratch, (name) => WANTED.test(name), { signal, onBytes })
    return { ...findEdition(files, path), md5, close }
  } catch (error) {
    await close()
    throw error
  }
}

export async function md5Of(
  path: string,
  onBytes: (bytes: number) => void,
  signal?: AbortSignal,
): Promise<string> {
  const hash = createHash('md5')
  for await (const chunk of createReadStream(path)) {
    if (signal?.aborted) throw new ApiError('CANCELLED', 'The import was cancelled.')
    hash.update(chunk)
    onBytes((chunk as Buffer).length)
  }
  return hash.digest('hex')
}

async function filesBelow(root: string): Promise<UnzippedFile[]> {
  const files: UnzippedFile[] = []
  for (const entry of await readdir(root, { withFileTypes: true })) {
    if (!entry.isDirectory()) files.push({ folder: '', name: entry.name, path: join(root, entry.name) })
    else {
      const names = await readdir(join(root, entry.name)).catch(() => [])
      files.push(...names.map((name) => ({ folder: entry.name, name, path: join(root, entry.name, name) })))
    }
  }
  return files.filter((file) => WANTED.test(file.name))
}

/** The files in the folder of the ratings. @throws for two sets of ratings at the same depth */
function findEdition(files: readonly UnzippedFile[], path: string) {
  const depth = (file: UnzippedFile) => (file.folder === '' ? 0 : file.folder.split('/').length)
  const ratings = files.filter((file) => RATINGS.test(file.name)).sort((a, b) => depth(a) - depth(b))
  const [first, second] = ratings
  if (!first) throw invalid(`'${path}' contains no MovieLens ratings: no ratings.csv, ratings.dat or u.data.`)
  if (second && depth(second) === depth(first))
    throw invalid(
      `'${path}' contains more than one set of ratings: ${first.folder}/${first.name} and ${second.folder}/${second.name}.`,
    )
  const siblings = files.filter((file) => file.folder === first.folder)
  return { folder: basename(first.folder), files: new Map(siblings.map((file) => [file.name, file.path])) }
}
