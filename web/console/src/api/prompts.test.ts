import { afterEach, expect, test, vi } from 'vitest'
import { createPrompt, IS_PROMPT } from './prompts.js'

afterEach(() => void vi.unstubAllGlobals())

/** A server that already has the prompt. @returns the requests */
function serve(latest_versions: { version: string }[]) {
  const requests: string[] = []
  vi.stubGlobal('fetch', async (path: string) => {
    requests.push(path.replace(/\?.*/, ''))
    if (path.endsWith('registered-models/create'))
      return Response.json({ error_code: 'RESOURCE_ALREADY_EXISTS', message: 'taken' }, { status: 400 })
    if (path.includes('registered-models/get'))
      return Response.json({
        registered_model: { name: 'p', latest_versions, tags: [{ key: IS_PROMPT, value: 'true' }] },
      })
    return Response.json({ model_version: { name: 'p', version: '1' } })
  })
  return requests
}

test('creates the first version of a prompt whose creation failed halfway', async () => {
  const requests = serve([])
  expect(await createPrompt('p', 'text', '')).toMatchObject({ version: '1' })
  expect(requests.at(-1)).toContain('model-versions/create')
})

test('adds no version to another prompt of the same name', async () => {
  const requests = serve([{ version: '1' }])
  await expect(createPrompt('p', 'text', '')).rejects.toThrow('taken')
  expect(requests.some((path) => path.includes('model-versions'))).toBe(false)
})
