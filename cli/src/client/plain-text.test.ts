import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createClient } from '@cairn/platform/protocol/client'
import { SearchExperiments } from '@cairn/platform/protocol/mlflow/experiments'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { plainText } from './plain-text.js'

/** Another web server: an HTML page at every path, and redirects to a login page. */
let url: string
beforeEach(async () => {
  const server = createServer((request, response) => {
    const { url: path = '' } = request
    if (path.startsWith('/guarded/')) return response.writeHead(302, { location: '/login?next=x' }).end()
    const exists = !path.startsWith('/absent/')
    response.writeHead(exists ? 200 : 404, { 'content-type': 'text/html; charset=utf-8' })
    response.end('<!doctype html><title>Welcome</title>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

const PATH = '/api/2.0/mlflow/experiments/search'
const SENTENCE = 'and not with JSON: is it a Cairn or MLflow server?'

test.each([
  ['', () => `${url}${PATH} answered with text/html ${SENTENCE}`],
  [
    '/guarded',
    () => `${url}/login, where the request was redirected to, answered with text/html ${SENTENCE}`,
  ],
  ['/absent', () => `${url}/absent${PATH} answered 404 with text/html ${SENTENCE}`],
])('rejects the web page below %j and describes it', async (base, message) => {
  await expect(createClient(url + base)(SearchExperiments, {})).rejects.toThrow(message())
})

test('rejects a web page as a version, but accepts a version sent as text/html', async () => {
  await expect(plainText(await fetch(url))).rejects.toThrow(`answered with text/html ${SENTENCE}`)
  await expect(plainText(await fetch(`${url}/absent/version`))).rejects.toThrow('answered 404 with text/html')
  const headers = { 'content-type': 'text/html' }
  expect(await plainText(new Response('3.17.2', { headers }))).toBe('3.17.2')
})
