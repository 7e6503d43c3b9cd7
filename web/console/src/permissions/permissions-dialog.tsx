import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { reviewCsvUrl } from '../api/access.js'
import { type GovernedObject, getObjectAccess, manages } from '../api/permissions.js'
import { queryKeys } from '../api/query-keys.js'
import { Dialog } from '../ui/dialog.js'
import { Failure, Skeleton } from '../ui/states.js'
import { AddAccess } from './add-access.js'
import { ChangeOwner } from './change-owner.js'
import { LevelsTable } from './levels-table.js'

/** Shows the levels of principals on an object; its managers change them. */
export function PermissionsDialog({ object, onClose }: { object: GovernedObject; onClose: () => void }) {
  const { t } = useTranslation()
  const { kind, id } = object
  const access = useQuery({
    queryKey: queryKeys.objectAccess(kind, id),
    queryFn: ({ signal }) => getObjectAccess(object, signal),
    retry: false,
  })
  const mayChange = useQuery({
    queryKey: queryKeys.managesObject(kind, id),
    queryFn: ({ signal }) => manages(object, signal),
    retry: false,
  }).data
  return (
    <Dialog title={t('permissions.title')} onClose={onClose}>
      {access.isPending && <Skeleton lines={3} />}
      {access.isError && <Failure error={access.error} />}
      {access.data && <LevelsTable object={object} access={access.data} mayChange={mayChange === true} />}
      {access.data && !mayChange && <p className="muted">{t('permissions.readOnly')}</p>}
      {access.data && mayChange && (
        <>
          <AddAccess object={object} />
          <ChangeOwner object={object} owner={access.data.owner} />
          <a href={reviewCsvUrl({ securable_type: kind, full_name: id })} download>
            {t('accessReview.csv')}
          </a>
        </>
      )}
    </Dialog>
  )
}
