import { useTranslation } from 'react-i18next'
import { useAccount } from '../app/use-account.js'

/** Says in an empty list that it may have objects that the caller may not read; undefined for administrators. */
export function useHiddenNote(): string | undefined {
  const { t } = useTranslation()
  const account = useAccount().data
  return account?.session_id && !account.manages_identities ? t('accessRequest.hidden') : undefined
}
