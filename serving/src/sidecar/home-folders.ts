import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hasExited, newProcessId } from '@cairn/platform/processes/process-id'

const PREFIX = 'cairn-python-'
const holder = newProcessId()

/** Creates the home folder of a model's process. Its name has the id of this process. */
export const createHome = (): Promise<string> => mkdtemp(join(tmpdir(), `${PREFIX}${holder}-`))

/** Deletes the home folders that servers on this machine left behind when they were killed. */
export async function removeLeftHomes(): Promise<void> {
  for (const name of await readdir(tmpdir()))
    if (name.startsWith(PREFIX) && hasExited(name.slice(PREFIX.length)))
      await rm(join(tmpdir(), name), { recursive: true, force: true })
}
