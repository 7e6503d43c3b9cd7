import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { testApp } from '@cairn/platform/testing/app'
import { expect, onTestFinished, test } from 'vitest'
import { serving } from './plugin.js'

test('a server deletes at its start what a killed one left in the cache of models', async () => {
  let left = ''
  const served = await testApp(async (app, context) => {
    left = join(context.config.data, 'cache', 'models', 'left')
    mkdirSync(left, { recursive: true })
    await app.register(serving, { context })
  })
  onTestFinished(() => served.close())
  await expect.poll(() => existsSync(left)).toBe(false)
})
