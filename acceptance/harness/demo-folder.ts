import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'

/** One folder for all suites that need a server on which the demo has run; the first of them runs it. */
export async function setup(project: TestProject) {
  const folder = await mkdtemp(join(tmpdir(), 'cairn-demo-'))
  project.provide('demoFolder', folder)
  return () => rm(folder, { recursive: true, force: true })
}

declare module 'vitest' {
  interface ProvidedContext {
    demoFolder: string
  }
}
