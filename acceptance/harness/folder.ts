import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** An empty folder, which is removed with all that came into it when the test has finished. */
export async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cairn-acceptance-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}
