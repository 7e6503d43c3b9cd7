import { join } from 'node:path'
import { register } from '@cairn/platform/metrics/series'
import type { Registry } from 'prom-client'
import { keepAlive } from '../holder-folder.js'
import { RowWriter } from './row-writer.js'
import { takeLeftovers } from './spool.js'
import { Uploader, type UploaderParts } from './uploader.js'

interface CaptureOptions extends Omit<UploaderParts, 'writer' | 'leftovers'> {
  /** A local folder for rows that are not uploaded yet. */
  readonly root: string
  /** Id of this process. */
  readonly holder: string
  readonly metrics: Registry
}

/** Creates the writer of rows and the uploader that empties it. */
export function openCapture({ root, holder, metrics, ...parts }: CaptureOptions) {
  const folder = join(root, holder)
  const writer = new RowWriter({
    folder,
    onFull: () => uploader.wake(),
    onError: (err) =>
      parts.log.warn({ err }, 'rows of inference tables are dropped: the spool cannot be written'),
  })
  const uploader = new Uploader({ ...parts, writer, leftovers: () => takeLeftovers(root, holder) })
  register(metrics, {
    name: 'cairn_inference_table_rows_total',
    help: 'Rows of inference tables that were written to the local disk, and dropped because memory or disk were full',
    type: 'counter',
    samples: () => [
      { labels: { outcome: 'written' }, value: writer.written },
      { labels: { outcome: 'dropped' }, value: writer.dropped },
    ],
  })
  const stopKeepAlive = keepAlive(folder)
  return {
    writer,
    start: () => uploader.start(),
    async stop() {
      stopKeepAlive()
      await uploader.stop()
    },
  }
}
