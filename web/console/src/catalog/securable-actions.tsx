import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { deleteSecurable, type Securable } from '../api/catalog.js'
import { ConfirmAction } from '../ui/confirm-action.js'
import { Icon } from '../ui/icon.js'
import { CreateSecurable } from './create-securable.js'
import { canManageQuery, listKeyOf } from './queries.js'
import { ancestorsOf, quotedName } from './securable.js'
import { UploadCsv } from './upload-csv.js'

/** Creates a schema in a catalog, queries a table, and deletes what the caller manages. */
export function SecurableActions({ securable }: { securable: Securable }) {
  const { t } = useTranslation()
  const [deleting, setDeleting] = useState(false)
  const manages = useQuery(canManageQuery(securable))
  return (
    <>
      {manages.data && (
        <button type="button" className="button" onClick={() => setDeleting(true)}>
          <Icon name="trash" />
          {t('catalog.delete')}
        </button>
      )}
      {(securable.type === 'catalog' || securable.type === 'schema') && (
        <CreateSecurable parent={securable} />
      )}
      {securable.type === 'table' && (
        <Link
          className="button"
          to="/query"
          search={{ sql: `select * from ${quotedName(securable.name)} limit 100` }}
        >
          <Icon name="play" />
          {t('query.open')}
        </Link>
      )}
      {securable.type === 'schema' && <UploadCsv schema={securable} />}
      {deleting && <DeleteDialog securable={securable} onClose={() => setDeleting(false)} />}
    </>
  )
}

function DeleteDialog({ securable, onClose }: { securable: Securable; onClose: () => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const remove = async () => {
    await deleteSecurable(securable)
    // Before the page of the parent opens, because its tree would list the deleted object.
    await queries.invalidateQueries({ queryKey: listKeyOf(securable) })
    const parent = ancestorsOf(securable.name).at(-1)
    await (parent
      ? navigate({ to: '/catalog/$name', params: { name: parent } })
      : navigate({ to: '/catalog' }))
  }
  return (
    <ConfirmAction
      title={t('catalog.deleteName', { name: securable.name })}
      action={t('catalog.delete')}
      confirm={remove}
      typed={securable.name}
      onClose={onClose}
    >
      {t(`catalog.deleteHelp.${securable.type}`)}
    </ConfirmAction>
  )
}
