import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from './harness/free-port.js'
import { type Nginx, nginx, startNginx } from './harness/nginx.js'
import { type Server, startServer } from './harness/server.js'

const OWNER = 'owner-token-of-the-root-proxy-tests-52'

describe.skipIf(!nginx)('a server behind nginx at the root of a host', () => {
  let server: Server
  let proxy: Nginx
  let origin: string
  let agent: Agent
  beforeAll(async () => {
    const [port, ownPort] = [await freePort(), await freePort()]
    origin = `https://localhost:${port}`
    const env = { CAIRN_AUTH: 'required', CAIRN_OWNER_TOKEN: OWNER, CAIRN_PUBLIC_URL: origin }
    server = await startServer({ args: ['--port', String(ownPort)], env })
    proxy = await startNginx(port, `http://127.0.0.1:${ownPort}`, { atRoot: true })
    agent = new Agent({ ca: readFileSync(proxy.certificate), keepAlive: true })
  })
  afterAll(async () => {
    agent?.destroy()
    await proxy?.[Symbol.asyncDispose]()
    await server?.[Symbol.asyncDispose]()
  })

  const ask = (path: string, method = 'GET', body?: string) =>
    new Promise<{ status: number; type: string; text: string }>((resolve, reject) => {
      const headers = { authorization: `Bearer ${OWNER}` }
      const sent = request(origin + path, { agent, method, headers }, (answer) => {
        let text = ''
        answer.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk
        })
        const type = answer.headers['content-type'] ?? ''
        answer.on('end', () => resolve({ status: answer.statusCode!, type, text }))
      })
      sent.on('error', reject).end(body)
    })

  test('answers at its paths, of the console and of the API', async () => {
    expect(await ask('/')).toMatchObject({ status: 200, type: expect.stringContaining('text/html') })
    const account = await ask('/api/cairn/v1/account?x=%2F')
    expect(account).toMatchObject({ status: 200, type: expect.stringContaining('application/json') })
    expect(JSON.parse(account.text)).toMatchObject({ name: 'owner' })
  })

  test('keeps the encoding of a path, and the body', async () => {
    const folder = '/api/2.0/mlflow-artifacts/artifacts'
    expect((await ask(`${folder}/0/a%20b%2B%25.txt`, 'PUT', 'through nginx')).status).toBe(200)
    expect((await ask(`${folder}/0/a%20b%2B%25.txt`)).text).toBe('through nginx')
    const { files } = JSON.parse((await ask(`${folder}?path=0`)).text)
    expect(files).toMatchObject([{ path: 'a b+%.txt' }])
  })
})
