import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { type EndpointDeployment, rollBack } from '../api/deployments.js'
import { queryKeys } from '../api/query-keys.js'
import { FormDialog } from '../ui/form-dialog.js'
import { Changes } from './deployment-details.js'

interface RollBackProps {
  readonly name: string
  readonly target: EndpointDeployment
  /** The number of the active deployment. */
  readonly active: number | undefined
  readonly onClose: () => void
}

/** Asks for confirmation, showing what would change. */
export function RollBack({ name, target, active, onClose }: RollBackProps) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const { number, served_entities } = target
  const action = useMutation({
    mutationFn: () => rollBack(name, number),
    onSuccess: () => {
      for (const queryKey of [queryKeys.endpoint(name), queryKeys.deployments(name)])
        void queries.invalidateQueries({ queryKey })
      onClose()
    },
  })
  return (
    <FormDialog
      title={t('history.rollBackTo', { number })}
      onClose={onClose}
      action={t('history.rollBack')}
      request={action}
      onSubmit={() => action.mutate()}
    >
      <p>{t('history.rollBackHelp')}</p>
      {served_entities.some(({ entity_version }) => entity_version.startsWith('@')) && (
        <p>{t('history.pins')}</p>
      )}
      {active !== undefined && <Changes endpoint={name} number={number} against={active} />}
    </FormDialog>
  )
}
