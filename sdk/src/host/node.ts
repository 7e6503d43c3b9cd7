import { AsyncLocalStorage } from 'node:async_hooks'
import { createHash } from 'node:crypto'
import { userInfo } from 'node:os'
import { fileContent, readFolder } from '../files/local-files.js'
import { OfflineSink } from '../offline/offline-sink.js'
import { environment, readConnection } from './environment.js'
import { readGit } from './git.js'
import type { Context, Host } from './host.js'
import { onInterrupt } from './on-interrupt.js'
import { startSystemMetrics } from './system-metrics.js'

/** The host in Node. */
export const host: Host = {
  environment,
  defaultConnection: () => readConnection(environment),
  newContext<T>(): Context<T> {
    const storage = new AsyncLocalStorage<T>()
    return {
      run: (value, body) => storage.run(value, body),
      current: () => storage.getStore(),
    }
  },
  async sourceTags() {
    const git = await readGit(process.cwd())
    return {
      'mlflow.user': userName(),
      'mlflow.source.name': process.argv[1] ?? 'node',
      'mlflow.source.type': 'LOCAL',
      ...(git && { 'mlflow.source.git.commit': git.commit, 'mlflow.git.dirty': String(git.dirty) }),
      ...(git?.branch && { 'mlflow.source.git.branch': git.branch }),
    }
  },
  onInterrupt,
  startSystemMetrics,
  newSha256() {
    const hash = createHash('sha256')
    return { update: (bytes) => hash.update(bytes), digest: () => hash.digest('hex') }
  },
  readFile: fileContent,
  readFolder,
  openOffline: (start) => OfflineSink.create(start),
  warn: (message) => process.emitWarning(message, 'Cairn'),
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    return 'unknown' // the user id has no name, as in some containers
  }
}
