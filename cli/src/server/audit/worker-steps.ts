import { WORKER_PROTOCOL } from '@cairn/platform/protocol/cairn/workers'
import type { Step } from './steps.js'

const WORKERS = '/api/cairn/v1/workers'
const FACTS = { name: 'w', version: '1', protocol: WORKER_PROTOCOL, labels: [], concurrency: 1 }

export const WORKER_STEPS: readonly Step[] = [
  {
    ...{ action: 'registerWorker', object: 'metastore', request: () => `POST ${WORKERS}` },
    body: () => FACTS,
    keep: ({ worker_id }) => ({ worker: worker_id }),
  },
  {
    action: 'collectTaskCache',
    object: 'metastore',
    request: () => 'POST /api/cairn/v1/gc/tasks',
    body: () => ({ older_than_seconds: 0 }),
  },
  { action: 'removeWorker', object: 'metastore', request: ({ worker }) => `DELETE ${WORKERS}/${worker}` },
]
