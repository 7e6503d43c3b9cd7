import Type, { type Static } from 'typebox'
import { operation } from './operation.js'
import { EDIT_EXPERIMENTS } from './rights.js'
import { Empty, Int64, OneOf } from './wire.js'

/** In the order in which they go: what belongs to another thing before that thing. */
export const GARBAGE_KINDS = ['run', 'logged_model', 'trace', 'experiment', 'orphan', 'upload'] as const
export type GarbageKind = (typeof GARBAGE_KINDS)[number]

export const GarbageItem = Type.Object({
  kind: OneOf(GARBAGE_KINDS),
  /** Of runs, models, traces and experiments; the folder of files that belong to none of these; a kind of upload. */
  id: Type.String(),
  name: Type.String(),
  files: Int64(),
  bytes: Int64(),
  /** Why it is left alone. */
  kept: Type.Optional(Type.String()),
})
export type GarbageItem = Static<typeof GarbageItem>

export const CollectGarbage = operation({
  id: 'collectGarbage',
  method: 'POST',
  path: '/api/cairn/v1/gc',
  summary: 'Name, or remove for good, what was deleted and what no run owns; a page of one kind at a time',
  right: { privilege: 'MANAGE', on: 'metastore' },
  input: Type.Object({
    kind: OneOf(GARBAGE_KINDS),
    /** Only what was deleted or last written longer ago. */
    older_than_seconds: Int64({ minimum: 0 }),
    /** Removes it; without, it is only named. */
    apply: Type.Optional(Type.Boolean()),
    /** From the answer before. */
    page_token: Type.Optional(Type.String()),
  }),
  output: Type.Object({ items: Type.Array(GarbageItem), next_page_token: Type.Optional(Type.String()) }),
})

export const KeepFiles = operation({
  id: 'keepFiles',
  method: 'POST',
  path: '/api/cairn/v1/gc/keep',
  summary:
    'Before files are registered as versions: what is deleted and has them stays as if it were deleted now',
  right: EDIT_EXPERIMENTS,
  input: Type.Object({ locations: Type.Array(Type.String()) }),
  output: Empty,
})
