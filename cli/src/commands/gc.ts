import { invalid } from '@cairn/platform/errors'
import type { Client } from '@cairn/platform/protocol/client'
import {
  CollectGarbage,
  GARBAGE_KINDS,
  type GarbageItem,
  type GarbageKind,
} from '@cairn/platform/protocol/garbage'
import { pages } from '@cairn/sdk/page'
import { Command, Option } from 'commander'
import { connect } from '../client/connect.js'
import { secondsOf } from '../client/duration.js'
import { formatOf, printRows } from '../client/output.js'

const EXAMPLES = `
Examples:
  $ cairn gc --older-than 30d             what would go
  $ cairn gc --older-than 30d --yes       it goes, for good
  $ cairn gc --older-than 12h -o json     every thing by its id

The server collects, beside its other work: nothing has to be stopped. It needs MANAGE on the metastore.
Files of runs that a registered model version has stay, and so does what was restored meanwhile. Files in the artifacts
destination that nothing of this database names are orphans: no other database may keep its artifacts there.
`

interface Flags {
  readonly olderThan: number
  readonly yes?: boolean
  readonly apply?: boolean
}

export const gcCommand = () =>
  new Command('gc')
    .description('remove for good what was deleted, and files that belong to nothing; a dry run unless --yes')
    .addOption(
      new Option('--older-than <duration>', 'deleted or last written longer ago, e.g. 30d, 12h, 15m')
        .argParser(secondsOf)
        .default(secondsOf('30d'), '30d'),
    )
    .option('--dry-run', 'only say what would go (the default)')
    .option('--yes', 'remove it')
    .option('--apply', 'the same as --yes')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: Flags & { dryRun?: boolean }, command: Command) => {
      const apply = Boolean(flags.yes || flags.apply)
      if (apply && flags.dryRun) throw invalid('Say --dry-run or --yes, not both.')
      const items = await collect(connect(command).call, flags.olderThan, apply)
      print(command, items, apply)
    })

async function collect(call: Client, older_than_seconds: number, apply: boolean): Promise<GarbageItem[]> {
  const items: GarbageItem[] = []
  for (const kind of GARBAGE_KINDS) {
    const found = pages(async (page_token) => {
      const query = { kind, older_than_seconds, apply, ...(page_token && { page_token }) }
      const page = await call(CollectGarbage, query)
      return { items: page.items, next: page.next_page_token }
    })
    for await (const item of found) items.push(item)
  }
  return items
}

const WHAT: Readonly<Record<GarbageKind, string>> = {
  run: 'runs',
  logged_model: 'logged models',
  trace: 'traces',
  experiment: 'experiments',
  orphan: 'folders of no run, model or trace',
  upload: 'unfinished uploads',
}

function print(command: Command, items: readonly GarbageItem[], apply: boolean) {
  if (formatOf(command) === 'json') return printRows(command, items, {}, '')
  const rows = GARBAGE_KINDS.map((kind) => items.filter((item) => item.kind === kind)).filter(
    (of) => of.length > 0,
  )
  const sum = (list: readonly GarbageItem[], of: 'files' | 'bytes') =>
    list.reduce((all, one) => all + one[of], 0)
  const going = (list: readonly GarbageItem[]) => list.filter(({ kept }) => kept === undefined)
  printRows(
    command,
    rows,
    {
      what: (list) => WHAT[list[0]!.kind],
      [apply ? 'removed' : 'would go']: (list) => going(list).length,
      files: (list) => sum(going(list), 'files'),
      bytes: (list) => sum(going(list), 'bytes'),
      kept: (list) => list.length - going(list).length,
    },
    'Nothing to collect.',
  )
  for (const { kind, id, kept } of items.filter((item) => item.kept !== undefined).slice(0, 20))
    process.stderr.write(`${kind} ${id} is left alone: ${kept}\n`)
  if (!apply && rows.length > 0) process.stderr.write('A dry run: add --yes to remove this for good.\n')
}
