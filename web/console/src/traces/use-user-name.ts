import { useAccount } from '../app/use-account.js'

/** The name of the signed-in principal, which assessments name as their source. */
export const useUserName = (): string => useAccount().data?.name ?? 'owner'
