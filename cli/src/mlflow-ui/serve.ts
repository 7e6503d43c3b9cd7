import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname } from 'node:path'
import { pipeline } from 'node:stream'
import { hasCode } from '@cairn/platform/db/dialect'
import { invalid } from '@cairn/platform/errors'
import { proxyRequest, sendError, type Upstream } from './proxy.js'
import type { UiFiles } from './ui-files.js'

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/i
const ASSETS = '/static-files/'
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.gif': 'image/gif',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
}

export interface ServedUi {
  readonly url: string
  close(): Promise<void>
}

/** Serves the UI at `/` and proxies everything else. On the loopback address only: every client acts with the token. */
export async function serveUi(files: UiFiles, upstream: Upstream, port: number): Promise<ServedUi> {
  const server = createServer((request, response) => handleRequest(request, response, files, upstream))
  await listen(server, port)
  const { port: actualPort } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${actualPort}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function handleRequest(
  request: IncomingMessage,
  response: ServerResponse,
  files: UiFiles,
  upstream: Upstream,
): void {
  response.setHeader('x-content-type-options', 'nosniff')
  const refusal = crossOriginError(request)
  const path = request.url!.split('?')[0]!
  if (refusal) sendError(response, 403, 'PERMISSION_DENIED', refusal)
  else if (path === '/') send(response, files, 'index.html', request.method)
  else if (path.startsWith(ASSETS)) send(response, files, path.slice(ASSETS.length), request.method)
  else proxyRequest(request, response, upstream)
}

/** Blocks pages of other sites, which would act with the token: by DNS rebinding (Host) or directly (Origin). */
function crossOriginError({ headers: { host = '', origin } }: IncomingMessage): string | undefined {
  if (!LOOPBACK.test(host)) return 'Invalid Host header: open the UI by its address on this machine.'
  if (origin && origin !== `http://${host}`) return 'Cross-origin request blocked.'
  return undefined
}

const send = (response: ServerResponse, ...file: [UiFiles, string, string | undefined]) =>
  void sendFile(response, ...file).catch(() => response.destroy())

async function sendFile(response: ServerResponse, files: UiFiles, name: string, method = 'GET') {
  const file = files.get(name)
  if (!file) {
    sendError(response, 404, 'RESOURCE_DOES_NOT_EXIST', `The UI has no file ${name}.`)
    return
  }
  response.writeHead(200, {
    'content-type': MEDIA_TYPES[extname(name)] ?? 'application/octet-stream',
    'content-length': file.size,
    // Asset names contain a hash of their content.
    'cache-control': name.startsWith('static/') ? 'public, max-age=31536000, immutable' : 'no-cache',
  })
  if (method === 'HEAD') response.end()
  else pipeline(await file.open(), response, () => undefined)
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        hasCode(error, 'EADDRINUSE')
          ? invalid(`Port ${port} is taken: pass another with --port, or 0 for any free one.`, {
              cause: error,
            })
          : error,
      ),
    )
    server.listen(port, '127.0.0.1', resolve)
  })
}
