import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { install } from './install.mjs'
import { run } from './terminal.mjs'
import { root } from './workspaces.mjs'

const FIRST_PORT = 5000

await run(async () => {
  await install()
  const port = await freePort(FIRST_PORT)
  // The clients' vite.config.ts hand every API call to this address
  process.env.CAIRN_URL = `http://127.0.0.1:${port}`
  const server = startServer(port)
  // The server must end with this process, also when vite ends it on SIGTERM
  process.once('exit', () => server.kill('SIGTERM'))
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(0))
  const clients = await Promise.all(webClients().map(startClient))
  for (const { name, url } of clients) console.log(`${name} with hot reload at ${url}`)
  server.once('exit', (code) => process.exit(code ?? 0))
})

/** Starts the server from its sources, and again whenever a loaded file is saved. */
function startServer(port) {
  const loader = ['--conditions=source', '--import', 'tsx']
  const arguments_ = ['up', '--demo', '--port', String(port), ...process.argv.slice(2)]
  const watch = ['--watch', '--watch-preserve-output', ...loader, 'cli/src/main.ts', ...arguments_]
  return spawn(process.execPath, watch, { cwd: root, stdio: 'inherit' })
}

function webClients() {
  return readdirSync(join(root, 'web')).filter((name) =>
    existsSync(join(root, 'web', name, 'vite.config.ts')),
  )
}

async function startClient(name) {
  const { createServer: createVite } = await import('vite')
  const folder = join(root, 'web', name)
  const vite = await createVite({ root: folder, configFile: join(folder, 'vite.config.ts') })
  await vite.listen()
  return { name, vite, url: vite.resolvedUrls.local[0] }
}

/** Returns the first free port from `port` up. */
function freePort(port) {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(freePort(port + 1)))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(port)))
  })
}
