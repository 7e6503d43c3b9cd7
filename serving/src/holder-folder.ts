import { stat, utimes } from 'node:fs/promises'
import { hasExited } from '@cairn/platform/processes/process-id'

const KEEP_ALIVE_MS = 10_000
/** A process that did not touch its folder for this long has ended. Its id cannot be checked after a reboot. */
const SILENT_MS = 60_000

/** Marks the folder of this process as in use, until the returned function is called. */
export function keepAlive(folder: string): () => void {
  const touch = () => {
    const now = new Date()
    void utimes(folder, now, now).catch(() => undefined) // it may not exist yet
  }
  const beat = setInterval(touch, KEEP_ALIVE_MS)
  beat.unref()
  return () => clearInterval(beat)
}

/** Whether the process has ended that a folder belongs to. @param holder its id, see `newProcessId` */
export async function hasEnded(holder: string, folder: string): Promise<boolean> {
  if (hasExited(holder)) return true
  const { mtimeMs = Date.now() } = (await stat(folder).catch(() => undefined)) ?? {}
  return Date.now() - mtimeMs > SILENT_MS
}
