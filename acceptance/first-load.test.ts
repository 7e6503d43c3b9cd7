import { gzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { startServer } from './harness/server.js'

const MAX_BYTES = 250_000
const MAX_FILES = 25

/** The code that a page loads before it shows anything: the script of the page, and what it imports. */
async function firstLoad(url: string): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>()
  const page = await (await fetch(url)).text()
  const found = [...page.matchAll(/src="\.\/(assets\/[^"]+\.js)"/g)].map(([, path]) => path!)
  for (const path of found) {
    if (files.has(path)) continue
    const response = await fetch(new URL(path, `${url}/`))
    expect([path, response.status]).toEqual([path, 200])
    const code = await response.text()
    files.set(path, code)
    for (const [, name] of code.matchAll(/(?:from|import)\s*["']\.\/([\w.~-]+\.js)["']/g))
      found.push(`assets/${name}`)
  }
  return files
}

test('the first page loads little code in few files, and no library of charts', async () => {
  const server = await startServer()
  onTestFinished(() => server[Symbol.asyncDispose]())
  const files = await firstLoad(server.url)
  const code = [...files.values()].join('\n')
  expect(code).toContain('createRoot')
  expect(code).not.toContain('u-legend') // uPlot
  expect(files.size).toBeLessThanOrEqual(MAX_FILES)
  expect(gzipSync(code).length).toBeLessThanOrEqual(MAX_BYTES)
})
