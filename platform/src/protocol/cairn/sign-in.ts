import Type from 'typebox'
import { Reference } from '../databricks/identities.js'
import { operation } from '../operation.js'
import { NextPage, PageFields } from '../unity/catalogs.js'
import { Empty, Int64, Required, Search } from '../wire.js'

const MANAGE = { privilege: 'MANAGE IDENTITIES', on: 'metastore' } as const
const Password = () => Type.String({ minLength: 1, maxLength: 1024 })

export const GetSignInOptions = operation({
  id: 'getSignInOptions',
  method: 'GET',
  path: '/api/cairn/v1/sign-in',
  summary: 'Get the ways in which people sign in to this server',
  right: 'anyone',
  input: Type.Object({}),
  output: Type.Object({
    /** Single sign-on; absent when it is not configured. */
    sso: Type.Optional(Type.Object({ name: Type.String(), path: Type.String() })),
  }),
})

const Account = Type.Object({
  id: Type.String(),
  name: Type.String(),
  display_name: Type.String(),
  type: Type.String(),
  groups: Type.Array(Reference),
  /** True if the account signs in with a password, and may change it. */
  has_password: Type.Boolean(),
  /** Absent for a request without a session. */
  session_id: Type.Optional(Type.String()),
  /** True if the caller may manage users, groups and the tokens of others. */
  manages_identities: Type.Boolean(),
  reads_audit: Type.Boolean(),
})

export const GetAccount = operation({
  id: 'getAccount',
  method: 'GET',
  path: '/api/cairn/v1/account',
  summary: 'Get the caller, its groups and how it signs in',
  right: 'authenticated',
  scope: 'any',
  input: Type.Object({}),
  output: Account,
})

export const SignIn = operation({
  id: 'signIn',
  method: 'POST',
  path: '/api/cairn/v1/sign-in',
  summary: 'Open a session in a cookie, with name and password, or with a token',
  right: 'anyone',
  input: Type.Object({
    name: Type.Optional(Type.String({ maxLength: 255 })),
    password: Type.Optional(Type.String({ maxLength: 1024 })),
    token: Type.Optional(Type.String({ maxLength: 1024 })),
  }),
  output: Type.Object({ name: Type.String() }),
})

export const SignOut = operation({
  id: 'signOut',
  method: 'POST',
  path: '/api/cairn/v1/sign-out',
  summary: 'End the session of the cookie, or all sessions of its user',
  right: 'anyone',
  input: Type.Object({ everywhere: Type.Optional(Type.Boolean()) }),
  output: Type.Object({
    /** The address that ends the session at the identity provider as well. */
    redirect_to: Type.Optional(Type.String()),
  }),
})

export const ListSessions = operation({
  id: 'listSessions',
  method: 'GET',
  path: '/api/cairn/v1/sessions',
  summary: "List the caller's sessions",
  right: 'authenticated',
  input: Type.Object({}),
  output: Type.Object({
    sessions: Type.Array(
      Type.Object({
        id: Type.String(),
        method: Type.String(),
        address: Type.String(),
        user_agent: Type.String(),
        created_at: Int64(),
        used_at: Int64(),
        expires_at: Int64(),
        /** True if this request belongs to it. */
        current: Type.Boolean(),
      }),
    ),
  }),
})

export const EndSession = operation({
  id: 'endSession',
  method: 'DELETE',
  path: '/api/cairn/v1/sessions/{id}',
  summary: "End one of the caller's sessions",
  right: 'authenticated',
  scope: 'none',
  input: Type.Object({ id: Required({ maxLength: 255 }) }),
  output: Empty,
})

export const EndSessionsOf = operation({
  id: 'endSessionsOf',
  method: 'DELETE',
  path: '/api/cairn/v1/users/{id}/sessions',
  summary: 'End all sessions of a user',
  right: MANAGE,
  scope: 'none',
  input: Type.Object({ id: Required({ maxLength: 255 }) }),
  output: Empty,
})

export const ChangePassword = operation({
  id: 'changePassword',
  method: 'POST',
  path: '/api/cairn/v1/account/password',
  summary: "Change the caller's password, and end its other sessions",
  right: 'authenticated',
  scope: 'none',
  input: Type.Object({ current_password: Password(), new_password: Password() }),
  output: Empty,
})

const Link = Type.Object({
  id: Type.String(),
  /** The link with the secret, which is returned only once. */
  url: Type.String(),
  expires_at: Int64(),
})
const Hours = Type.Optional(
  Type.Integer({ minimum: 1, maximum: 720, description: 'Hours for which the link is valid; default 72.' }),
)

export const CreateInvite = operation({
  id: 'createInvite',
  method: 'POST',
  path: '/api/cairn/v1/invites',
  summary: 'Create a one-time link with which a person creates an account',
  right: MANAGE,
  scope: 'none',
  input: Type.Object({
    name: Type.Optional(
      Type.String({
        maxLength: 255,
        description: 'The name of the account; the person chooses it when absent.',
      }),
    ),
    groups: Type.Optional(
      Type.Array(Required({ maxLength: 255 }), {
        maxItems: 100,
        description: 'Names or ids of the groups that the account joins.',
      }),
    ),
    hours: Hours,
  }),
  output: Link,
})

export const CreatePasswordReset = operation({
  id: 'createPasswordReset',
  method: 'POST',
  path: '/api/cairn/v1/users/{id}/password-reset',
  summary: 'Create a one-time link with which a user sets a new password',
  right: MANAGE,
  scope: 'none',
  input: Type.Object({ id: Required({ maxLength: 255 }), hours: Hours }),
  output: Link,
})

export const ListInvites = operation({
  id: 'listInvites',
  method: 'GET',
  path: '/api/cairn/v1/invites',
  summary: 'List the links that are still valid, newest first, without their secrets',
  right: MANAGE,
  scope: 'none',
  input: Type.Object({ search: Search('name of the account or the creator'), ...PageFields }),
  output: Type.Object({
    invites: Type.Array(
      Type.Object({
        id: Type.String(),
        /** `join` creates an account, `reset` sets the password of one. */
        purpose: Type.String(),
        name: Type.String(),
        groups: Type.Array(Type.String()),
        created_by: Type.String(),
        created_at: Int64(),
        expires_at: Int64(),
      }),
    ),
    ...NextPage,
  }),
})

export const DeleteInvite = operation({
  id: 'deleteInvite',
  method: 'DELETE',
  path: '/api/cairn/v1/invites/{id}',
  summary: 'Make a link unusable',
  right: MANAGE,
  scope: 'none',
  input: Type.Object({ id: Required({ maxLength: 255 }) }),
  output: Empty,
})

export const LookUpInvite = operation({
  id: 'lookUpInvite',
  method: 'POST',
  path: '/api/cairn/v1/invites/look-up',
  summary: 'Get what a one-time link is for; its secret is in the body, since URLs are logged',
  right: 'anyone',
  input: Type.Object({ code: Required({ maxLength: 255 }) }),
  output: Type.Object({
    purpose: Type.String(),
    /** The name; empty if the person chooses it. */
    name: Type.String(),
    expires_at: Int64(),
  }),
})

export const AcceptInvite = operation({
  id: 'acceptInvite',
  method: 'POST',
  path: '/api/cairn/v1/invites/accept',
  summary: 'Create the account or set the password that a one-time link is for, and open a session',
  right: 'anyone',
  input: Type.Object({
    code: Required({ maxLength: 255 }),
    name: Type.Optional(Type.String({ maxLength: 255 })),
    display_name: Type.Optional(Type.String({ maxLength: 255 })),
    password: Password(),
  }),
  output: Type.Object({ name: Type.String() }),
})
