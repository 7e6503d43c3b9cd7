import { accessSync, constants, existsSync } from 'node:fs'
import { dirname } from 'node:path'

/** Returns whether this user may write to a folder. The server creates a missing folder, so its nearest existing parent decides. */
export function isWritableFolder(path: string): boolean {
  try {
    accessSync(nearestFolder(path), constants.W_OK)
    return true
  } catch {
    return false
  }
}

const nearestFolder = (path: string): string => (existsSync(path) ? path : nearestFolder(dirname(path)))
