import type { TFunction } from 'i18next'
import type { Account } from '../api/account.js'
import type { IconName } from '../ui/icon.js'

interface AccountPage {
  readonly path: '/account' | '/access' | '/people' | '/audit'
  readonly label: string
  readonly icon: IconName
}

/** Pages that the account may read, apart from the sections. */
export const accountPages = (account: Account, t: TFunction): readonly AccountPage[] => [
  { path: '/account', label: t('account.settings'), icon: 'user' },
  { path: '/access', label: t('accessRequest.title'), icon: 'shield' },
  ...(account.manages_identities
    ? [{ path: '/people', label: t('people.title'), icon: 'user' } as const]
    : []),
  ...(account.reads_audit ? [{ path: '/audit', label: t('audit.title'), icon: 'clock' } as const] : []),
]
