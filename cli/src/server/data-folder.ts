import { constants } from 'node:fs'
import { access, mkdir } from 'node:fs/promises'
import { invalid } from '@cairn/platform/errors'

/** Makes the folder where there is none. @throws INVALID_PARAMETER_VALUE in one sentence when it cannot be written */
export async function openDataFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
    await access(folder, constants.W_OK)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw invalid(
      `The data folder ${folder} cannot be written (${code}): make it writable, or choose another with --data.`,
      { cause },
    )
  }
}
