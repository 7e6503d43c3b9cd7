import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hasExited, newProcessId } from '@cairn/platform/processes/process-id'

const PREFIX = 'cairn-python-'
/** Without its random part: an address of a Unix socket below a home has at most a hundred characters. */
const holder = newProcessId().split('-').slice(0, -1).join('-')

/** Creates the home folder of a model's process. Its name has the id of this process. */
export const createHome = (): Promise<string> => mkdtemp(join(tmpdir(), `${PREFIX}${holder}-`))

/** Deletes a home folder. One that cannot be deleted, e.g. because a process still writes to it, is left to the next start. */
export async function removeHome(home: string): Promise<void> {
  await rm(home, { recursive: true, force: true, maxRetries: 1 }).catch(() => undefined)
}

/** Deletes the home folders that servers on this machine left behind when they were killed. */
export async function removeLeftHomes(): Promise<void> {
  for (const name of await readdir(tmpdir()))
    if (name.startsWith(PREFIX) && hasExited(name.slice(PREFIX.length)))
      await removeHome(join(tmpdir(), name))
}
