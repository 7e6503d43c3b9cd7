import { RotateToken } from '@cairn/platform/protocol/cairn/token-rotation'
import {
  CreateOboToken,
  CreateToken,
  DeleteManagedToken,
  DeleteToken,
  ListManagedTokens,
  ListTokens,
} from '@cairn/platform/protocol/databricks/identities'
import type { Output } from '@cairn/platform/protocol/operation'
import { Command } from 'commander'
import { allPages } from '../client/all-pages.js'
import { connect } from '../client/connect.js'
import { examples } from '../client/examples.js'
import { formatTime } from '../client/format.js'
import { formatOf, printOne, printRows } from '../client/output.js'
import { parseDuration } from '../client/parse-duration.js'

type Token = Output<typeof ListTokens>['token_infos'][number] & { readonly owner?: string }

/** `cairn tokens`: the caller's tokens, and for administrators those of all principals. */
export function tokensCommand() {
  const tokens = new Command('tokens')
    .description('Manage access tokens')
    .addHelpText(
      'after',
      examples(
        'cairn tokens create --comment laptop --lifetime 30d',
        'cairn tokens create --for importer --scope tracking',
      ),
    )
  for (const add of [addList, addCreate, addRotate, addRevoke]) add(tokens)
  return tokens
}

const COLUMNS = {
  id: (token: Token) => token.token_id,
  owner: (token: Token) => token.owner,
  comment: (token: Token) => token.comment,
  scopes: (token: Token) => token.scopes?.join(' '),
  created: (token: Token) => formatTime(token.creation_time),
  expires: (token: Token) => (token.expiry_time < 0 ? 'never' : formatTime(token.expiry_time)),
  used: (token: Token) => formatTime(token.last_used_at),
}

interface ListOptions {
  all?: boolean
  for?: string
  search?: string
}

function addList(tokens: Command) {
  tokens
    .command('list')
    .description('List your tokens, without their values')
    .addHelpText(
      'after',
      examples(
        'cairn tokens list',
        'cairn tokens list --for importer',
        'cairn tokens list --all --search ci',
      ),
    )
    .option('--all', 'the tokens of all principals (needs MANAGE IDENTITIES)')
    .option('--for <principal>', 'the tokens of another principal (needs MANAGE IDENTITIES)')
    .option('--search <text>', 'a part of the comment, or of the name of the owner')
    .action(async ({ all, for: holder, search }: ListOptions, command) => {
      const { call } = connect(command)
      const found = await allPages<Token>(async (page_token) => {
        const input = { ...(search && { search }), ...(page_token && { page_token }) }
        const page =
          all || holder
            ? await call(ListManagedTokens, { ...input, ...(holder && { created_by_username: holder }) })
            : await call(ListTokens, input)
        return { items: page.token_infos, next: page.next_page_token }
      })
      printRows<Token>(command, found, COLUMNS, 'No tokens.')
    })
}

interface CreateOptions {
  for?: string
  comment?: string
  lifetime?: number
  scope?: string[]
}

function addCreate(tokens: Command) {
  tokens
    .command('create')
    .description('Create a token and print its value, which is shown only once')
    .addHelpText(
      'after',
      examples(
        'cairn tokens create --comment laptop --lifetime 30d',
        'cairn tokens create --for importer --scope tracking registry',
        'cairn tokens create --scope serving:movies',
      ),
    )
    .option('--for <principal>', 'another principal (needs MANAGE IDENTITIES)')
    .option('--comment <text>', 'what the token is for')
    .option('--lifetime <duration>', "e.g. 30d or 12h (default: the server's)", parseDuration)
    .option(
      '--scope <scope...>',
      'read, tracking, registry, catalog, jobs, workspace, worker or serving:NAME (default: all rights)',
    )
    .action(async ({ for: holder, comment, lifetime, scope }: CreateOptions, command) => {
      const { call } = connect(command)
      const input = {
        ...(comment && { comment }),
        ...(lifetime && { lifetime_seconds: lifetime }),
        ...(scope && { scopes: scope }),
      }
      const made = holder
        ? await call(CreateOboToken, { application_id: holder, ...input })
        : await call(CreateToken, input)
      printToken(command, made)
    })
}

/** Prints the value alone to stdout, so that `$(cairn tokens create)` is the token. */
function printToken(command: Command, made: Output<typeof CreateToken>) {
  if (formatOf(command) === 'table') {
    process.stdout.write(`${made.token_value}\n`)
    process.stderr.write(`Expires: ${COLUMNS.expires(made.token_info)}. The value is not shown again.\n`)
    return
  }
  printOne(command, made, {
    token: (row) => row.token_value,
    expires: (row) => COLUMNS.expires(row.token_info),
  })
}

function addRotate(tokens: Command) {
  tokens
    .command('rotate')
    .description('Replace the token of this command by a new one')
    .addHelpText('after', examples('cairn tokens rotate --grace 10m'))
    .option('--grace <duration>', 'how long the old token stays valid', parseDuration, 3600)
    .option(
      '--lifetime <duration>',
      "lifetime of the new token (default: the server's; at most the old token's)",
      parseDuration,
    )
    .action(async ({ grace, lifetime }: { grace: number; lifetime?: number }, command) => {
      const input = { grace_seconds: grace, ...(lifetime && { lifetime_seconds: lifetime }) }
      const made = await connect(command).call(RotateToken, input)
      printToken(command, made)
    })
}

function addRevoke(tokens: Command) {
  tokens
    .command('revoke <id>')
    .description('Revoke a token at once')
    .addHelpText('after', examples('cairn tokens revoke 4d9f87b0-4855-4b4f-8193-f33d067ae8ca'))
    .option('--other', 'the token of another principal (needs MANAGE IDENTITIES)')
    .action(async (token_id: string, { other }: { other?: boolean }, command) => {
      const { call } = connect(command)
      await (other ? call(DeleteManagedToken, { token_id }) : call(DeleteToken, { token_id }))
    })
}
