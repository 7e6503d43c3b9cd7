import { readdirSync } from 'node:fs'
import Ajv from 'ajv'
import type { TSchema } from 'typebox'
import { expect, test } from 'vitest'
import type { Operation } from './operation.js'

const folder = new URL('./', import.meta.url)
const modules = readdirSync(folder, { encoding: 'utf8', recursive: true }).filter((name) =>
  /^[\w/-]+\.ts$/.test(name),
)
const ajv = new Ajv.default({ strict: false, logger: false })
const isOperation = (value: unknown): value is Operation =>
  typeof value === 'object' && value !== null && 'id' in value && 'path' in value && 'input' in value

test("operations of Cairn's own API are in `cairn/`, and no others", async () => {
  const misplaced: string[] = []
  for (const name of modules) {
    const exports: object = await import(new URL(name, folder).href)
    for (const { id, path } of Object.values(exports).filter(isOperation))
      if (path.startsWith('/api/cairn/') !== name.startsWith('cairn/'))
        misplaced.push(`${name} ${id} ${path}`)
  }
  expect(misplaced).toEqual([])
})

/** `validate.ts` compiles schemas without this check. */
test('inputs and outputs of operations are valid schemas', async () => {
  let checked = 0
  for (const name of modules) {
    const exports: object = await import(new URL(name, folder).href)
    for (const { id, input, output } of Object.values(exports).filter(isOperation))
      for (const schema of [input, output] as TSchema[]) {
        expect([id, ajv.validateSchema(schema), ajv.errors]).toEqual([id, true, null])
        checked++
      }
  }
  expect(checked).toBeGreaterThan(600)
  expect(ajv.validateSchema({ type: 'strnig' })).toBe(false)
})
