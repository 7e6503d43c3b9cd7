import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ModelFiles } from '../mlmodel/model-folder.js'

/** Writes the files of a model to disk, for tests and benchmarks that load the model from its folder. */
export async function writeFolder(folder: string, files: ModelFiles): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const target = join(folder, path)
    await mkdir(dirname(target), { recursive: true })
    await writeFile(target, content)
  }
}
