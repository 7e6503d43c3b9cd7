import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { reviewCsvUrl } from '../api/access.js'
import { type GovernedObject, getObjectAccess, manages } from '../api/permissions.js'
import { queryKeys } from '../api/query-keys.js'
import { ObjectAudit } from '../audit/object-audit.js'
import { Dialog } from '../ui/dialog.js'
import { Failure, Skeleton } from '../ui/states.js'
import { TabPanel, Tabs } from '../ui/tabs.js'
import { AddAccess } from './add-access.js'
import { ChangeOwner } from './change-owner.js'
import { LevelsTable } from './levels-table.js'

/** Apart from the tabs of the page below. */
type Tab = 'object-permissions' | 'object-audit'

interface PermissionsDialogProps {
  readonly object: GovernedObject
  readonly onClose: () => void
}

/** Shows the levels of principals on an object; its managers change them, and see its audit log. */
export function PermissionsDialog({ object, onClose }: PermissionsDialogProps) {
  const { t } = useTranslation()
  const { kind, id } = object
  const [tab, setTab] = useState<Tab>('object-permissions')
  const mayChange = useQuery({
    queryKey: queryKeys.managesObject(kind, id),
    queryFn: ({ signal }) => manages(object, signal),
    retry: false,
  }).data
  return (
    <Dialog title={t('permissions.title')} onClose={onClose}>
      {mayChange ? (
        <>
          <Tabs<Tab>
            label={t('permissions.sections')}
            value={tab}
            tabs={[
              { value: 'object-permissions', label: t('permissions.title') },
              { value: 'object-audit', label: t('audit.title') },
            ]}
            onChange={setTab}
          />
          <TabPanel value={tab}>
            {tab === 'object-audit' ? (
              <ObjectAudit object={{ object_type: kind, securable: id }} />
            ) : (
              <Levels object={object} mayChange />
            )}
          </TabPanel>
        </>
      ) : (
        <Levels object={object} mayChange={false} isReadOnly={mayChange === false} />
      )}
    </Dialog>
  )
}

interface LevelsProps {
  readonly object: GovernedObject
  readonly mayChange: boolean
  /** True to show that the caller may change nothing; undefined until it is known. */
  readonly isReadOnly?: boolean
}

function Levels({ object, mayChange, isReadOnly = false }: LevelsProps) {
  const { t } = useTranslation()
  const { kind, id } = object
  const access = useQuery({
    queryKey: queryKeys.objectAccess(kind, id),
    queryFn: ({ signal }) => getObjectAccess(object, signal),
    retry: false,
  })
  if (access.isPending) return <Skeleton lines={3} />
  if (access.isError) return <Failure error={access.error} />
  return (
    <>
      <LevelsTable object={object} access={access.data} mayChange={mayChange} />
      {isReadOnly && <p className="muted">{t('permissions.readOnly')}</p>}
      {mayChange && (
        <>
          <AddAccess object={object} />
          <ChangeOwner object={object} owner={access.data.owner} />
          <a href={reviewCsvUrl({ securable_type: kind, full_name: id })} download>
            {t('accessReview.csv')}
          </a>
        </>
      )}
    </>
  )
}
