import { Groups, ServicePrincipals, Users } from '@cairn/platform/protocol/databricks/identities'

export type Kind = 'user' | 'group' | 'service principal'

export const RESOURCES = { user: Users, group: Groups, 'service principal': ServicePrincipals }

/** The attribute with the unique name. */
export const NAME = { user: 'userName', group: 'displayName', 'service principal': 'applicationId' } as const
