import { parentPort } from 'node:worker_threads'
import '@duckdb/node-bindings'

// Maps DuckDB's native library into the process, and keeps it mapped until the parent has loaded it too.
parentPort!.postMessage('mapped')
parentPort!.on('message', () => undefined)
