import { UpdateSchema } from '@cairn/platform/protocol/unity/schemas'
import Type from 'typebox'
import { defineTask } from '../../task-kinds/task.js'
import { ensureGroup, ensureSchema, ensureServicePrincipal, grant } from './ensure.js'

const NO_OTHER_MEMBERS = { additionalProperties: false }

/** Creates groups, schemas and grants that are missing, as the principal of the task. Revokes nothing. */
export const applyTask = defineTask({
  entry: 'catalog/apply',
  parameters: Type.Object(
    {
      groups: Type.Optional(
        Type.Array(
          Type.Object(
            {
              name: Type.String(),
              service_principals: Type.Array(Type.String(), {
                description: 'Members by application id; created if they do not exist.',
              }),
            },
            NO_OTHER_MEMBERS,
          ),
        ),
      ),
      schemas: Type.Optional(
        Type.Array(
          Type.Object(
            {
              name: Type.String({ description: '`catalog.schema`' }),
              comment: Type.Optional(Type.String()),
              owner: Type.Optional(Type.String({ description: 'A principal or group.' })),
            },
            NO_OTHER_MEMBERS,
          ),
        ),
      ),
      grants: Type.Optional(
        Type.Array(
          Type.Object(
            {
              principal: Type.String(),
              securable_type: Type.String({ description: 'For example metastore, schema or table.' }),
              full_name: Type.String(),
              privileges: Type.Array(Type.String()),
            },
            NO_OTHER_MEMBERS,
          ),
        ),
      ),
    },
    NO_OTHER_MEMBERS,
  ),
  async run({ client, parameters: { groups = [], schemas = [], grants = [] }, log, progress }) {
    const total = groups.length + schemas.length + grants.length
    let done = 0
    const step = (message: string) => {
      log.info(message)
      progress({ done: ++done, total, unit: 'steps', message })
    }
    for (const { name, service_principals } of groups) {
      const members: string[] = []
      for (const id of service_principals) members.push(await ensureServicePrincipal(client, id))
      await ensureGroup(client, name, members)
      step(`group ${name} with ${service_principals.join(', ')}`)
    }
    for (const { name, comment, owner } of schemas) {
      await ensureSchema(client, name, comment)
      if (owner) await client(UpdateSchema, { full_name: name, owner })
      step(owner ? `schema ${name}, owned by ${owner}` : `schema ${name}`)
    }
    for (const { principal, securable_type, full_name, privileges } of grants) {
      await grant(client, principal, securable_type, full_name, ...privileges)
      step(`${principal} has ${privileges.join(', ')} on ${securable_type} ${full_name}`)
    }
    const applied = [counted(groups, 'group'), counted(schemas, 'schema'), counted(grants, 'grant')]
    progress({ done, total, unit: 'steps', message: applied.filter(Boolean).join(', ') })
    return {}
  },
})

const counted = ({ length }: readonly unknown[], noun: string) =>
  length > 0 && `${length} ${noun}${length === 1 ? '' : 's'}`
