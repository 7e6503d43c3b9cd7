import {
  ACCESS_REQUEST_STATES,
  type AccessRequest,
  type AccessRequestState,
  ApproveAccessRequest,
  DeclineAccessRequest,
  ListAccessRequests,
  RequestAccess,
  WithdrawAccessRequest,
} from '@cairn/platform/protocol/cairn/access-requests'
import { Command, Option } from 'commander'
import { addReview } from '../access/review.js'
import { allPages } from '../client/all-pages.js'
import { connect } from '../client/connect.js'
import { examples } from '../client/examples.js'
import { formatTime } from '../client/format.js'
import { printRows } from '../client/output.js'
import { parseInteger } from '../client/parse-integer.js'

/** `cairn access`: requests for access and their decisions, and reviews of who has which. */
export function accessCommand() {
  const access = new Command('access')
    .description('Request access, decide about requests, and review who has access')
    .addHelpText(
      'after',
      examples(
        "cairn access request experiment /churn --level CAN_READ --reason 'compare baselines'",
        'cairn access approve 4d9f87b0-4855-4b4f-8193-f33d067ae8ca',
        'cairn access review table main.movielens.ratings',
      ),
    )
  for (const add of [addRequest, addList, addApprove, addDecline, addWithdraw, addReview]) add(access)
  return access
}

const COLUMNS = {
  id: (row: AccessRequest) => row.id,
  state: (row: AccessRequest) => row.state,
  who: (row: AccessRequest) => row.requester,
  object: (row: AccessRequest) => `${row.securable_type} ${row.full_name}`,
  access: (row: AccessRequest) => row.level ?? row.privileges.join(', '),
  reason: (row: AccessRequest) => row.reason,
  created: (row: AccessRequest) => formatTime(row.created_at),
  until: (row: AccessRequest) => row.grant_expires_at && formatTime(row.grant_expires_at),
  'decided by': (row: AccessRequest) => row.decided_by,
  comment: (row: AccessRequest) => row.comment,
}
const print = (command: Command, ...rows: AccessRequest[]) => printRows(command, rows, COLUMNS)

interface GrantDays {
  grantDays?: number
}

interface RequestFlags {
  level?: string
  privilege?: string[]
}
const wantedOf = ({ level, privilege }: RequestFlags) => ({
  ...(level && { level }),
  ...(privilege && { privileges: privilege }),
})

function addRequest(access: Command) {
  access
    .command('request <type> <name>')
    .description('Ask the owner of an object for access')
    .addHelpText(
      'after',
      examples(
        "cairn access request experiment /churn --level CAN_READ --reason 'compare baselines'",
        'cairn access request table main.movielens.tags --privilege SELECT',
      ),
    )
    .option('--level <level>', 'a permission level, e.g. CAN_READ')
    .option('--privilege <privilege...>', 'privileges, e.g. SELECT')
    .option('--reason <text>', 'why you need it')
    .option('--expires <days>', 'days after which the request lapses', parseInteger)
    .option('--grant-days <days>', 'days for which you need it', parseInteger)
    .action(
      async (
        securable_type: string,
        full_name: string,
        {
          reason,
          expires,
          grantDays,
          ...wanted
        }: RequestFlags & GrantDays & { reason?: string; expires?: number },
        command,
      ) => {
        const input = {
          ...{ securable_type, full_name, ...wantedOf(wanted) },
          ...(reason && { reason }),
          ...(expires !== undefined && { expires_in_days: expires }),
          ...(grantDays !== undefined && { grant_expires_in_days: grantDays }),
        }
        print(command, await connect(command).call(RequestAccess, input))
      },
    )
}

function addList(access: Command) {
  access
    .command('list')
    .description('List requests for access: those that you may decide, or your own')
    .addHelpText('after', examples('cairn access list', 'cairn access list --mine --state approved'))
    .option('--mine', 'your own requests')
    .addOption(new Option('--state <state>', 'only requests in a state').choices(ACCESS_REQUEST_STATES))
    .action(async ({ mine, state }: { mine?: boolean; state?: AccessRequestState }, command) => {
      const { call } = connect(command)
      const filter = { box: mine ? ('mine' as const) : ('to_decide' as const), ...(state && { state }) }
      const rows = await allPages(async (page_token) => {
        const page = await call(ListAccessRequests, { ...filter, ...(page_token && { page_token }) })
        return { items: page.requests, next: page.next_page_token }
      })
      printRows(command, rows, COLUMNS, 'No requests for access.')
    })
}

function addApprove(access: Command) {
  access
    .command('approve <id>')
    .description('Grant what a request asks for, or less')
    .addHelpText(
      'after',
      examples(
        'cairn access approve 4d9f87b0-4855-4b4f-8193-f33d067ae8ca',
        'cairn access approve 4d9f87b0-4855-4b4f-8193-f33d067ae8ca --level CAN_READ --grant-days 7',
      ),
    )
    .option('--level <level>', 'a lower level than the requested one')
    .option('--privilege <privilege...>', 'some of the requested privileges')
    .option('--grant-days <days>', 'days after which the access ends', parseInteger)
    .option('--comment <text>', 'for the requester')
    .action(async (id: string, options: RequestFlags & GrantDays & { comment?: string }, command) => {
      const { comment, grantDays, ...less } = options
      const input = {
        ...{ id, ...wantedOf(less), ...(comment && { comment }) },
        ...(grantDays !== undefined && { grant_expires_in_days: grantDays }),
      }
      print(command, await connect(command).call(ApproveAccessRequest, input))
    })
}

function addDecline(access: Command) {
  access
    .command('decline <id>')
    .description('Decline a request for access')
    .addHelpText(
      'after',
      examples("cairn access decline 4d9f87b0-4855-4b4f-8193-f33d067ae8ca --reason 'use main.public'"),
    )
    .requiredOption('--reason <text>', 'for the requester')
    .action(async (id: string, { reason }: { reason: string }, command) => {
      print(command, await connect(command).call(DeclineAccessRequest, { id, comment: reason }))
    })
}

function addWithdraw(access: Command) {
  access
    .command('withdraw <id>')
    .description('Withdraw one of your requests')
    .addHelpText('after', examples('cairn access withdraw 4d9f87b0-4855-4b4f-8193-f33d067ae8ca'))
    .action(async (id: string, _options, command) => {
      print(command, await connect(command).call(WithdrawAccessRequest, { id }))
    })
}
