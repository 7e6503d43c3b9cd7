import type { ServiceContext } from '@cairn/platform/service-context'
import fastify from 'fastify'
import { expect, test } from 'vitest'
import { callsServer, registerServices } from './services.js'

test.each([
  ['catalogue', "Unknown service 'catalogue'"],
  ['registry', "Service 'registry' needs tracking in the same process: --services tracking,registry"],
  [
    'web, serving',
    'needs tracking and registry in the same process: --services tracking,registry,web,serving',
  ],
])('rejects --services %s before loading anything', async (names, sentence) => {
  const app = fastify()
  await expect(
    registerServices(app, { config: { tracking_url: '' } } as ServiceContext, names),
  ).rejects.toThrow(sentence)
  await app.close()
})

test('calls another server only for services that run without tracking and registry', () => {
  const tracking_url = 'http://cairn:5000'
  expect(callsServer({ services: 'serving', tracking_url })).toBe(true)
  expect(callsServer({ services: 'serving', tracking_url: '' })).toBe(false)
  expect(() => callsServer({ services: 'serving,registry', tracking_url })).toThrow(/this one runs registry/)
  expect(() => callsServer({ services: '', tracking_url })).toThrow(/runs tracking and registry/)
})
