import { resolve } from 'node:path'
import { SubmitRun } from '@cairn/platform/protocol/databricks/job-runs'
import { Command } from 'commander'
import { connect } from '../client/connect.js'
import { examples } from '../client/examples.js'
import { printJson } from '../client/output.js'

const REMOTE_RUN_FAILED = 10

/** `cairn data`: imports a data set with a job on the server, or downloads one without a server. */
export function dataCommand() {
  const data = new Command('data')
    .description('Download and import data sets')
    .addHelpText('after', examples('cairn data download ml-32m', 'cairn data import movielens ml-32m.zip'))
  data
    .command('import')
    .description('Import a data set into governed tables')
    .argument('<kind>', 'kind of data set: movielens')
    .argument('<path>', 'a zip or a folder of any MovieLens edition')
    .option('--imdb <folder>', 'folder of IMDb TSV files to join through links.csv')
    .option('--schema <name>', 'catalog and schema of the tables', 'main.movielens')
    .addHelpText(
      'after',
      examples('cairn data import movielens ml-32m.zip', 'cairn data import movielens ml-1m/ --imdb imdb/'),
    )
    .action(importData)
  data
    .command('download <edition>')
    .description('Download a MovieLens edition, e.g. ml-32m; resumes and verifies the MD5')
    .option('--to <folder>', 'target folder', '.')
    .addHelpText('after', examples('cairn data download ml-32m --to data/'))
    .action(download)
  return data
}

async function importData(
  kind: string,
  path: string,
  { imdb, schema }: { imdb?: string; schema: string },
  command: Command,
) {
  if (kind !== 'movielens') command.error(`Unknown kind '${kind}'; supported: movielens.`)
  const { call } = connect(command)
  const { importJob } = await import('@cairn/pipelines/tasks/import-job')
  const { followRun } = await import('../demo/follow.js')
  const { run_id } = await call(
    SubmitRun,
    importJob({ source: resolve(path), schema, ...(imdb && { imdb: resolve(imdb) }) }),
  )
  const { succeeded, tasks } = await followRun(call, run_id)
  for (const task of tasks) if (task.values) printJson(task.values)
  if (!succeeded) process.exitCode = REMOTE_RUN_FAILED
}

async function download(edition: string, { to }: { to: string }) {
  const { downloadEdition } = await import('@cairn/pipelines/movielens/download')
  const path = await downloadEdition(edition, resolve(to), { onProgress: showBytes })
  process.stderr.write('\n')
  process.stdout.write(`${path}\n`)
}

function showBytes({ done, total }: { done: number; total?: number }) {
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`
  if (process.stderr.isTTY)
    process.stderr.write(
      `\r${megabytes(done)}${total ? ` of ${megabytes(total)} (${Math.round((done / total) * 100)} %)` : ''}   `,
    )
}
