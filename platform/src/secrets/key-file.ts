import { randomBytes } from 'node:crypto'
import { link, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { syncFolder } from '../blobs/durable-write.js'
import { hasCode } from '../db/dialect.js'

export const newPassphrase = () => randomBytes(32).toString('base64url')

/** Reads a key file, which only its owner may read, or creates it with a new passphrase, synced to disk. */
export async function openKeyFile(file: string): Promise<string> {
  const found = await readFile(file, 'utf8').catch((error) => {
    if (!hasCode(error, 'ENOENT')) throw error
  })
  if (found) return found
  const draft = await writeDraft(file, newPassphrase())
  // Processes that start at the same time agree on one key, because only the first link succeeds.
  await link(draft, file).catch((error) => {
    if (!hasCode(error, 'EEXIST')) throw error
  })
  await rm(draft)
  await syncFolder(dirname(file))
  return readFile(file, 'utf8')
}

/** Replaces a key file at once: after a crash it has the old or the new content. */
export async function replaceKeyFile(file: string, content: string): Promise<void> {
  await rename(await writeDraft(file, content), file)
  await syncFolder(dirname(file))
}

async function writeDraft(file: string, content: string): Promise<string> {
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  const handle = await open(draft, 'wx', 0o600)
  try {
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
  return draft
}
