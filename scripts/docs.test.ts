import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { compileParser } from '@cairn/platform/protocol/validate'
import { describe, expect, test } from 'vitest'
import { operations } from './docs/api-page.js'
import { PAGES } from './docs.js'
import { root } from './workspaces.mjs'

describe('the generated pages', () => {
  test.each(Object.entries(PAGES))('%s is what `npm run docs` writes', async (path, render) => {
    expect(readFileSync(`${root}/${path}`, 'utf8'), 'run `npm run docs`').toBe(await render())
  })
})

test('decisions are numbered in order, dated, and fit on a page', () => {
  for (const [index, { name, text }] of decisions().entries()) {
    expect(name).toMatch(new RegExp(`^${String(index + 1).padStart(4, '0')}-[a-z0-9-]+\\.md$`))
    expect(text).toMatch(new RegExp(`^# ${index + 1}\\. .+\n\n${STATUS.source}\n`))
    expect(text.match(/^## .+$/gm), name).toEqual(['## Context', '## Decision', '## Consequences'])
    expect(text.trimEnd().split('\n').length, name).toBeLessThanOrEqual(40)
  }
})

test('a decision and its successor name each other', () => {
  const records = decisions()
  for (const { name, text } of records)
    for (const [, successor] of text.split('\n')[2]!.matchAll(/by ADR (\d+)/g))
      expect(records[Number(successor) - 1]?.text, name).toContain(`ADR ${Number(name.slice(0, 4))}`)
})

/** The line with the date of a record and the records that replace it, the only one that changes once it is accepted. */
const STATUS = /Accepted, \d{4}-\d\d-\d\d\.( (Amended|Superseded) by ADR \d+\.)*/

const decisions = () =>
  readdirSync(`${root}/docs/adr`)
    .sort()
    .map((name) => ({ name, text: readFileSync(`${root}/docs/adr/${name}`, 'utf8') }))

test.each(['ARCHITECTURE.md', 'CONTRIBUTING.md', 'README.md', 'SECURITY.md'])('paths in %s exist', (name) => {
  const text = readFileSync(`${root}/${name}`, 'utf8').replace(/```[\s\S]*?```/g, '')
  const folders = readdirSync(root, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && !entry.name.startsWith('.'),
  )
  const isPath = (code: string) =>
    folders.some((folder) => code.startsWith(`${folder.name}/`)) && !/[<*… ]/.test(code)
  const paths = [...text.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code!).filter(isPath)
  expect(paths.length).toBeGreaterThan(0)
  expect(paths.filter((path) => !existsSync(`${root}/${path}`))).toEqual([])
})

describe('the operations', () => {
  test('have inputs that compile', async () => {
    for (const op of await operations()) {
      const parse = compileParser(op.input)
      expect(() => parse([]), op.id).toThrow(/parameter|body/)
    }
  })

  test('have unique ids and routes, and each names a right', async () => {
    const all = await operations()
    expect(all.length).toBeGreaterThan(50)
    expect(new Set(all.map((op) => op.id)).size).toBe(all.length)
    expect(new Set(all.map((op) => `${op.method} ${op.path}`)).size).toBe(all.length)
    for (const op of all)
      expect(op.right, op.id).toSatisfy(
        (right: unknown) =>
          right === 'anyone' || right === 'authenticated' || (typeof right === 'object' && right !== null),
      )
  })
})
