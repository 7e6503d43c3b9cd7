import type { ServiceContext } from '@cairn/platform/service-context'
import fastify from 'fastify'
import { expect, test } from 'vitest'
import { registerServices } from './services.js'

test.each([
  ['catalogue', "Unknown service 'catalogue'"],
  ['registry', "Service 'registry' needs tracking in the same process: --services tracking,registry"],
  [
    'web, serving',
    'needs tracking and registry in the same process: --services tracking,registry,web,serving',
  ],
])('rejects --services %s before loading anything', async (names, sentence) => {
  const app = fastify()
  await expect(registerServices(app, {} as ServiceContext, names)).rejects.toThrow(sentence)
  await app.close()
})
