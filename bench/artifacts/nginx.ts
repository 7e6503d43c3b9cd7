import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../servers.js'

/**
 * Starts nginx with `sendfile`, where the kernel sends the file: the upper bound of a download over HTTP. It serves `folder`
 * and writes its own files to a folder below it.
 */
export async function startNginx(program: string, folder: string) {
  const own = join(folder, 'nginx')
  mkdirSync(own)
  const port = await freePort()
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (one) => `${one}_temp_path ${own};`,
  )
  const configuration = `
    daemon off; master_process off; pid ${own}/pid; error_log stderr error;
    events {}
    http {
      access_log off; sendfile on; ${temporary.join(' ')}
      server { listen 127.0.0.1:${port}; root ${folder}; }
    }`
  writeFileSync(join(own, 'conf'), configuration)
  const child = spawn(program, ['-p', own, '-e', 'stderr', '-c', join(own, 'conf')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const url = `http://127.0.0.1:${port}`
  while (!(await fetch(url).then(Boolean, () => false))) {
    if (child.exitCode !== null) throw new Error(`nginx exited with code ${child.exitCode}`)
    await sleep(10)
  }
  return {
    url,
    async stop() {
      const ended = once(child, 'exit')
      child.kill()
      await ended
    },
  }
}
