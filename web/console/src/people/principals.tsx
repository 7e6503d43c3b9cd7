import { keepPreviousData, useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { createGroup, createServicePrincipal, listPrincipals, type ScimKind } from '../api/people.js'
import { queryKeys } from '../api/query-keys.js'
import { fieldText } from '../ui/field-text.js'
import { FormDialog } from '../ui/form-dialog.js'
import { MoreButton } from '../ui/more-button.js'
import { NameField } from '../ui/name-field.js'
import { SearchBar } from '../ui/search-bar.js'
import { Empty, Failure, Skeleton } from '../ui/states.js'
import { useDebounced } from '../ui/use-debounced.js'
import { InviteDialog } from './invite-dialog.js'
import { PrincipalsTable } from './principals-table.js'
import './people.css'

const CREATE = {
  users: 'people.invite',
  groups: 'people.createGroup',
  'service-principals': 'people.createServicePrincipal',
} as const
const COUNT = {
  users: 'people.userCount',
  groups: 'people.groupCount',
  'service-principals': 'people.servicePrincipalCount',
} as const
const SEARCH = {
  users: 'people.searchUsers',
  groups: 'people.searchGroups',
  'service-principals': 'people.searchServicePrincipals',
} as const

/** The principals of one kind with a search, and a button to add one. */
export function Principals({ kind }: { kind: ScimKind }) {
  const { t } = useTranslation()
  const [adding, setAdding] = useState(false)
  const [text, setText] = useState('')
  const search = useDebounced(text.trim())
  const pages = useInfiniteQuery({
    queryKey: queryKeys.principals(kind, search),
    queryFn: ({ pageParam, signal }) => listPrincipals(kind, search, pageParam, signal),
    initialPageParam: 1,
    getNextPageParam: ({ startIndex, itemsPerPage, totalResults }) => {
      const next = startIndex + itemsPerPage
      return itemsPerPage > 0 && next <= totalResults ? next : undefined
    },
    placeholderData: keepPreviousData,
  })
  const principals = pages.data?.pages.flatMap(({ Resources }) => Resources)
  const total = pages.data?.pages.at(-1)?.totalResults ?? 0
  const close = () => setAdding(false)
  return (
    <>
      <SearchBar label={t(SEARCH[kind])} value={text} onChange={setText}>
        <span className="muted" role="status">
          {pages.data && t(COUNT[kind], { count: total })}
        </span>
        <button type="button" className="button primary" onClick={() => setAdding(true)}>
          {t(CREATE[kind])}
        </button>
      </SearchBar>
      {pages.isPending && <Skeleton />}
      {pages.isError && <Failure error={pages.error} retry={() => void pages.refetch()} />}
      {principals?.length === 0 && (
        <Empty title={search ? t('common.noMatch', { search }) : t('people.none')} />
      )}
      {principals && principals.length > 0 && <PrincipalsTable kind={kind} principals={principals} />}
      <MoreButton pages={pages} />
      {adding &&
        (kind === 'users' ? <InviteDialog onClose={close} /> : <CreateDialog kind={kind} onClose={close} />)}
    </>
  )
}

function CreateDialog({ kind, onClose }: { kind: Exclude<ScimKind, 'users'>; onClose: () => void }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const create = useMutation({
    mutationFn: async (name: string) => {
      if (kind === 'groups') await createGroup(name)
      else await createServicePrincipal(name)
    },
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: queryKeys.principals(kind) })
      onClose()
    },
  })
  return (
    <FormDialog
      title={t(CREATE[kind])}
      onClose={onClose}
      action={t('people.create')}
      request={create}
      onSubmit={(fields) => create.mutate(fieldText(fields, 'name'))}
    >
      <NameField label={t('people.name')} maxLength={255} />
    </FormDialog>
  )
}
