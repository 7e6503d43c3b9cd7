import { invalid } from '@cairn/platform/errors'
import {
  type ReviewedPrivilege,
  ReviewObject,
  ReviewPrincipal,
} from '@cairn/platform/protocol/cairn/access-review'
import type { Command } from 'commander'
import { allPages } from '../client/all-pages.js'
import { connect } from '../client/connect.js'
import { examples } from '../client/examples.js'
import { printRows } from '../client/output.js'
import { listOfReasons } from './reasons.js'

/** Adds `cairn access review`, in both directions. `-o csv` is the export. */
export function addReview(access: Command) {
  access
    .command('review [type] [name]')
    .description('Show who has which privileges on an object and why, or what a principal has')
    .addHelpText(
      'after',
      examples(
        'cairn access review table main.movielens.ratings',
        'cairn access review --principal ada@example.org -o csv > ada.csv',
      ),
    )
    .option('--principal <name>', 'show what this principal has on all objects (needs READ AUDIT)')
    .action(
      async (
        type: string | undefined,
        name: string | undefined,
        { principal }: { principal?: string },
        command,
      ) => {
        const { call } = connect(command)
        if (principal !== undefined) {
          const entries = await allPages(async (page_token) => {
            const page = await call(ReviewPrincipal, { principal, ...(page_token && { page_token }) })
            return { items: page.entries, next: page.next_page_token }
          })
          const rows = entries.flatMap((one) =>
            one.privileges.map((granted) => ({
              subject: `${one.securable_type} ${one.full_name}`,
              ...reasonOf(granted),
            })),
          )
          return printRows(command, rows, { object: (row) => row.subject, ...REASON }, 'No access.')
        }
        if (type === undefined || name === undefined)
          throw invalid('Name the type and the name of an object, or --principal.')
        const input = { securable_type: type, full_name: name }
        const entries = await allPages(async (page_token) => {
          const page = await call(ReviewObject, { ...input, ...(page_token && { page_token }) })
          return { items: page.entries, next: page.next_page_token }
        })
        const rows = entries.flatMap((one) =>
          one.privileges.map((granted) => ({ subject: one.principal, ...reasonOf(granted) })),
        )
        printRows(command, rows, { principal: (row) => row.subject, ...REASON }, 'Nobody has access.')
      },
    )
}

interface ReviewRow {
  readonly subject: string
  readonly privilege: string
  readonly because: string
  readonly also: string
  readonly toEnd: string
}

const REASON = {
  privilege: (row: ReviewRow) => row.privilege,
  because: (row: ReviewRow) => row.because,
  also: (row: ReviewRow) => row.also,
  'revoke to end': (row: ReviewRow) => row.toEnd,
}

const reasonOf = ({ privilege, basis, others, others_left_out, revoke_to_end }: ReviewedPrivilege) => ({
  privilege,
  because: listOfReasons(basis),
  also: listOfReasons(others) + (others_left_out ? `; and ${others_left_out} more` : ''),
  toEnd: revoke_to_end ? listOfReasons(revoke_to_end) : '-',
})
