import { invalid } from '@cairn/platform/errors'
import { RotateSecretsKey } from '@cairn/platform/protocol/cairn/secrets-key'
import {
  type AclItem,
  CreateSecretScope,
  DeleteSecret,
  DeleteSecretAcl,
  DeleteSecretScope,
  GetSecret,
  ListSecretAcls,
  ListSecretScopes,
  ListSecrets,
  PutSecret,
  PutSecretAcl,
  SECRET_PERMISSIONS,
  type SecretPermission,
} from '@cairn/platform/protocol/databricks/secrets'
import { Command } from 'commander'
import { connect } from '../client/connect.js'
import { examples } from '../client/examples.js'
import { formatTime } from '../client/format.js'
import { printRows } from '../client/output.js'
import { readHidden } from '../client/read-hidden.js'

/** `cairn secrets`: manages secrets, their scopes and the permissions on scopes. */
export function secretsCommand() {
  const secrets = new Command('secrets')
    .description('Manage secrets for tasks and endpoints')
    .addHelpText(
      'after',
      examples(
        'cairn secrets create-scope team',
        'cairn secrets put team api-token < token.txt   # {{secrets/team/api-token}}',
        'cairn secrets grant team importer READ',
      ),
    )
  for (const add of [addScopes, addValues, addPermissions, addRotation]) add(secrets)
  return secrets
}

function addScopes(secrets: Command) {
  secrets
    .command('scopes')
    .description('List the scopes that you may read')
    .addHelpText('after', examples('cairn secrets scopes'))
    .action(async (_options, command) => {
      const { scopes } = await connect(command).call(ListSecretScopes, {})
      printRows(command, scopes, { name: ({ name }) => name }, 'No scopes.')
    })
  secrets
    .command('create-scope <scope>')
    .description('Create a scope')
    .addHelpText('after', examples('cairn secrets create-scope team'))
    .action(async (scope: string, _options, command) => {
      await connect(command).call(CreateSecretScope, { scope })
    })
  secrets
    .command('delete-scope <scope>')
    .description('Delete a scope with its secrets')
    .addHelpText('after', examples('cairn secrets delete-scope team'))
    .action(async (scope: string, _options, command) => {
      await connect(command).call(DeleteSecretScope, { scope })
    })
}

function addValues(secrets: Command) {
  secrets
    .command('list <scope>')
    .description('List the secrets of a scope, without their values')
    .addHelpText('after', examples('cairn secrets list team'))
    .action(async (scope: string, _options, command) => {
      const { secrets: rows } = await connect(command).call(ListSecrets, { scope })
      const columns = {
        key: ({ key }: (typeof rows)[number]) => key,
        updated: (row: (typeof rows)[number]) => formatTime(row.last_updated_timestamp),
      }
      printRows(command, rows, columns, 'No secrets.')
    })
  secrets
    .command('put <scope> <key>')
    .description('Store the value that stdin contains')
    .addHelpText('after', examples('cairn secrets put team api-token < token.txt'))
    .action(async (scope: string, key: string, _options, command) => {
      const string_value = await readHidden(`Value of ${scope}/${key}: `)
      await connect(command).call(PutSecret, { scope, key, string_value })
    })
  secrets
    .command('get <scope> <key>')
    .description('Print the value of a secret')
    .addHelpText('after', examples('cairn secrets get team api-token > token.txt'))
    .action(async (scope: string, key: string, _options, command) => {
      const { value } = await connect(command).call(GetSecret, { scope, key })
      process.stdout.write(Buffer.from(value, 'base64'))
    })
  secrets
    .command('delete <scope> <key>')
    .description('Delete a secret')
    .addHelpText('after', examples('cairn secrets delete team api-token'))
    .action(async (scope: string, key: string, _options, command) => {
      await connect(command).call(DeleteSecret, { scope, key })
    })
}

function addPermissions(secrets: Command) {
  secrets
    .command('permissions <scope>')
    .description('List the permissions on a scope')
    .addHelpText('after', examples('cairn secrets permissions team'))
    .action(async (scope: string, _options, command) => {
      const { items } = await connect(command).call(ListSecretAcls, { scope })
      const columns = {
        principal: ({ principal }: AclItem) => principal,
        permission: (item: AclItem) => item.permission,
      }
      printRows(command, items, columns, 'No permissions.')
    })
  secrets
    .command('grant <scope> <principal> <permission>')
    .description('Grant a principal READ, WRITE or MANAGE on a scope')
    .addHelpText('after', examples('cairn secrets grant team importer READ'))
    .action(async (scope: string, principal: string, permission: string, _options, command) => {
      await connect(command).call(PutSecretAcl, { scope, principal, permission: permissionFrom(permission) })
    })
  secrets
    .command('revoke <scope> <principal>')
    .description('Revoke the permission of a principal on a scope')
    .addHelpText('after', examples('cairn secrets revoke team importer'))
    .action(async (scope: string, principal: string, _options, command) => {
      await connect(command).call(DeleteSecretAcl, { scope, principal })
    })
}

function permissionFrom(word: string): SecretPermission {
  const found = SECRET_PERMISSIONS.find((one) => one === word.toUpperCase())
  if (!found) throw invalid(`Unknown permission '${word}'; supported: ${SECRET_PERMISSIONS.join(', ')}.`)
  return found
}

function addRotation(secrets: Command) {
  secrets
    .command('rotate-key')
    .description('Replace the key that encrypts all secrets')
    .addHelpText(
      'after',
      `\nWith CAIRN_SECRETS_KEY: set it to the new key and CAIRN_SECRETS_PREVIOUS_KEY to the old one on all servers before.\n${examples('cairn secrets rotate-key')}`,
    )
    .action(async (_options, command) => {
      const { sealed_again } = await connect(command).call(RotateSecretsKey, {})
      process.stderr.write(
        `Encrypted ${sealed_again} ${sealed_again === 1 ? 'secret' : 'secrets'} with the new key.\n`,
      )
    })
}
