import { invalid, unlessMissing } from '@cairn/platform/errors'
import {
  CACHED_MODEL,
  CollectGarbage,
  CollectModelCache,
  CollectTaskCache,
  GARBAGE_KINDS,
  type GarbageItem,
  PYTHON_ENVIRONMENT,
  TASK_ENVIRONMENT,
} from '@cairn/platform/protocol/cairn/garbage'
import type { Client } from '@cairn/platform/protocol/client'
import { Command, Option } from 'commander'
import { allPages } from '../client/all-pages.js'
import { connect } from '../client/connect.js'
import { formatOf, printRows } from '../client/output.js'
import { parseDuration } from '../client/parse-duration.js'
import { printNotice } from '../client/terminal-text.js'

const EXAMPLES = `
Examples:
  $ cairn gc --older-than 30d             # dry run: shows what would be removed
  $ cairn gc --older-than 30d --yes       # removes it permanently
  $ cairn gc --older-than 12h -o json     # lists each item by id

The server collects garbage while it runs. Requires MANAGE on the metastore.
Keeps artifacts of runs that registered model versions use, and items that were restored in the meantime. Files in the
artifacts destination that this database does not reference are orphans, so no other database may store artifacts there.
Models that no endpoint serves any more, and their Python environments, are deleted from the cache of the server that is called; they are loaded again on demand. So are Python environments that no task has used for that time.
`

interface Flags {
  readonly olderThan: number
  readonly yes?: boolean
  readonly apply?: boolean
}

/** `cairn gc`: asks the server to remove deleted items and their files permanently. Until then they can be restored. */
export const gcCommand = () =>
  new Command('gc')
    .description('Remove deleted items and orphaned files permanently; a dry run without --yes')
    .addOption(
      new Option(
        '--older-than <duration>',
        'minimum time since the deletion or last change, e.g. 30d, 12h, 15m',
      )
        .argParser(parseDuration)
        .default(parseDuration('30d'), '30d'),
    )
    .option('--dry-run', 'only show what would be removed (default)')
    .option('--yes', 'remove permanently')
    .option('--apply', 'alias of --yes')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: Flags & { dryRun?: boolean }, command: Command) => {
      const apply = Boolean(flags.yes || flags.apply)
      if (apply && flags.dryRun) throw invalid('--dry-run and --yes cannot be combined.')
      const items = await collect(connect(command).call, flags.olderThan, apply)
      print(command, items, apply)
    })

async function collect(call: Client, older_than_seconds: number, apply: boolean): Promise<GarbageItem[]> {
  const items: GarbageItem[] = []
  for (const kind of GARBAGE_KINDS) {
    const found = await allPages(async (page_token) => {
      const query = { kind, older_than_seconds, apply, ...(page_token && { page_token }) }
      const page = await call(CollectGarbage, query)
      return { items: page.items, next: page.next_page_token }
    })
    items.push(...found)
  }
  // A server without endpoints or jobs has no such cache.
  const cached = await call(CollectModelCache, { older_than_seconds, apply }).catch(unlessMissing)
  const unused = await call(CollectTaskCache, { older_than_seconds, apply }).catch(unlessMissing)
  return [...items, ...(cached?.items ?? []), ...(unused?.items ?? [])]
}

const TITLES: Readonly<Record<GarbageItem['kind'], string>> = {
  run: 'runs',
  logged_model: 'logged models',
  trace: 'traces',
  experiment: 'experiments',
  orphan: 'orphaned folders',
  upload: 'unfinished uploads',
  [CACHED_MODEL]: 'cached models',
  [PYTHON_ENVIRONMENT]: 'Python environments',
  [TASK_ENVIRONMENT]: 'Python environments of tasks',
}

function print(command: Command, items: readonly GarbageItem[], apply: boolean) {
  if (formatOf(command) === 'json') return printRows(command, items, {})
  const rows = [...GARBAGE_KINDS, CACHED_MODEL, PYTHON_ENVIRONMENT, TASK_ENVIRONMENT]
    .map((kind) => items.filter((item) => item.kind === kind))
    .filter((list) => list.length > 0)
  const sum = (list: readonly GarbageItem[], field: 'files' | 'bytes') =>
    list.reduce((total, item) => total + item[field], 0)
  const removable = (list: readonly GarbageItem[]) => list.filter(({ kept }) => kept === undefined)
  printRows(
    command,
    rows,
    {
      what: (list) => TITLES[list[0]!.kind],
      [apply ? 'removed' : 'to remove']: (list) => removable(list).length,
      files: (list) => sum(removable(list), 'files'),
      bytes: (list) => sum(removable(list), 'bytes'),
      kept: (list) => list.length - removable(list).length,
    },
    'Nothing to remove.',
  )
  for (const { kind, id, kept } of items.filter((item) => item.kept !== undefined).slice(0, 20))
    printNotice(`Kept ${kind} ${id}: ${kept}`)
  if (!apply && rows.length > 0) process.stderr.write('Dry run: add --yes to remove these permanently.\n')
}
