import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { visitor } from './browser/visitor.js'
import { api, send } from './harness/api.js'
import { chromium, launchBrowser } from './harness/browser.js'
import { type Server, startServer } from './harness/server.js'

const SPANS = 300
const SLOWEST = 217
const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0')
const TRACE = hex(7, 32)

describe.skipIf(!chromium)('a trace of many spans', () => {
  let server: Server
  let browser: Browser
  let experiment = ''
  beforeAll(async () => {
    server = await startServer()
    browser = await launchBrowser()
    experiment = await experimentWithTrace(server.url)
  })
  afterAll(async () => {
    await browser?.close()
    await server?.[Symbol.asyncDispose]()
  })

  test('shows the slowest spans first, and returns to the order of their starts', async () => {
    await using someone = await visitor(browser, server.url)
    const { tab } = someone
    await someone.open(`/#/experiments/${experiment}/traces/tr-${TRACE}`)
    const tree = tab.getByRole('tree', { name: 'Spans of the trace' })
    const second = () => tree.getByRole('treeitem').nth(1).textContent()
    await expect.poll(second).toContain('tool-1')
    await tree.hover()
    await tab.mouse.wheel(0, 4000)
    await tree.getByRole('treeitem', { name: /tool-140\b/ }).waitFor()
    const slowest = tab.getByRole('button', { name: 'Slowest spans first' })
    await slowest.click()
    await expect.poll(second).toContain(`tool-${SLOWEST}`)
    expect(await slowest.getAttribute('aria-pressed')).toBe('true')
    expect(await someone.violations()).toEqual([])
    expect(await someone.contrastViolationsIn('dark')).toEqual([])
    await slowest.click()
    await expect.poll(second).toContain('tool-1')
    expect(someone.problems()).toEqual([])
  })
})

/** @returns the id of an experiment with one trace: a root and tools of one millisecond each, of which one takes half a second */
async function experimentWithTrace(url: string): Promise<string> {
  const { experiment_id } = await api(url).post<{ experiment_id: string }>(
    '/api/2.0/mlflow/experiments/create',
    {
      name: 'many spans',
    },
  )
  const at = (ms: number) => String(1_700_000_000_000_000_000n + BigInt(ms) * 1_000_000n)
  const span = (index: number, name: string, start: number, end: number) => ({
    traceId: TRACE,
    spanId: hex(index + 1, 16),
    ...(index > 0 && { parentSpanId: hex(1, 16) }),
    name,
    startTimeUnixNano: at(start),
    endTimeUnixNano: at(end),
  })
  const tools = Array.from({ length: SPANS }, (_, i) => {
    const index = i + 1
    return span(index, `tool-${index}`, index * 2, index * 2 + (index === SLOWEST ? 500 : 1))
  })
  const spans = [span(0, 'agent', 0, 2000), ...tools]
  const body = { resourceSpans: [{ scopeSpans: [{ spans }] }] }
  const headers = { 'x-mlflow-experiment-id': experiment_id }
  const { status } = await send(url, 'POST', '/v1/traces', { body, headers })
  expect(status).toBe(200)
  return experiment_id
}
