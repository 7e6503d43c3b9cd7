import { stat, utimes } from 'node:fs/promises'
import { hasExited, isOnThisMachine } from '@cairn/platform/processes/process-id'

const KEEP_ALIVE_MS = 10_000
/** A process on another machine, or before a reboot of this one, has ended if it did not touch its folder for this long. */
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

/** Returns whether the process has ended that a folder belongs to. @param holder its id, see `newProcessId` */
export async function hasEnded(holder: string, folder: string): Promise<boolean> {
  if (isOnThisMachine(holder)) return hasExited(holder) // it may have been paused
  const { mtimeMs = Date.now() } = (await stat(folder).catch(() => undefined)) ?? {}
  return Date.now() - mtimeMs > SILENT_MS
}
