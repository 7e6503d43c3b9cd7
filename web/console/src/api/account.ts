import type {
  AcceptInvite,
  ChangePassword,
  EndSession,
  GetAccount,
  GetSignInOptions,
  ListSessions,
  LookUpInvite,
  SignIn,
  SignOut,
} from '@cairn/platform/protocol/cairn/sign-in'
import type { CreateToken, DeleteToken, ListTokens } from '@cairn/platform/protocol/databricks/identities'
import type { Input, Output } from '@cairn/platform/protocol/operation'
import { call, urlOf } from './call.js'
import { sendOnce } from './http.js'
import { pageOf } from './page-of.js'

export type Account = Output<typeof GetAccount>
export type Session = Output<typeof ListSessions>['sessions'][number]
export type Token = Output<typeof ListTokens>['token_infos'][number]

/** The signed-in principal. */
export const getAccount = (signal?: AbortSignal) =>
  call<typeof GetAccount>('GET /api/cairn/v1/account', {}, signal)

/** Like `getAccount`, but never asks to sign in. @throws RequestError 401 if nobody is signed in */
export const getAccountOnce = async () =>
  (await sendOnce(urlOf<typeof GetAccount>('GET /api/cairn/v1/account', {}))).json() as Promise<Account>

export const getSignInOptions = (signal?: AbortSignal) =>
  call<typeof GetSignInOptions>('GET /api/cairn/v1/sign-in', {}, signal)

/** With name and password, or with a token. @throws RequestError 401 when they are wrong, 429 after several attempts */
export const signIn = (proof: Input<typeof SignIn>) =>
  call<typeof SignIn>('POST /api/cairn/v1/sign-in', proof)

/** @returns the address that ends the session at the identity provider */
export const signOut = async (everywhere = false) =>
  (await call<typeof SignOut>('POST /api/cairn/v1/sign-out', { everywhere })).redirect_to

export const lookUpInvite = (code: string, signal?: AbortSignal) =>
  call<typeof LookUpInvite>('POST /api/cairn/v1/invites/look-up', { code }, signal)

export const acceptInvite = (input: Input<typeof AcceptInvite>) =>
  call<typeof AcceptInvite>('POST /api/cairn/v1/invites/accept', input)

export const changePassword = (input: Input<typeof ChangePassword>) =>
  call<typeof ChangePassword>('POST /api/cairn/v1/account/password', input)

export const listSessions = async (signal?: AbortSignal) =>
  (await call<typeof ListSessions>('GET /api/cairn/v1/sessions', {}, signal)).sessions

export const endSession = (id: string) =>
  call<typeof EndSession>('DELETE /api/cairn/v1/sessions/{id}', { id })

/** A page of the caller's tokens whose comment contains a text. */
export const listTokens = (search: string, page_token: string, signal?: AbortSignal) =>
  call<typeof ListTokens>('GET /api/2.0/token/list', pageOf(search, page_token), signal)

export const createToken = (input: Input<typeof CreateToken>) =>
  call<typeof CreateToken>('POST /api/2.0/token/create', input)

export const deleteToken = (token_id: string) =>
  call<typeof DeleteToken>('POST /api/2.0/token/delete', { token_id })
