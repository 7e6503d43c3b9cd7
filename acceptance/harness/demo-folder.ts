import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'

/** Provides a folder in which the test files share the results of the demo. */
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
