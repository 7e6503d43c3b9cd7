import type { ServiceContext } from '@cairn/platform/service-context'
import fastify from 'fastify'
import { expect, test } from 'vitest'
import { registerServices } from './services.js'

test.each([
  ['catalogue', "Unknown service 'catalogue'"],
  ['registry', "Service 'registry' calls tracking in its own process: --services tracking,registry"],
  [
    'web, serving',
    'calls tracking and registry in its own process: --services tracking,registry,web,serving',
  ],
])('--services %s is refused before anything is loaded', async (names, sentence) => {
  const app = fastify()
  await expect(registerServices(app, {} as ServiceContext, names)).rejects.toThrow(sentence)
  await app.close()
})
