import { CairnError } from '../cairn-error.js'
import type { Host } from './host.js'
import { Sha256 } from './sha256.js'

/** The host in browsers. */
export const host: Host = {
  environment: {},
  defaultConnection: () => ({ baseUrl: location.origin }),
  newContext: () => undefined,
  sourceTags: async () => ({
    'mlflow.source.name': location.origin + location.pathname,
    'mlflow.source.type': 'LOCAL',
  }),
  // A closed page runs no code, so its run stays RUNNING.
  onInterrupt: () => () => {},
  startSystemMetrics: () => {
    throw nodeOnly('System metrics are')
  },
  newSha256: () => new Sha256(),
  readFile: () => Promise.reject(nodeOnly('Local file paths are', 'Log a Blob instead.')),
  readFolder: () => Promise.reject(nodeOnly('Local folders are', 'Log the files by name instead.')),
  openOffline: () => Promise.reject(nodeOnly('Offline runs are')),
  // biome-ignore lint/suspicious/noConsole: a page has no other place for warnings
  warn: (message) => console.warn(message),
}

const nodeOnly = (feature: string, advice = '') =>
  new CairnError('NOT_IMPLEMENTED', `${feature} not available in browsers. ${advice}`.trim(), 0)
