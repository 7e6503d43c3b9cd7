import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TrackingApp, trackingApp } from '../testing/tracking-app.js'

let tracked: TrackingApp
let run_id: string
beforeAll(async () => {
  tracked = await trackingApp(databases[0]![1])
  run_id = await tracked.createRun()
  for (const name of ['page.html', 'paper.PDF', 'picture.svg'])
    await tracked.context.blobs.put(`0/${run_id}/artifacts/${name}`, Buffer.from('<script>'))
})
afterAll(() => tracked.close())

const embed = (query: Record<string, string>, headers: Record<string, string> = {}) =>
  tracked.app.inject({ url: `/embed-artifact?${new URLSearchParams(query)}`, headers })
const FRAME = { 'sec-fetch-dest': 'iframe', 'sec-fetch-site': 'same-origin' }

test('shows a page in a separate origin that reaches nothing', async () => {
  for (const headers of [FRAME, {}]) {
    const page = await embed({ run_id, path: 'page.html' }, headers)
    expect([page.statusCode, page.headers['content-type'], page.body]).toEqual([
      200,
      'text/html; charset=utf-8',
      '<script>',
    ])
    const policy = String(page.headers['content-security-policy'])
    expect(policy).toMatch(/^sandbox allow-scripts; default-src 'none';/)
    expect(policy).not.toMatch(
      /allow-same-origin|connect-src|allow-top|allow-popups|allow-forms|https?:|'self' |\*/,
    )
    expect(page.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'SAMEORIGIN',
    })
    expect(page.headers['content-disposition']).toBeUndefined()
  }
})

test('sends a download outside of frames of the console', async () => {
  for (const headers of [
    { ...FRAME, 'sec-fetch-dest': 'document' },
    { ...FRAME, 'sec-fetch-dest': 'script' },
    { ...FRAME, 'sec-fetch-site': 'cross-site' },
    { ...FRAME, 'sec-fetch-site': 'none' },
  ]) {
    const { headers: sent } = await embed({ run_id, path: 'page.html' }, headers)
    expect(sent['content-type'], JSON.stringify(headers)).toBe('text/plain')
    expect(sent['content-disposition']).toBe('attachment; filename=page.html')
    expect(sent['content-security-policy']).toBe("sandbox; default-src 'none'")
  }
})

test('shows a PDF as nothing but a PDF', async () => {
  const { headers } = await embed({ run_id, path: 'paper.PDF' }, FRAME)
  expect(headers).toMatchObject({
    'content-type': 'application/pdf',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "frame-ancestors 'self'",
  })
})

test('refuses other files, other folders and missing parameters with the name of the parameter', async () => {
  for (const [query, message] of [
    [{ run_id, path: 'picture.svg' }, "'path'"],
    [{ run_id, path: '../x.html' }, 'Invalid path'],
    [{ run_id }, 'path'],
    [{ path: 'page.html' }, 'run_id or model_id'],
    [{ run_id, model_id: 'm-1', path: 'page.html' }, 'run_id or model_id'],
    [{ run_id: '', path: 'page.html' }, 'run_id'],
  ] as const) {
    const { statusCode, body } = await embed(query as Record<string, string>)
    expect(statusCode, body).toBe(400)
    expect(body).toContain(message)
  }
  expect((await embed({ run_id: 'f'.repeat(32), path: 'page.html' })).statusCode).toBe(404)
  expect((await embed({ run_id, path: 'absent.html' })).statusCode).toBe(404)
})
