import { CairnError } from '../cairn-error.js'
import type { Host } from './host.js'
import { Sha256 } from './sha256.js'

export const host: Host = {
  environment: {},
  defaultConnection: () => ({ baseUrl: location.origin }),
  newContext: () => undefined,
  sourceTags: async () => ({
    'mlflow.source.name': location.origin + location.pathname,
    'mlflow.source.type': 'LOCAL',
  }),
  // A page that is closed runs no more code: its run stays RUNNING.
  whenInterrupted: () => () => {},
  startSystemMetrics: () => {
    throw nodeOnly('System metrics are')
  },
  newSha256: () => new Sha256(),
  readFile: () => Promise.reject(nodeOnly('Files by their path are; log a Blob instead:')),
  readFolder: () => Promise.reject(nodeOnly('Folders are; log the files by name instead:')),
  openOffline: () => Promise.reject(nodeOnly('Offline runs are')),
  // biome-ignore lint/suspicious/noConsole: the only place a page has for what nobody asked for
  warn: (message) => console.warn(message),
}

const nodeOnly = (what: string) => new CairnError('NOT_IMPLEMENTED', `${what} not available in browsers`, 0)
