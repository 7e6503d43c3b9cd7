import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { environment } from './environment.js'
import { freePort } from './free-port.js'
import { root } from './root.js'

export interface OpenIdIssuer extends AsyncDisposable {
  readonly url: string
}

/** Starts `oidc-provider` in a separate process, with Cairn at `serverUrl` as its client. */
export async function startIssuer(serverUrl: string): Promise<OpenIdIssuer> {
  const port = await freePort()
  const script = join(root, 'acceptance/harness/openid-issuer.mjs')
  const callback = `${serverUrl}/api/cairn/v1/sso/callback`
  const child = spawn(process.execPath, [script, String(port), callback, `${serverUrl}/`], {
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exit = once(child, 'close')
  let stderr = ''
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  await Promise.race([
    once(child.stdout, 'data'),
    exit.then(() => Promise.reject(new Error(`the issuer ended: ${stderr}`))),
  ])
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      child.kill()
      await exit
    },
  }
}
