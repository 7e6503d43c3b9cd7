import { constants } from 'node:fs'
import { access, mkdir } from 'node:fs/promises'
import { invalid } from '@cairn/platform/errors'

/** Creates the folder if it does not exist. @throws INVALID_PARAMETER_VALUE when it is not writable */
export async function openDataFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await access(folder, constants.W_OK)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'EEXIST' || code === 'ENOTDIR')
      throw invalid(`The data folder ${folder} is a file or below one: pass another with --data.`, { cause })
    throw invalid(
      `The data folder ${folder} is not writable (${code}): make it writable, or pass another with --data.`,
      { cause },
    )
  }
}
