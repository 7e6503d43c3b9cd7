import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from './root.js'
import { until } from './until.js'

const DEBIAN = '/usr/sbin/nginx'
/** Path of the nginx to test with, if one is installed. */
export const nginx = process.env.TEST_NGINX || (existsSync(DEBIAN) ? DEBIAN : undefined)

export interface Nginx extends AsyncDisposable {
  /** PEM file of the self-signed certificate. */
  readonly certificate: string
}

/**
 * Starts nginx with the documented configuration, `docs/nginx.conf`, on another port and with a new certificate of
 * `localhost`.
 *
 * @param atRoot with the changes for the root of a host that the file describes
 */
export async function startNginx(port: number, upstream: string, { atRoot = false } = {}): Promise<Nginx> {
  if (!nginx) throw new Error('no nginx here: guard the suite with describe.skipIf(!nginx)')
  const folder = await mkdtemp(join(tmpdir(), 'cairn-nginx-'))
  const [certificate, key] = [join(folder, 'cairn.pem'), join(folder, 'cairn.key')]
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  const pair = ['-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', certificate, '-days', '2']
  execFileSync('openssl', ['req', '-x509', ...pair, ...subject], { stdio: 'ignore' })
  const documented = await readFile(join(root, 'docs/nginx.conf'), 'utf8')
  const site = replaced(atRoot ? forRoot(documented) : documented, {
    'listen 443 ssl': `listen 127.0.0.1:${port} ssl`,
    'server_name cairn.example.org': 'server_name localhost',
    '/etc/ssl/certs/cairn.pem': certificate,
    '/etc/ssl/private/cairn.key': key,
    'http://127.0.0.1:5000': upstream,
  })
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path temp-${name};`,
  )
  const text = `worker_processes 1;\npid nginx.pid;\nevents {}\nhttp {\naccess_log off;\n${paths.join('\n')}\n${site}\n}\n`
  const file = join(folder, 'nginx.conf')
  await writeFile(file, text)
  const args = ['-p', `${folder}/`, '-c', file, '-e', join(folder, 'error.log'), '-g', 'daemon off;']
  const child = spawn(nginx, args, { stdio: 'ignore' })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const stop = async () => {
    child.kill('SIGQUIT')
    const timer = setTimeout(() => child.kill('SIGTERM'), 2_000)
    await ended
    clearTimeout(timer)
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await until('nginx answers', () => listens(child, port))
  } catch (error) {
    throw new Error(`${await readFile(join(folder, 'error.log'), 'utf8')}`, { cause: error })
  }
  return { certificate, [Symbol.asyncDispose]: stop }
}

const forRoot = (documented: string) =>
  replaced(
    documented.replace(/^map [^}]*}\n(?=\nserver)/m, '').replace(/ {2}location = \/cairn {[^}]*}\n/, ''),
    {
      'location /cairn/ {': 'location / {',
      '$cairn_path;\n    proxy_http': ';\n    proxy_http',
    },
  )

/** Replaces a text of the documented configuration. @throws when it is missing */
function replaced(text: string, words: Readonly<Record<string, string>>): string {
  return Object.entries(words).reduce((current, [from, to]) => {
    if (!current.includes(from)) throw new Error(`docs/nginx.conf has no '${from}'`)
    return current.replaceAll(from, to)
  }, text)
}

function listens(child: ChildProcess, port: number): Promise<boolean> {
  if (child.exitCode !== null) throw new Error('nginx has ended')
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true))
    socket.once('error', () => resolve(false)).once('connect', () => socket.destroy())
  })
}
